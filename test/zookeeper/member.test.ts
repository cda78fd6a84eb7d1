import { decodeMember, encodeMember, type Member } from '../../src/zookeeper/index.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('member of a server set');

const read = (text: string) => decodeMember(Buffer.from(text));

/** Source: the original's EncodingTest. */
const ORIGINAL =
  '{"serviceEndpoint":{"host":"foo","port":1000},"additionalEndpoints":{"http":{"host":"foo","port":8080}},"status":"ALIVE"}';

test('is written byte for byte as the original writes it, whatever the order it was built in', () => {
  const member = {
    status: 'ALIVE',
    additionalEndpoints: { http: { port: 8080, host: 'foo' } },
    serviceEndpoint: { port: 1000, host: 'foo' },
  };
  assert.is(encodeMember(member).toString(), ORIGINAL);
  assert.equal(read(ORIGINAL), member);
});

test('escapes what Gson escapes', () => {
  const member: Member = {
    serviceEndpoint: { host: 'ä<>&=\'"\\', port: 1 },
    additionalEndpoints: {},
    status: '\u2028\n',
  };
  const text =
    '{"serviceEndpoint":{"host":"ä\\u003c\\u003e\\u0026\\u003d\\u0027\\"\\\\","port":1},"additionalEndpoints":{},"status":"\\u2028\\n"}';
  assert.is(encodeMember(member).toString(), text);
  assert.equal(read(text), member);
});

test('is read when it says little or more than we know', () => {
  const bare = { serviceEndpoint: { host: 'h', port: 1 }, additionalEndpoints: {}, status: 'ALIVE' };
  assert.equal(read('{"serviceEndpoint":{"host":"h","port":1}}'), bare);
  assert.equal(
    read('{"serviceEndpoint":{"host":"h","port":1},"additionalEndpoints":null,"status":null}'),
    bare,
  );
  assert.equal(
    read(
      '{"shard": 3, "x": [], "status": "STARTING", "additionalEndpoints": {}, "serviceEndpoint": {"host": "h", "port": 1, "y": 2}}',
    ),
    { ...bare, status: 'STARTING', shard: 3 },
  );
});

for (const [text, why] of [
  ['', /not JSON/],
  ['nonsense', /not JSON/],
  ['[]', /not a JSON object/],
  ['null', /not a JSON object/],
  ['{}', /serviceEndpoint is missing/],
  ['{"serviceEndpoint":{"port":1}}', /serviceEndpoint has no host/],
  ['{"serviceEndpoint":{"host":"","port":1}}', /serviceEndpoint has no host/],
  ['{"serviceEndpoint":{"host":"h"}}', /serviceEndpoint has no port/],
  ['{"serviceEndpoint":{"host":"h","port":"80"}}', /serviceEndpoint has no port/],
  ['{"serviceEndpoint":{"host":"h","port":0}}', /serviceEndpoint has no port/],
  ['{"serviceEndpoint":{"host":"h","port":70000}}', /serviceEndpoint has no port/],
  [
    '{"serviceEndpoint":{"host":"h","port":1},"additionalEndpoints":{"http":{"port":1}}}',
    /additionalEndpoints.http has no host/,
  ],
  [
    '{"serviceEndpoint":{"host":"h","port":1},"additionalEndpoints":[]}',
    /additionalEndpoints is not an object/,
  ],
] as const)
  test(`is refused as ${text || 'nothing'}`, () => {
    assert.throws(() => read(text), why);
  });

test('is refused when it is no UTF-8', () => {
  assert.throws(() => decodeMember(Buffer.from([0x7b, 0xff])), /not JSON/);
});

test.run();
