import { type AddressInfo, connect, createServer, type Server as NetServer, type Socket } from 'node:net';
import { systemClock } from '../../src/base/clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import {
  type Change,
  failureOf,
  watchChildren,
  type ZooKeeperSession,
  type ZooKeeperSessionOptions,
} from '../../src/zookeeper/index.ts';
import { assert, suite } from '../harness/index.ts';
import { inbox } from '../mesos/inbox.ts';
import { type Opened, openAt as openSessionAt, rejection } from './opened.ts';
import { startZooKeeper, type ZooKeeperServer } from './server.ts';

const test = suite('zookeeper session');

let server: ZooKeeperServer;
const open: ZooKeeperSession[] = [];
const sockets: NetServer[] = [];

test.before(async () => {
  server = await startZooKeeper({ tickMs: 200 });
});
test.after(() => server.stop());
test.afterEach(async () => {
  for (const session of open.splice(0)) await session.close();
  for (const listening of sockets.splice(0)) await new Promise((resolve) => listening.close(resolve));
});

function openAt(address: string, options: Partial<ZooKeeperSessionOptions> = {}): Opened {
  const opened = openSessionAt(address, options);
  open.push(opened.session);
  return opened;
}

/** A server in front of the real one (or of nothing) that does as `serve` says. */
async function listen(serve: (socket: Socket) => void): Promise<string> {
  const listening = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  sockets.push(listening);
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

const text = (data: Buffer | undefined) => data?.toString();

test('makes, reads, changes, lists and removes nodes', async () => {
  const { session, until } = openAt(server.address);
  await until('connected');
  await session.makePath('/plain/deep');
  await session.makePath('/plain/deep');
  assert.is(await session.create('/plain/deep/a', Buffer.from('1')), '/plain/deep/a');
  const second = await session.create('/plain/deep/n_', Buffer.alloc(0), { kind: 'persistent-sequential' });
  assert.match(second, /^\/plain\/deep\/n_\d{10}$/);
  assert.equal((await session.children('/plain/deep'))?.sort(), ['a', second.slice('/plain/deep/'.length)]);
  const read = await session.read('/plain/deep/a');
  assert.is(text(read?.data), '1');
  assert.is(await session.write('/plain/deep/a', Buffer.from('2'), read?.version), 1);
  assert.is(await rejection(session.write('/plain/deep/a', Buffer.from('3'), read?.version)), 'BAD_VERSION');
  assert.is(await rejection(session.create('/plain/deep/a', Buffer.alloc(0))), 'NODE_EXISTS');
  assert.is(await rejection(session.create('/no/such', Buffer.alloc(0))), 'NO_NODE');
  assert.is(await rejection(session.remove('/plain')), 'NOT_EMPTY');
  await session.remove('/plain/deep/a');
  await session.remove('/plain/deep/a');
  assert.is(await session.read('/plain/deep/a'), undefined);
  assert.is(await session.children('/plain/none'), undefined);
  assert.is(await session.exists('/plain/deep'), true);
});

test('carries out several changes or none, and tells which one failed and why', async () => {
  const { session, until } = openAt(server.address);
  await until('connected');
  await session.makePath('/multi/fence');
  await session.makePath('/multi/full/child');
  await session.multi([]);
  await session.multi([
    { check: '/multi/fence', version: 0 },
    { create: '/multi/a', data: Buffer.from('1') },
    { write: '/multi/a', data: Buffer.from('2'), version: 0 },
    { create: '/multi/b', data: Buffer.alloc(0), kind: 'ephemeral' },
    { remove: '/multi/b' },
  ]);
  assert.is(text((await session.read('/multi/a'))?.data), '2');
  assert.is(await session.exists('/multi/b'), false);
  await session.write('/multi/fence', Buffer.alloc(0));
  const made = { create: '/multi/none', data: Buffer.alloc(0) };
  const failing: readonly [Change, string][] = [
    // Version 0 is not "any version", in none of them.
    [{ check: '/multi/fence', version: 0 }, 'BAD_VERSION'],
    [{ write: '/multi/fence', data: Buffer.alloc(0), version: 0 }, 'BAD_VERSION'],
    [{ remove: '/multi/fence', version: 0 }, 'BAD_VERSION'],
    [{ check: '/multi/absent', version: 0 }, 'NO_NODE'],
    [{ create: '/multi/a', data: Buffer.alloc(0) }, 'NODE_EXISTS'],
    [{ remove: '/multi/full' }, 'NOT_EMPTY'],
  ];
  for (const [change, name] of failing)
    for (const changes of [
      [made, change],
      [change, made],
    ]) {
      const error = await session.multi(changes).catch((reason) => reason);
      assert.is(failureOf(error), name);
      assert.match(error.message, `(change ${changes.indexOf(change) + 1} of 2)`);
    }
  assert.is(await session.exists('/multi/none'), false);
});

test('sends many changes without waiting, and answers in order', async () => {
  const { session, until } = openAt(server.address);
  await until('connected');
  await session.makePath('/order');
  const answers: string[] = [];
  const said = (name: string) => () => void answers.push(name);
  const wanted: string[] = [];
  const pending: Promise<void>[] = [];
  for (let n = 0; n < 300; n++) {
    pending.push(
      session.multi([{ create: `/order/${n}`, data: Buffer.alloc(100) }]).then(said(`multi ${n}`)),
    );
    pending.push(session.exists(`/order/${n}`).then((there) => said(`${there} ${n}`)()));
    wanted.push(`multi ${n}`, `true ${n}`);
  }
  await Promise.all(pending);
  assert.equal(answers, wanted);
});

test('refuses changes that do not fit in one packet, before the server cuts the connection', async () => {
  const { session, until } = openAt(server.address);
  await until('connected');
  const id = session.id();
  const big = { create: '/big', data: Buffer.alloc(1 << 20) };
  assert.is(await rejection(session.multi([big])), 'BAD_ARGUMENTS');
  assert.is(await rejection(session.create('/big', Buffer.alloc((1 << 20) + 1))), 'BAD_ARGUMENTS');
  assert.is(await rejection(session.create('no/slash', Buffer.alloc(0))), 'BAD_ARGUMENTS');
  assert.is(session.state(), 'connected');
  assert.is(session.id(), id);
});

test('puts the chroot in front of every path', async () => {
  const plain = openAt(server.address);
  await plain.until('connected');
  await plain.session.makePath('/root/here');
  const { session, until } = openAt(server.address, { chroot: '/root' });
  await until('connected');
  assert.is(await session.create('/here/x', Buffer.from('y')), '/here/x');
  assert.is(text((await plain.session.read('/root/here/x'))?.data), 'y');
  assert.equal(await session.children('/'), ['here']);
});

test('sends its credentials before its first request', async () => {
  const owner = openAt(server.address, { digest: 'owner:secret' });
  const first = new Promise<void>((resolve, reject) => {
    owner.session.onState((state) => {
      if (state !== 'connected') return;
      owner.session
        .create('/guarded', Buffer.from('x'), { access: 'creator-all-world-read' })
        .then(() => resolve(), reject);
    });
  });
  await first;
  const other = openAt(server.address);
  await other.until('connected');
  assert.is(text((await other.session.read('/guarded'))?.data), 'x');
  assert.is(await rejection(other.session.write('/guarded', Buffer.from('z'))), 'NO_AUTH');
  await owner.session.write('/guarded', Buffer.from('z'));
});

test('takes its ephemeral nodes along when it is closed', async () => {
  const watcher = openAt(server.address);
  const owner = openAt(server.address);
  await Promise.all([watcher.until('connected'), owner.until('connected')]);
  await watcher.session.makePath('/members');
  const seen = inbox<string[]>();
  const stop = watchChildren({
    session: watcher.session,
    clock: systemClock,
    random: seededRandom(1),
    path: '/members',
    onValue: (names) => seen.put(names ?? []),
  });
  assert.equal(await seen.next(), []);
  await owner.session.create('/members/m_', Buffer.alloc(0), { kind: 'ephemeral-sequential' });
  assert.equal(await seen.next(), ['m_0000000000']);
  await owner.session.close();
  assert.equal(await seen.next(), []);
  stop();
});

test('follows a node that comes later', async () => {
  const { session, until } = openAt(server.address);
  await until('connected');
  const seen = inbox<string[] | undefined>();
  const stop = watchChildren({
    session,
    clock: systemClock,
    random: seededRandom(1),
    path: '/later',
    onValue: seen.put,
  });
  assert.is(await seen.next(), undefined);
  await session.makePath('/later/child');
  let names = await seen.next();
  while (names === undefined || names.length === 0) names = await seen.next();
  assert.equal(names, ['child']);
  stop();
});

test('keeps session and ephemeral nodes when the server is restarted', async () => {
  const { session, until } = openAt(server.address, { sessionTimeoutMs: 20_000 });
  await until('connected');
  const id = session.id();
  await session.create('/kept', Buffer.alloc(0), { kind: 'ephemeral' });
  const suspended = until('suspended');
  await server.kill();
  await suspended;
  assert.is(await rejection(session.read('/kept')), 'CONNECTION_LOSS');
  await server.restart();
  await until('connected');
  assert.is(session.id(), id);
  assert.is(await session.exists('/kept'), true);
});

test('notices a server that stopped answering, declares the session lost itself, and gets a new one', async () => {
  const { session, until } = openAt(server.address, { sessionTimeoutMs: 600 });
  await until('connected');
  const id = session.id();
  const pending = rejection(
    (async () => {
      for (;;) await session.exists('/zookeeper');
    })(),
  );
  const lost = until('lost');
  server.freeze();
  try {
    await until('suspended');
    assert.is(await pending, 'CONNECTION_LOSS');
    await lost;
    assert.is(session.id(), undefined);
  } finally {
    server.resume();
  }
  await until('connected');
  assert.is.not(session.id(), id);
});

test('goes past a server that never answers the handshake', async () => {
  const silent = await listen((socket) => socket.resume());
  const { until } = openAt(`${silent},${silent},${server.address}`, { connectTimeoutMs: 100 });
  await until('connected');
});

test('goes past ports where nobody listens without waiting for the limit of a connection', async () => {
  const { until } = openAt(`127.0.0.1:1,127.0.0.1:2,${server.address}`, { connectTimeoutMs: 60_000 });
  await until('connected');
});

test('leaves nothing open when closed as soon as it is opened', async () => {
  const { session } = openAt(server.address);
  await session.close();
  assert.is(session.state(), 'closed');
});

test('goes on after a connection that was cut in the middle of a packet', async () => {
  let connections = 0;
  const proxy = await listen((socket) => {
    const cut = ++connections === 1;
    const upstream = connect(server.port, '127.0.0.1');
    upstream.on('error', () => socket.destroy());
    let answers = 0;
    socket.pipe(upstream);
    upstream.on('data', (bytes) => {
      answers++;
      if (!cut || answers === 1) return void socket.write(bytes);
      socket.end(bytes.subarray(0, bytes.length - 5), () => socket.destroy());
      upstream.destroy();
    });
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
  });
  const { session, until } = openAt(proxy);
  await until('connected');
  const id = session.id();
  const suspended = until('suspended');
  assert.is(await rejection(session.children('/')), 'CONNECTION_LOSS');
  await suspended;
  await until('connected');
  assert.is(session.id(), id);
  assert.ok((await session.children('/'))?.includes('zookeeper'));
});

test('leaves nothing open when closed while it looks for a server', async () => {
  const { session } = openAt('127.0.0.1:1');
  await session.close();
  assert.is(session.state(), 'closed');
  assert.is(await rejection(session.read('/')), 'CONNECTION_LOSS');
});

test.run();
