import { AuroraError } from '../../src/base/errors.ts';
import {
  type Attribute,
  parseJson,
  type SchedulerCall,
  tellWritten,
  toJson,
  toJsonPieces,
} from '../../src/mesos/index.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('Mesos JSON');

const call = (members: object) => JSON.stringify({ type: 'DECLINE', ...members });
const refuses = (text: string, message: string) =>
  assert.throws(
    () => parseJson('SchedulerCall', text),
    (error: unknown) => {
      assert.instance(error, AuroraError);
      assert.is((error as AuroraError).message, message);
      return true;
    },
  );
const CONVERT = 'Failed to convert JSON into Call protobuf: ';
const SYNTAX = 'Failed to parse body into JSON: ';

test('takes text for numbers and booleans, one thing for a list, null for nothing', () => {
  assert.equal(
    parseJson(
      'SchedulerCall',
      call({
        framework_id: null,
        decline: { offer_ids: { value: 'x' }, filters: { refuse_seconds: '1.5' } },
      }),
    ),
    { type: 'DECLINE', decline: { offer_ids: [{ value: 'x' }], filters: { refuse_seconds: 1.5 } } },
  );
  assert.equal(parseJson('CommandInfo', '{"shell":"true","arguments":"one"}'), {
    shell: true,
    arguments: ['one'],
  });
  assert.equal(parseJson('CommandInfo', '{"arguments":[["a"],null,"b"]}'), { arguments: ['a', 'b'] });
  assert.equal(parseJson('Filters', '{"refuse_seconds":"Infinity"}'), {
    refuse_seconds: Number.POSITIVE_INFINITY,
  });
});

test('ignores what it does not know', () => {
  assert.equal(parseJson('SchedulerCall', '{"type":"WHAT","later":{"deep":[1]}}'), {});
  assert.equal(parseJson('SchedulerCall', '{"type":"KILL","__proto__":{"kill":1}}'), { type: 'KILL' });
});

test('names what does not fit', () => {
  refuses(call({ decline: [] }), `${CONVERT}Not expecting a JSON array for field 'decline'`);
  refuses(call({ decline: true }), `${CONVERT}Not expecting a JSON boolean for field 'decline'`);
  refuses(call({ framework_id: { value: {} } }), `${CONVERT}Not expecting a JSON object for field 'value'`);
  refuses(
    call({ decline: { filters: { refuse_seconds: 'x' } } }),
    `${CONVERT}Failed to parse 'x' as a JSON number for field 'refuse_seconds': syntax error at line 1 near: x`,
  );
  refuses(
    '{"kill":{"task_id":{"value":1}},"accept":2}',
    `${CONVERT}Not expecting a JSON number for field 'accept'`,
  );
});

test('lists every missing field with its path', () => {
  refuses(
    JSON.stringify({
      type: 'ACCEPT',
      accept: { operations: [{}, { launch: { task_infos: [{ name: 'n' }] } }] },
    }),
    `${CONVERT}Missing required fields: accept.operations[1].launch.task_infos[0].task_id, ` +
      'accept.operations[1].launch.task_infos[0].agent_id',
  );
});

for (const [text, line, near] of [
  ['{"a":}', 1, '}'],
  ['{"a" 1}', 1, '1}'],
  ['[1,]', 1, ']'],
  ['{\n"a": tru\n}', 2, 'tru'],
  ['{"a":"unclosed', 1, '"unclosed'],
] as const)
  test(`finds the fault in ${JSON.stringify(text)}`, () => {
    refuses(text, `${SYNTAX}syntax error at line ${line} near: ${near}`);
  });

test('survives a text nested more deeply than the stack', () => {
  assert.throws(() => parseJson('SchedulerCall', '['.repeat(200_000)), /Failed to parse body into JSON/);
});

test('writes doubles with a fraction, defaults, and only what the table knows', () => {
  assert.is(toJson('Filters', {}), '{"refuse_seconds":5.0}');
  assert.is(toJson('Value.Scalar', { value: 1e21 }), '{"value":1e+21}');
  assert.is(toJson('Value.Scalar', { value: -0.1 }), '{"value":-0.1}');
  const odd = { type: 'SUPPRESS', zzz: 1, suppress: { roles: [] } } as SchedulerCall;
  assert.is(toJson('SchedulerCall', odd), '{"type":"SUPPRESS","suppress":{}}');
});

test('keeps the order of members whatever the order they were given in', () => {
  assert.is(
    toJson('TaskStatus', { uuid: 'AA==', state: 'TASK_LOST', task_id: { value: 't' } }),
    '{"task_id":{"value":"t"},"state":"TASK_LOST","uuid":"AA=="}',
  );
});

test('a number beyond all numbers is refused where a whole number is wanted', () => {
  const text = (failures: string) => `{"consecutive_failures":${failures},"delay_seconds":${failures}}`;
  assert.throws(
    () => parseJson('HealthCheck', text('1e400')),
    /Not expecting a JSON number for field 'consecutive_failures'/,
  );
  assert.is(parseJson('HealthCheck', text('3')).consecutive_failures, 3);
  assert.is(parseJson('HealthCheck', '{"delay_seconds":1e400}').delay_seconds, Number.POSITIVE_INFINITY);
});

test('a list that never changes is written once, and then as any other', () => {
  const attribute = (name: string, value: string): Attribute => ({ name, type: 'TEXT', text: { value } });
  const offer = (attributes: readonly Attribute[]) => ({
    id: { value: 'o' },
    framework_id: { value: 'f' },
    agent_id: { value: 's' },
    hostname: 'h',
    attributes,
  });
  for (const list of [[], [attribute('rack', 'r"1')], [attribute('rack', 'ü'), attribute('host', '')]]) {
    const text = toJson('Offer', offer([...list]));
    tellWritten('Attribute', list);
    for (let times = 0; times < 2; times++) {
      assert.is(toJson('Offer', offer(list)), text);
      assert.is(toJsonPieces('Offer', offer(list)).join(''), text);
    }
  }
});

test('ranges are written like any numbers, ports or not', () => {
  for (const [begin, end] of [
    [0, 31_000],
    [31_000, 31_000],
    [65_535, 65_536],
    [2 ** 40, 2 ** 53 - 1],
  ] as const)
    for (let times = 0; times < 2; times++)
      assert.is(toJson('Value.Range', { begin, end }), JSON.stringify({ begin, end }));
});

test.run();
