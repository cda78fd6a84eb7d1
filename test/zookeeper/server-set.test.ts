import { systemClock } from '../../src/base/clock.ts';
import { type Logger, silentLogger } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import {
  announceMember,
  encodeMember,
  type Member,
  type NodeAccess,
  watchMembers,
  type ZooKeeperSession,
  type ZooKeeperSessionOptions,
} from '../../src/zookeeper/index.ts';
import { assert, suite } from '../harness/index.ts';
import { inbox } from '../mesos/inbox.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { openAt as openSessionAt, rejection } from './opened.ts';
import { startZooKeeper, type ZooKeeperServer } from './server.ts';

const test = suite('server set');

let server: ZooKeeperServer;
const sessions: ZooKeeperSession[] = [];
const proxies: FaultProxy[] = [];
const stops: (() => void)[] = [];

test.before(async () => {
  server = await startZooKeeper({ tickMs: 200 });
});
test.after(() => server.stop());
test.afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  for (const proxy of proxies) proxy.spoil(undefined);
  for (const session of sessions.splice(0)) await session.close();
  for (const proxy of proxies.splice(0)) await proxy.stop();
});

async function connectedAt(address: string, options: Partial<ZooKeeperSessionOptions> = {}) {
  const opened = openSessionAt(address, { sessionTimeoutMs: 5_000, ...options });
  sessions.push(opened.session);
  await opened.until('connected');
  return opened;
}

async function proxied(): Promise<FaultProxy> {
  const proxy = await startFaultProxy(server.port);
  proxies.push(proxy);
  return proxy;
}

const memberOf = (host: string): Member => ({
  serviceEndpoint: { host, port: 8081 },
  additionalEndpoints: { http: { host, port: 8081 } },
  status: 'ALIVE',
});

const timing = () => ({ clock: systemClock, random: seededRandom(3), log: silentLogger });

const announce = (session: ZooKeeperSession, path: string, host: string, access: NodeAccess = 'open') =>
  announceMember({ session, path, member: memberOf(host), access, ...timing() });

/** Host names of the members, at every change. */
function follow(session: ZooKeeperSession, path: string, log: Logger = silentLogger) {
  const seen = inbox<string[]>();
  const onMembers = (members: readonly Member[]) =>
    seen.put(members.map(({ serviceEndpoint }) => serviceEndpoint.host));
  stops.push(watchMembers({ session, path, ...timing(), log, onMembers }));
  const until = async (...hosts: string[]) => {
    for (;;) if ((await seen.next()).join() === hosts.join()) return;
  };
  return { seen, until };
}

test('a member comes, is seen with what it says, and goes', async () => {
  const { session } = await connectedAt(server.address);
  const { seen, until } = follow(session, '/set/a');
  assert.equal(await seen.next(), []);
  const announcement = await announce(session, '/set/a', 'leader');
  await until('leader');
  const [name = ''] = (await session.children('/set/a')) ?? [];
  assert.match(name, /^member_\d{10}$/);
  const node = await session.read(`/set/a/${name}`);
  assert.equal(node?.data, encodeMember(memberOf('leader')));
  assert.is(node?.owner, session.id());
  await announcement.withdraw();
  await announcement.withdraw();
  assert.equal(await session.children('/set/a'), []);
  await until();
});

test('members of crashed leaders go in the moment in which the new one comes', async () => {
  const path = '/set/stale';
  const crashed = await connectedAt(server.address);
  const next = await connectedAt(server.address);
  const reader = await connectedAt(server.address);
  await announce(crashed.session, path, 'crashed');
  const foreign = await crashed.session.create(`${path}/member_`, Buffer.from('?'), {
    kind: 'ephemeral-sequential',
  });
  const counts: number[] = [];
  const looks: Promise<void>[] = [];
  const look = async () => {
    const names = (await reader.session.children(path, () => looks.push(look()))) ?? [];
    counts.push(names.length);
  };
  await look();
  await announce(next.session, path, 'next');
  assert.is(await reader.session.exists(foreign), false);
  const names = (await reader.session.children(path)) ?? [];
  assert.is(names.length, 1);
  assert.equal((await reader.session.read(`${path}/${names[0]}`))?.data, encodeMember(memberOf('next')));
  await Promise.all(looks);
  assert.ok(
    counts.every((count) => count === 2 || count === 1),
    counts.join(),
  );
});

test('candidates and other nodes in the directory are left alone', async () => {
  const path = '/set/mixed';
  const { session } = await connectedAt(server.address);
  await session.makePath(path);
  const candidate = `${path}/_c_00000000-0000-4000-8000-000000000000-lock-0000000000`;
  await session.create(candidate, Buffer.from('h'));
  await session.create(`${path}/membership`, Buffer.alloc(0));
  await announce(session, path, 'h');
  assert.ok(await session.exists(candidate));
  assert.ok(await session.exists(`${path}/membership`));
});

test('a member that somebody removes is made again', async () => {
  const path = '/set/again';
  const { session } = await connectedAt(server.address);
  const operator = await connectedAt(server.address);
  const announcement = await announce(session, path, 'h');
  for (let round = 0; round < 3; round++) {
    const [name = ''] = (await operator.session.children(path)) ?? [];
    const { seen } = follow(operator.session, path);
    await seen.next();
    await operator.session.remove(`${path}/${name}`);
    for (;;) {
      const names = (await operator.session.children(path)) ?? [];
      if (names.length === 1 && names[0] !== name) break;
      await seen.next();
    }
  }
  await announcement.withdraw();
  assert.equal(await operator.session.children(path), []);
});

test('a member whose making was not answered is not made twice', async () => {
  const path = '/set/lost';
  const proxy = await proxied();
  const { session, until } = await connectedAt(proxy.address);
  let creates = 0;
  proxy.spoil({
    request(bytes) {
      if (bytes.includes('member_') && bytes.includes('ALIVE')) {
        creates++;
        proxy.spoil({ cutAfterBytes: 1 });
      }
      return bytes;
    },
  });
  const suspended = until('suspended');
  const announced = announce(session, path, 'h');
  await suspended;
  proxy.spoil(undefined);
  await announced;
  assert.is(creates, 1);
  assert.is((await session.children(path))?.length, 1);
});

test('is not announced when the session ends before', async () => {
  const proxy = await proxied();
  const { session, until } = await connectedAt(proxy.address, { sessionTimeoutMs: 500 });
  proxy.spoil({ blackHole: true });
  const announced = rejection(announce(session, '/set/ended', 'h'));
  await until('lost');
  assert.is(await announced, 'SESSION_EXPIRED');
});

test('is not announced where we may not write', async () => {
  const owner = await connectedAt(server.address, { digest: 'owner:secret' });
  await owner.session.makePath('/set-owned', 'creator-all-world-read');
  const stranger = await connectedAt(server.address);
  assert.is(await rejection(announce(stranger.session, '/set-owned', 'h')), 'NO_AUTH');
});

test('members with credentials are readable for all, and may be replaced only by those who have them', async () => {
  const path = '/set/credentials';
  const first = await connectedAt(server.address, { digest: 'me:secret' });
  const second = await connectedAt(server.address, { digest: 'me:secret' });
  const reader = await connectedAt(server.address);
  await announce(first.session, path, 'first', 'creator-all-world-read');
  await announce(second.session, path, 'second', 'creator-all-world-read');
  const { seen } = follow(reader.session, path);
  assert.equal(await seen.next(), ['second']);
  assert.is(await rejection(announce(reader.session, path, 'reader')), 'NO_AUTH');
});

test('readers get the members by number, and leave out those that they cannot read', async () => {
  const path = '/set/readers';
  const { session } = await connectedAt(server.address);
  await session.makePath(path);
  const put = (name: string, data: Uint8Array | string) =>
    session.create(`${path}/${name}`, Buffer.from(data as string));
  await put('member_0000000010', encodeMember(memberOf('ten')));
  await put('member_0000000009', encodeMember(memberOf('nine')));
  await put('member_0000000011', '{"serviceEndpoint":{"host":"no-port"}}');
  await put('member_x', encodeMember(memberOf('x')));
  const warnings: object[] = [];
  const log: Logger = { ...silentLogger, warn: (fields) => void warnings.push(fields) };
  const { seen, until } = follow(session, path, log);
  assert.equal(await seen.next(), ['nine', 'ten']);
  assert.is(warnings.length, 1);
  assert.match(JSON.stringify(warnings[0]), 'member_0000000011');
  await session.remove(`${path}/member_0000000009`);
  await until('ten');
});

test.run();
