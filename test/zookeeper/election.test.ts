import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import { type Election, joinElection, type ZooKeeperSession } from '../../src/zookeeper/index.ts';
import { assert, suite } from '../harness/index.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { type Opened, openAt as openSessionAt } from './opened.ts';
import { startZooKeeper, type ZooKeeperServer } from './server.ts';

const test = suite('election');

let server: ZooKeeperServer;
let operator: ZooKeeperSession;
const sessions: ZooKeeperSession[] = [];
const proxies: FaultProxy[] = [];

test.before(async () => {
  server = await startZooKeeper({ tickMs: 200 });
  const opened = openSessionAt(server.address, { sessionTimeoutMs: 20_000 });
  await opened.until('connected');
  operator = opened.session;
});
test.after(async () => {
  await operator.close();
  await server.stop();
});
test.afterEach(async () => {
  for (const proxy of proxies) proxy.spoil(undefined);
  for (const session of sessions.splice(0)) await session.close();
  for (const proxy of proxies.splice(0)) await proxy.stop();
});

interface Candidate extends Opened {
  readonly election: Election;
  readonly proxy: FaultProxy;
}
let seed = 1;

/** A candidate behind a proxy of its own. */
async function candidate(path: string, name: string, sessionTimeoutMs = 5_000): Promise<Candidate> {
  const proxy = await startFaultProxy(server.port);
  proxies.push(proxy);
  const opened = openSessionAt(proxy.address, { sessionTimeoutMs });
  sessions.push(opened.session);
  return { ...opened, proxy, election: join(opened.session, path, name) };
}

const join = (session: ZooKeeperSession, path: string, name: string): Election =>
  joinElection({
    session,
    path,
    name,
    access: 'open',
    clock: systemClock,
    random: seededRandom(seed++),
    log: silentLogger,
  });

/** Whether it is settled, after everything that is under way in the server has been told. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  await operator.children('/');
  const pending = Symbol();
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

const candidates = async (path: string): Promise<string[]> =>
  ((await operator.children(path)) ?? []).filter((name) => name.startsWith('_c_'));

async function untilCandidates(path: string, wanted: number): Promise<string[]> {
  for (;;) {
    const there = await candidates(path);
    if (there.length === wanted) return there;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('the first candidate leads, the others wait in the order in which they came', async () => {
  const path = '/order/of/coming';
  const first = await candidate(path, 'host-a');
  await first.election.elected;
  const second = await candidate(path, 'host-b');
  await untilCandidates(path, 2);
  const third = await candidate(path, 'host-c');
  await untilCandidates(path, 3);
  assert.is(await isSettled(second.election.elected), false);

  await first.election.withdraw();
  await second.election.elected;
  assert.is(await isSettled(third.election.elected), false);
  await second.session.close();
  assert.match(await second.election.defeated, /closed/);
  await third.election.elected;
  assert.is(await isSettled(first.election.defeated), false);
});

test('a node is as Curator makes it: name, order, data, ephemeral', async () => {
  const path = '/layout';
  await operator.makePath(path);
  // Others' nodes in the same directory, as the original's: the number decides, whatever the name begins with.
  const foreign = await operator.create(
    `${path}/_c_ffffffff-ffff-4fff-bfff-ffffffffffff-lock-`,
    Buffer.from('java-host'),
    { kind: 'ephemeral-sequential' },
  );
  await operator.create(`${path}/member_`, Buffer.from('{}'), { kind: 'ephemeral-sequential' });
  await operator.create(`${path}/singleton_candidate_`, Buffer.alloc(0), { kind: 'ephemeral-sequential' });
  const { election, session } = await candidate(path, 'our-host');
  const names = await untilCandidates(path, 2);
  const own = names.find((name) => !foreign.endsWith(name)) ?? '';
  assert.match(own, /^_c_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}-lock-\d{10}$/);
  const node = await operator.read(`${path}/${own}`);
  assert.is(node?.data.toString(), 'our-host');
  assert.is(node?.owner, session.id());
  assert.is(await isSettled(election.elected), false);
  await operator.remove(foreign);
  await election.elected;
});

test('a leader that is gone without a word is followed when its session expires, and knows before', async () => {
  const path = '/expiry';
  const first = await candidate(path, 'a', 1_200);
  await first.election.elected;
  const second = await candidate(path, 'b');
  await untilCandidates(path, 2);
  let isSecondElected = false;
  void second.election.elected.then(() => {
    isSecondElected = true;
  });
  const defeat = first.election.defeated.then((reason) => {
    assert.is(isSecondElected, false);
    return reason;
  });
  first.proxy.spoil({ blackHole: true });
  assert.match(await defeat, /session was lost/);
  await second.election.elected;
});

test('a lost connection alone changes nothing', async () => {
  const path = '/suspended';
  const first = await candidate(path, 'a');
  await first.election.elected;
  const second = await candidate(path, 'b');
  const before = await untilCandidates(path, 2);
  for (const { proxy, until } of [first, second]) {
    const suspended = until('suspended');
    proxy.cut();
    await suspended;
    await until('connected');
  }
  assert.equal((await candidates(path)).sort(), before.sort());
  assert.is(await isSettled(first.election.defeated), false);
  assert.is(await isSettled(second.election.elected), false);
  assert.is(await isSettled(second.election.defeated), false);
});

test('whoever somebody takes out of the queue is defeated, leader or not', async () => {
  const path = '/removed';
  const first = await candidate(path, 'a');
  await first.election.elected;
  const [firstNode] = await untilCandidates(path, 1);
  const second = await candidate(path, 'b');
  const secondNode = (await untilCandidates(path, 2)).find((name) => name !== firstNode);
  await operator.remove(`${path}/${secondNode}`);
  assert.match(await second.election.defeated, /was removed/);
  await operator.remove(`${path}/${firstNode}`);
  assert.match(await first.election.defeated, /was removed/);
  await first.election.withdraw();
});

test('removed while its connection was lost, it is defeated when it is back', async () => {
  const path = '/removed/meanwhile';
  const { election, proxy, until } = await candidate(path, 'a');
  await election.elected;
  const suspended = until('suspended');
  proxy.spoil({ halfClose: true });
  await suspended;
  const [node] = await candidates(path);
  await operator.remove(`${path}/${node}`);
  proxy.spoil(undefined);
  assert.match(await election.defeated, /was removed/);
});

test('a node whose making was not answered is found again, and not made twice', async () => {
  const path = '/answer/lost';
  const proxy = await startFaultProxy(server.port);
  proxies.push(proxy);
  let creates = 0;
  proxy.spoil({
    request(bytes) {
      if (bytes.includes('-lock-')) {
        creates++;
        proxy.spoil({ cutAfterBytes: 1 });
      }
      return bytes;
    },
  });
  const { session, until } = openSessionAt(proxy.address, { sessionTimeoutMs: 5_000 });
  sessions.push(session);
  const suspended = until('suspended');
  const election = join(session, path, 'a');
  await suspended;
  proxy.spoil(undefined);
  await election.elected;
  assert.is(creates, 1);
  assert.is((await candidates(path)).length, 1);
  await election.withdraw();
  assert.equal(await candidates(path), []);
});

test('withdrawn while its making is not answered, it leaves nothing behind', async () => {
  const path = '/withdrawn/early';
  await operator.makePath(path);
  const proxy = await startFaultProxy(server.port);
  proxies.push(proxy);
  const created = new Promise<void>((resolve) => {
    proxy.spoil({
      request(bytes) {
        if (bytes.includes('-lock-')) {
          proxy.spoil({ muteServer: true });
          resolve();
        }
        return bytes;
      },
    });
  });
  const { session, until } = openSessionAt(proxy.address, { sessionTimeoutMs: 3_000 });
  sessions.push(session);
  const election = join(session, path, 'a');
  await created;
  const withdrawal = election.withdraw();
  await untilCandidates(path, 1);
  await until('suspended');
  proxy.spoil(undefined);
  await withdrawal;
  assert.equal(await candidates(path), []);
  assert.is(await isSettled(election.elected), false);
  assert.is(await isSettled(election.defeated), false);
});

test('a session that was lost before there was a node is no defeat: the next one has it', async () => {
  const path = '/late';
  const proxy = await startFaultProxy(server.port);
  proxies.push(proxy);
  const { session, until } = openSessionAt(proxy.address, { sessionTimeoutMs: 600 });
  sessions.push(session);
  await until('connected');
  proxy.spoil({ blackHole: true });
  const election = join(session, path, 'a');
  await until('lost');
  proxy.spoil(undefined);
  await election.elected;
  assert.is((await untilCandidates(path, 1)).length, 1);
});

test('withdrawn before it ever was connected, it ends', async () => {
  const { session } = openSessionAt('127.0.0.1:1');
  sessions.push(session);
  await join(session, '/nowhere', 'a').withdraw();
});

test.run();
