import {
  codecErrorKind,
  decodePlain,
  decodePlainArgs,
  encodePlain,
  type TypeName,
} from '../../src/api/index.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('plain JSON of /apibeta');

const kindOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return codecErrorKind(error);
  }
};

test('a reply is the Response itself, by names', () => {
  const text = encodePlain('Response', {
    responseCode: 'OK',
    serverInfo: { clusterName: 'north', statsUrlPrefix: '' },
    result: { roleSummaryResult: { summaries: [{ role: 'web', jobCount: 1 }] } },
    details: [],
  });
  assert.is(
    text,
    '{"responseCode":"OK","result":{"roleSummaryResult":{"summaries":[{"role":"web","jobCount":1,"cronJobCount":0}]}},' +
      '"serverInfo":{"clusterName":"north","statsUrlPrefix":""},"details":[]}',
  );
});

test('primitives are always there, doubles have a fraction, markup is escaped', () => {
  assert.is(encodePlain('ValueConstraint', { values: [] }), '{"negated":false,"values":[]}');
  assert.is(encodePlain('Resource', { numCpus: 2 }), '{"numCpus":2.0}');
  assert.is(encodePlain('Resource', { numCpus: 0.5 }), '{"numCpus":0.5}');
  const escaped = encodePlain('ResponseDetail', { message: "<a href='x'>&=" });
  assert.is(escaped, '{"message":"\\u003ca href\\u003d\\u0027x\\u0027\\u003e\\u0026\\u003d"}');
  assert.is(encodePlain('Resource', { ramMb: 2n ** 62n }), '{"ramMb":4611686018427387904}');
});

test('arguments go by name; numbers may be texts; sets of instances match', () => {
  const body =
    '{"job":{"role":"a","environment":"b","name":"c","x":[1]},"instances":[1,"2",1],"message":null,"y":{}}';
  const job = { role: 'a', environment: 'b', name: 'c' };
  assert.equal(decodePlainArgs('killTasks', body), { job, instances: [1, 2] });
  assert.equal(decodePlainArgs('getRoleSummary', ''), {});
  assert.equal(decodePlainArgs('slaDrainHosts', '{"timeoutSecs":"9223372036854775807"}'), {
    timeoutSecs: 9223372036854775807n,
  });
  assert.equal(decodePlainArgs('pruneTasks', '{"query":{"limit":5}}'), { query: { limit: 5 } });
});

test('what does not fit its type is refused', () => {
  const cases: [TypeName, string, string][] = [
    ['JobKey', '[]', 'bad-value'],
    ['JobKey', '"x"', 'bad-value'],
    ['JobKey', '{', 'bad-json'],
    ['JobKey', '{"role":1}', 'bad-value'],
    ['Resource', '{}', 'bad-union'],
    ['Resource', '{"numCpus":1,"ramMb":1}', 'bad-union'],
    ['Resource', '{"colour":1}', 'bad-union'],
    ['Resource', '{"ramMb":"much"}', 'bad-value'],
    ['Range', '{"first":1.5}', 'bad-value'],
    ['TaskQuery', '{"statuses":["NEVER"]}', 'bad-value'],
  ];
  for (const [name, text, kind] of cases)
    assert.is(
      kindOf(() => decodePlain(name, text)),
      kind,
      text,
    );
  assert.equal(decodePlain('TaskEvent', '{"status":"NEVER","timestamp":1}'), { timestamp: 1 });
});

test.run();
