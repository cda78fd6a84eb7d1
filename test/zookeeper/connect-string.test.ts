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
