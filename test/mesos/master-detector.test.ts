import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import { type MasterAddress, masterDetector, parseMasterAddress } from '../../src/mesos/index.ts';
import { addressOf } from '../../src/mesos/master-detector.ts';
import { openSession, type ZooKeeperSession } from '../../src/zookeeper/index.ts';
import { assert, count, suite } from '../harness/index.ts';
import { startZooKeeper, type ZooKeeperServer } from '../zookeeper/server.ts';
import { inbox } from './inbox.ts';
import { scenarios } from './transcript.ts';

const test = suite('master detection');
const options = { clock: systemClock, random: seededRandom(3), log: silentLogger };

let server: ZooKeeperServer;
let masters: ZooKeeperSession;

test.before(async () => {
  server = await startZooKeeper();
  masters = openSession({ ...options, servers: [{ host: '127.0.0.1', port: server.port }] });
  await new Promise<void>((resolve) => {
    masters.onState((state) => state === 'connected' && resolve());
  });
});
test.after(async () => {
  await masters.close();
  await server.stop();
});

const infoOf = (port: number) =>
  Buffer.from(
    JSON.stringify({
      address: { hostname: 'localhost', ip: '127.0.0.1', port },
      hostname: 'localhost',
      id: String(port),
      ip: 1,
      port: 1,
    }),
  );

test('reads addresses', () => {
  assert.equal(parseMasterAddress('m1.example:5050'), { host: 'm1.example', port: 5050 });
  assert.equal(parseMasterAddress('[2001:db8::1]:5051'), { host: '2001:db8::1', port: 5051 });
  assert.equal(parseMasterAddress('10.0.0.1'), { host: '10.0.0.1', port: 5050 });
  for (const bad of ['', ':5050', 'a:0', 'a:99999', '::1:5050', 'a b:1', 'http://a:1'])
    assert.throws(() => parseMasterAddress(bad), /is not the address of a master/, bad);
});

test('reads the recorded nodes of masters', () => {
  const nodes = scenarios()
    .flatMap(({ steps }) => steps)
    .flatMap(({ nodes: tree }) => tree ?? [])
    .filter(({ path }) => /json\.info_\d+$/.test(String(path)));
  for (const { dataText, data } of nodes)
    assert.equal(addressOf(String(dataText)), {
      host: '127.0.0.1',
      port: (data as { port: number }).port,
    });
  assert.ok(nodes.length >= 5);
  count('golden/mesos master nodes in ZooKeeper', nodes.length);
});

test('falls back to the number of an address', () => {
  assert.equal(addressOf('{"ip":16777343,"port":5050}'), { host: '127.0.0.1', port: 5050 });
  assert.throws(() => addressOf('{"hostname":"h"}'));
});

test('follows the master with the lowest number, and says when there is none', async () => {
  const found = inbox<MasterAddress | undefined>();
  await masters.makePath('/mesos');
  await masters.create('/mesos/log_replicas', Buffer.alloc(0));
  const stop = masterDetector(`zk://${server.address}/mesos`, options).watch(found.put);
  const first = await masters.create('/mesos/json.info_', infoOf(1001), { kind: 'ephemeral-sequential' });
  assert.equal(await found.next(), { host: '127.0.0.1', port: 1001, name: 'localhost' });
  const second = await masters.create('/mesos/json.info_', infoOf(1002), { kind: 'ephemeral-sequential' });
  await masters.remove(first);
  assert.equal(await found.next(), { host: '127.0.0.1', port: 1002, name: 'localhost' });
  await masters.remove(second);
  assert.is(await found.next(), undefined);
  await masters.create('/mesos/json.info_', infoOf(1003), { kind: 'ephemeral-sequential' });
  assert.equal(await found.next(), { host: '127.0.0.1', port: 1003, name: 'localhost' });
  await stop();
  assert.is(found.waiting, 0);
});

test.run();
