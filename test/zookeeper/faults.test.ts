/** A session behind a network that misbehaves. */
import { sleep, systemClock } from '../../src/base/clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import { failureOf, type ZooKeeperSession, type ZooKeeperSessionOptions } from '../../src/zookeeper/index.ts';
import { assert, count, suite } from '../harness/index.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { openAt as openSessionAt, rejection } from './opened.ts';
import { startZooKeeper, type ZooKeeperServer } from './server.ts';

const test = suite('zookeeper session under faults');

let server: ZooKeeperServer;
const sessions: ZooKeeperSession[] = [];
const proxies: FaultProxy[] = [];

test.before(async () => {
  server = await startZooKeeper({ tickMs: 200 });
});
test.after(() => server.stop());
test.afterEach(async () => {
  for (const proxy of proxies) proxy.spoil(undefined);
  for (const session of sessions.splice(0)) await session.close();
  for (const proxy of proxies.splice(0)) await proxy.stop();
});

function openAt(address: string, options: Partial<ZooKeeperSessionOptions> = {}) {
  const opened = openSessionAt(address, options);
  sessions.push(opened.session);
  return opened;
}

async function proxied(host?: string): Promise<FaultProxy> {
  const proxy = await startFaultProxy(server.port, host);
  proxies.push(proxy);
  return proxy;
}

test('speaks to a server with an IPv6 address', async () => {
  const { address } = await proxied('::1');
  assert.match(address, '[::1]:');
  const { session, until } = openAt(address);
  await until('connected');
  assert.ok(await session.exists('/zookeeper'));
});

test('stays connected to a slow server', async () => {
  const proxy = await proxied();
  const { session, until } = openAt(proxy.address, { sessionTimeoutMs: 3_000 });
  await until('connected');
  const states: string[] = [];
  session.onState((state) => states.push(state));
  proxy.spoil({ delayMs: 300 });
  for (let n = 0; n < 4; n++) assert.ok(await session.exists('/zookeeper'));
  assert.equal(states, []);
});

for (const [fault, name] of [
  [{ halfClose: true }, 'half-closes'],
  [{ muteServer: true }, 'hears but does not answer'],
] as const)
  test(`goes on with its session after a server that ${name}`, async () => {
    const proxy = await proxied();
    const { session, until } = openAt(proxy.address, { sessionTimeoutMs: 4_000 });
    await until('connected');
    const id = session.id();
    await session.makePath('/stays');
    const node = `/stays/${proxy.port}`;
    await session.create(node, Buffer.alloc(0), { kind: 'ephemeral' });
    proxy.spoil(fault);
    const suspended = until('suspended');
    assert.is(await rejection(session.exists(node)), 'CONNECTION_LOSS');
    await suspended;
    proxy.spoil(undefined);
    await until('connected');
    assert.is(session.id(), id);
    assert.ok(await session.exists(node));
  });

test('loses its session in time when it hears the server but the server does not hear it', async () => {
  const proxy = await proxied();
  const { session, until } = openAt(proxy.address, { sessionTimeoutMs: 1_500 });
  const other = openAt(server.address, { sessionTimeoutMs: 20_000 });
  await Promise.all([until('connected'), other.until('connected')]);
  await session.create('/mine-only', Buffer.alloc(0), { kind: 'ephemeral' });
  await session.makePath('/news');
  const nodes = Array.from({ length: 60 }, (_, n) => `/news/${n}`);
  for (const node of nodes) await session.create(node, Buffer.alloc(0));
  let heard = 0;
  for (const node of nodes) await session.read(node, () => void heard++);
  let isGone = false;
  const gone = new Promise<void>((resolve) => {
    void other.session.exists('/mine-only', () => {
      isGone = true;
      resolve();
    });
  });
  const lost = until('lost').then(() => assert.is(isGone, false, 'we know before the server acts'));
  proxy.spoil({ muteClient: true });
  let isLost = false;
  void lost.finally(() => {
    isLost = true;
  });
  for (const node of nodes) {
    if (isLost) break;
    await other.session.write(node, Buffer.from('news'));
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  await lost;
  assert.ok(heard > 10, `${heard} notifications`);
  await gone;
});

const ROUNDS = 50;
const SLACK_MS = 1_000;

test('cut at any byte, a request settles in time, and what was acknowledged is there, once', async () => {
  const proxy = await proxied();
  const sessionTimeoutMs = 4_000;
  const { session, until } = openAt(proxy.address, { sessionTimeoutMs });
  const judge = openAt(server.address, { sessionTimeoutMs: 20_000 });
  await Promise.all([until('connected'), judge.until('connected')]);
  const id = session.id();
  await session.makePath('/cuts/single');
  await session.makePath('/cuts/pairs');
  const random = seededRandom(20);
  const acknowledged = new Set<string>();
  let lost = 0;

  for (let round = 0; round < ROUNDS; round++) {
    await until('connected');
    const pending: Promise<void>[] = [];
    const settle = (names: readonly string[], request: Promise<unknown>) => {
      const startMs = performance.now();
      const inTime = () => assert.ok(performance.now() - startMs < sessionTimeoutMs + SLACK_MS);
      pending.push(
        request.then(
          () => {
            inTime();
            for (const name of names) acknowledged.add(name);
          },
          (error) => {
            inTime();
            assert.is(failureOf(error), 'CONNECTION_LOSS');
            lost++;
          },
        ),
      );
    };
    proxy.spoil({ cutAfterBytes: 1 + Math.floor(random.next() * 1_500) });
    for (let n = 0; n < 20; n++) {
      const single = `/cuts/single/${round}-${n}`;
      settle([single], session.create(single, Buffer.alloc(50)));
      const pair = [`/cuts/pairs/${round}-${n}-a`, `/cuts/pairs/${round}-${n}-b`];
      settle(pair, session.multi(pair.map((create) => ({ create, data: Buffer.alloc(20) }))));
      settle([], session.read('/cuts'));
    }
    await Promise.all(pending);
    // Some handshakes are cut, too.
    const attempts = proxy.connections() + (round % 10 === 0 ? 2 : 0);
    if (round % 10 === 0) proxy.spoil({ cutAfterBytes: 1 + Math.floor(random.next() * 40) });
    while (proxy.connections() < attempts) await sleep(systemClock, 5);
    proxy.spoil(undefined);
  }
  await until('connected');
  assert.is(session.id(), id);
  const singles = (await judge.session.children('/cuts/single')) ?? [];
  const halves = (await judge.session.children('/cuts/pairs')) ?? [];
  const there = new Set([
    ...singles.map((name) => `/cuts/single/${name}`),
    ...halves.map((name) => `/cuts/pairs/${name}`),
  ]);
  for (const name of acknowledged) assert.ok(there.has(name), `${name} was acknowledged`);
  for (const half of halves) {
    const other = half.endsWith('a') ? `${half.slice(0, -1)}b` : `${half.slice(0, -1)}a`;
    assert.ok(there.has(`/cuts/pairs/${other}`), `${half} without its other half`);
  }
  assert.ok(lost > ROUNDS, `${lost} requests were lost`);
  assert.ok(acknowledged.size > ROUNDS, `${acknowledged.size} nodes were acknowledged`);
  count('zookeeper/cuts', ROUNDS);
}, 60_000);

test('closes in time when nobody answers', async () => {
  const proxy = await proxied();
  const { session, until } = openAt(proxy.address, { sessionTimeoutMs: 20_000, clock: systemClock });
  await until('connected');
  proxy.spoil({ blackHole: true });
  await session.close();
  assert.is(session.state(), 'closed');
});

test.run();
