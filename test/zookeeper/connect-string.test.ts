import { parseConnectString } from '../../src/zookeeper/index.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('zookeeper addresses');

test('names servers, path and credentials', () => {
  assert.equal(parseConnectString('zk://user:p@ss:word@h1:1,h2:2/mesos/prod/'), {
    servers: [
      { host: 'h1', port: 1 },
      { host: 'h2', port: 2 },
    ],
    path: '/mesos/prod',
    digest: 'user:p@ss:word',
  });
});

test('fills in the port and the path', () => {
  assert.equal(parseConnectString('h1,[fe80::1]:2182'), {
    servers: [
      { host: 'h1', port: 2181 },
      { host: 'fe80::1', port: 2182 },
    ],
    path: '/',
    digest: undefined,
  });
});

/** Text, host of the only server, path and credentials. */
const WITH_AT: readonly (readonly [text: string, host: string, path: string, digest: string | undefined])[] =
  [
    ['zk://h1:1/teams/ops@west', 'h1', '/teams/ops@west', undefined],
    ['h1/@', 'h1', '/@', undefined],
    ['zk://user:p@ss@h1:1/ops@west', 'h1', '/ops@west', 'user:p@ss'],
    ['zk://user:pa/ss@h1:1/mesos', 'h1', '/mesos', 'user:pa/ss'],
    ['zk://user:p@s:s/x@h1:1', 'h1', '/', 'user:p@s:s/x'],
  ];
for (const [text, host, path, digest] of WITH_AT)
  test(`an @ may be in a password and in a path: ${text}`, () => {
    const parsed = parseConnectString(text);
    assert.equal(
      [parsed.servers.map((server) => server.host), parsed.path, parsed.digest],
      [[host], path, digest],
    );
  });

for (const bad of [
  '',
  'zk://',
  'zk://h1:0/x',
  'zk://h1:70000',
  'zk://::1:2181/x',
  'zk://h1,,h2',
  'zk://h1//x',
  'zk://me@h1/x',
])
  test(`refuses "${bad}"`, () => {
    assert.throws(() => parseConnectString(bad), /is not a ZooKeeper address/);
  });

test('does not show a password when it refuses', () => {
  assert.throws(
    () => parseConnectString('zk://user:secret@h1:0/x'),
    (error: Error) => !error.message.includes('secret') && error.message.includes('***'),
  );
});

test.run();
