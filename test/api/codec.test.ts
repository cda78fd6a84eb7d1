import {
  CALLS,
  codecErrorKind,
  decodeStruct,
  decodeTJson,
  ENUMS,
  encodeStruct,
  encodeTJson,
  type Limits,
  TYPES,
  type Wire,
} from '../../src/api/index.ts';
import { shapeOf } from '../../src/api/shapes.ts';
import { assert, suite } from '../harness/index.ts';
import { TYPE_NAMES } from './random-values.ts';

const test = suite('codecs');

/** The kind and the text of the codec error that a function throws. */
function refusal(run: () => unknown): [kind: string | undefined, text: string] {
  try {
    run();
  } catch (error) {
    return [codecErrorKind(error), (error as Error).message];
  }
  return [undefined, 'nothing was thrown'];
}

const refused = (run: () => unknown, kind: string, text: RegExp) => {
  const [seen, message] = refusal(run);
  assert.is(seen, kind, message);
  assert.match(message, text);
};

test('the tables are consistent: known types, unique positive ids, no holes in the enums of the calls', () => {
  for (const name of TYPE_NAMES) {
    const definition = TYPES[name];
    const fields = Object.values('struct' in definition ? definition.struct : definition.union);
    const ids = fields.map(([id]) => id);
    assert.is(new Set(ids).size, ids.length, name);
    for (const [, type] of fields) shapeOf(type);
  }
  for (const call of Object.values(CALLS))
    for (const [, type] of Object.values(call.args)) shapeOf(type as string);
  for (const members of Object.values(ENUMS)) {
    const numbers = Object.values(members);
    assert.is(new Set(numbers).size, numbers.length);
  }
  // The original has 45; ours are getTasksAt, restoreJob, planJobUpdate, getCronJobStatus, getDrainStatus and startJobRestart.
  assert.is(Object.keys(CALLS).length, 51);
});

test('an error names the path inside the value', () => {
  const task = { resources: [{ numCpus: 1 }, { ramMb: 'much' }] } as unknown as Wire<'TaskConfig'>;
  refused(
    () => encodeStruct('TaskConfig', task),
    'bad-value',
    /"much" is not an i64 \(TaskConfig\.resources\[1\]\.ramMb\)/,
  );
  refused(() => encodeTJson('TaskConfig', task), 'bad-value', /\(TaskConfig\.resources\[1\]\.ramMb\)/);
  const cut = encodeStruct('AssignedTask', { assignedPorts: { http: 1, health: 2 } }).subarray(0, -3);
  refused(() => decodeStruct('AssignedTask', cut), 'truncated', /\(AssignedTask\.assignedPorts\.health\)/);
  const json = '{"4":{"rec":{"32":{"set":["rec",1,{"2":{"i64":1.5}}]}}}}';
  refused(() => decodeTJson('AssignedTask', json), 'bad-value', /AssignedTask\.task\.resources\[0\]\.ramMb/);
});

test('values that do not fit their type are not written', () => {
  const write = (value: object) => () => encodeStruct('JobConfiguration', value);
  refused(write({ instanceCount: 2 ** 31 }), 'bad-value', /not an i32/);
  refused(write({ instanceCount: 1.5 }), 'bad-value', /not an i32/);
  refused(
    write({ cronCollisionPolicy: 'NEVER' }),
    'bad-value',
    /"NEVER" is not a member of CronCollisionPolicy/,
  );
  refused(write({ key: 'role/env/name' }), 'bad-value', /not an object/);
  refused(write({ taskConfig: { container: {} } }), 'bad-union', /none is set/);
  const both = { mesos: {}, docker: {} };
  refused(write({ taskConfig: { container: both } }), 'bad-union', /mesos and docker is set/);
  refused(() => encodeStruct('Resource', { ramMb: 2n ** 63n }), 'bad-value', /not an i64/);
});

test('limits hold for size, texts, collections and depth, also where the value is skipped', () => {
  const bytes = encodeStruct('Hosts', { hostNames: ['one', 'two', 'three'] });
  const json = encodeTJson('Hosts', { hostNames: ['one', 'two', 'three'] });
  const cases: [Partial<Limits>, string][] = [
    [{ maxBytes: 10 }, 'size-limit'],
    [{ maxStringBytes: 4 }, 'size-limit'],
    [{ maxElements: 2 }, 'size-limit'],
    [{ maxDepth: 1 }, 'depth-limit'],
  ];
  for (const [limits, kind] of cases) {
    refused(() => decodeStruct('Hosts', bytes, limits), kind, /./);
    refused(() => decodeTJson('Hosts', json, limits), kind, /./);
    assert.is(refusal(() => decodeStruct('ServerInfo', bytes, limits))[0], kind, 'skipped');
  }
  assert.equal(
    decodeStruct('Hosts', bytes, { maxDepth: 2, maxElements: 3, maxStringBytes: 5 }).hostNames?.length,
    3,
  );
});

test('a very deep JSON text is refused, whichever parser reads it', () => {
  const deep = '['.repeat(200_000);
  for (const number of ['1', '12345678901234567890']) {
    const json = `{"99":{"lst":${deep}${number}${']'.repeat(200_000)}}}`;
    refused(() => decodeTJson('JobKey', json), 'depth-limit', /levels/);
  }
});

test('i64 are exact and come as number where a double is exact', () => {
  for (const exact of [
    0,
    -1,
    2 ** 53 - 1,
    -(2 ** 53) + 1,
    2n ** 53n,
    -(2n ** 53n),
    2n ** 63n - 1n,
    -(2n ** 63n),
  ]) {
    const value = { ramMb: exact };
    assert.is((decodeStruct('Resource', encodeStruct('Resource', value)) as typeof value).ramMb, exact);
    assert.is((decodeTJson('Resource', encodeTJson('Resource', value)) as typeof value).ramMb, exact);
  }
  assert.is(encodeTJson('Resource', { ramMb: 2n ** 63n - 1n }), '{"2":{"i64":9223372036854775807}}');
});

test('JSON with long numbers is read like any other JSON', () => {
  const json =
    ' {"9" : {"lst":["str",2,"a\\"\\\\","\\u00e9"]}, "1":{"rec": {"1":{"tf":1} }},\n"2":{"i64":9223372036854775807},"8":{"tf":null}} ';
  refused(() => decodeTJson('CountSlaPolicy', json.slice(0, -3)), 'bad-json', /at character/);
  refused(() => decodeTJson('CountSlaPolicy', `${json}x`), 'bad-json', /after the end/);
  assert.equal(decodeTJson('CountSlaPolicy', json), { durationSecs: 9223372036854775807n });
  const doubles = '{"1":{"dbl":0.12345678901234567890}}';
  assert.equal(decodeTJson('Resource', doubles), { numCpus: 0.12345678901234568 });
  refused(() => decodeTJson('Resource', '{"2":{"i64":92233720368547758070}}'), 'bad-value', /not an i64/);
});

test('keys that JavaScript treats specially are keys like any other', () => {
  const settings = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}');
  const tier = { name: 'x', settings };
  for (const read of [
    decodeStruct('TierConfig', encodeStruct('TierConfig', tier)),
    decodeTJson('TierConfig', encodeTJson('TierConfig', tier)),
    decodeTJson(
      'TierConfig',
      encodeTJson('TierConfig', tier)
        .replace('"a"', '"a",  "n":"12345678901234567890"')
        .replace(',3,', ',4,'),
    ),
  ]) {
    assert.ok(Object.hasOwn(read.settings as object, '__proto__'));
    assert.is(Object.getPrototypeOf(read.settings), Object.prototype);
  }
  assert.is(({} as Record<string, unknown>).a, undefined);
});

test('half a surrogate pair becomes U+FFFD, so that memory and disk agree', () => {
  const bytes = encodeStruct('ResponseDetail', { message: 'a\ud800b' });
  assert.equal(decodeStruct('ResponseDetail', bytes), { message: 'a\ufffdb' });
  assert.equal(decodeTJson('ResponseDetail', '{"1":{"str":"a\\ud800b"}}'), { message: 'a\ufffdb' });
});

test('a number without a name in a filter is kept, and written back', () => {
  const json = '{"5":{"set":["i32",2,2,99]}}';
  const query = decodeTJson('TaskQuery', json);
  assert.equal(query.statuses, ['RUNNING', 99]);
  assert.is(encodeTJson('TaskQuery', query), json);
  assert.equal(decodeStruct('TaskQuery', encodeStruct('TaskQuery', query)), query);
});

test('unknown fields, a default and a union with a member that we do not know', () => {
  assert.equal(decodeTJson('TaskConfig', '{"29":{"rec":{"7":{"rec":{}}}}}'), { container: {} });
  assert.equal(decodeTJson('TaskConfig', '{}'), { container: { mesos: {} } });
});

test.run();
