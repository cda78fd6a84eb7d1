/**
 * What node-zookeeper-client does wrong by itself, and ours right: each test puts the bare library and our session behind
 * the same fault.
 */
import { ACL, type Client, CreateMode, createClient } from 'node-zookeeper-client';
import { sleep, systemClock } from '../../src/base/clock.ts';
import { failureOf, type ZooKeeperSession } from '../../src/zookeeper/index.ts';
import { assert, suite } from '../harness/index.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { openAt, rejection } from './opened.ts';
import { startZooKeeper, type ZooKeeperServer } from './server.ts';

const test = suite('faults of the bare library');

const SESSION_TIMEOUT_MS = 600;
/** What a busy machine may add. */
const SLACK_MS = 1_000;
/** Long enough for a client that notices its session timeout to have come back. */
const PATIENCE_MS = 2.5 * SESSION_TIMEOUT_MS;

let server: ZooKeeperServer;
let proxy: FaultProxy;
const sessions: ZooKeeperSession[] = [];
const clients: Client[] = [];

test.before(async () => {
  server = await startZooKeeper({ tickMs: 200 });
});
test.after(() => server.stop());
test.beforeEach(async () => {
  proxy = await startFaultProxy(server.port);
});
test.afterEach(async () => {
  proxy.spoil(undefined);
  for (const session of sessions.splice(0)) await session.close();
  for (const client of clients.splice(0)) {
    client.close();
    client.connectionManager.socket?.destroy();
  }
  await proxy.stop();
});

function bare(): { readonly client: Client; readonly connected: Promise<void>; readonly events: string[] } {
  const client = createClient(proxy.address, { sessionTimeout: SESSION_TIMEOUT_MS });
  clients.push(client);
  const events: string[] = [];
  for (const event of ['connected', 'disconnected', 'expired', 'authenticationFailed'] as const)
    client.on(event, () => void events.push(event));
  const connected = new Promise<void>((resolve) => client.on('connected', resolve));
  // What it throws out of its parser would end the process, and this test with it.
  const manager = client.connectionManager;
  const parse = manager.onSocketData;
  manager.onSocketData = (bytes) => {
    try {
      parse.call(manager, bytes);
    } catch {
      events.push('thrown');
    }
  };
  return { client, connected, events };
}

function ours(options: Parameters<typeof openAt>[1] = {}) {
  const opened = openAt(proxy.address, {
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    connectTimeoutMs: 200,
    ...options,
  });
  sessions.push(opened.session);
  return opened;
}

const patience = () => sleep(systemClock, PATIENCE_MS);

test('a server that is gone without a word: bare stays connected for ever, ours declares the session lost in time', async () => {
  const { client, connected, events } = bare();
  client.connect();
  const { session, until } = ours();
  await Promise.all([connected, until('connected')]);
  const id = session.id();
  proxy.spoil({ blackHole: true });
  let answered = false;
  client.exists('/zookeeper', undefined, () => {
    answered = true;
  });
  const request = rejection(session.exists('/zookeeper'));
  const startMs = performance.now();
  await until('suspended');
  assert.is(await request, 'CONNECTION_LOSS');
  await until('lost');
  assert.ok(performance.now() - startMs < SESSION_TIMEOUT_MS + SLACK_MS);
  await patience();
  assert.equal(events, ['connected']);
  assert.is(client.getState().name, 'SYNC_CONNECTED');
  assert.is(answered, false);
  proxy.spoil(undefined);
  await until('connected');
  assert.is.not(session.id(), id);
  assert.ok(await session.exists('/zookeeper'));
  assert.is(answered, false);
});

for (const cutAfterBytes of [1, 6, 21])
  test(`a connection cut ${cutAfterBytes} bytes into an answer: bare never gets its session back, ours does`, async () => {
    const { session, until } = ours({ sessionTimeoutMs: 4_000 });
    await until('connected');
    const id = session.id();
    await session.makePath('/long');
    await session.write('/long', Buffer.alloc(100));
    proxy.spoil({ cutAfterBytes });
    const suspended = until('suspended');
    assert.is(await rejection(session.read('/long')), 'CONNECTION_LOSS');
    await suspended;
    proxy.spoil(undefined);
    await until('connected');
    assert.is(session.id(), id);
    assert.is((await session.read('/long'))?.data.length, 100);

    // A ping's answer that comes first takes the cut in the place of the data's, and then the client may find its way.
    let isLost = false;
    for (let tries = 0; tries < BARE_TRIES && !isLost; tries++) isLost = await bareIsLost(cutAfterBytes);
    assert.ok(isLost);
  });

const BARE_TRIES = 4;

/** Each has the fault for itself: a second cut, of whoever connects again meanwhile, would change what is left over. */
async function bareIsLost(cutAfterBytes: number): Promise<boolean> {
  const { client, connected, events } = bare();
  client.connect();
  await connected;
  const lost = new Promise<void>((resolve) => client.on('disconnected', resolve));
  proxy.spoil({ cutAfterBytes });
  client.getData('/long', undefined, () => {});
  await lost;
  proxy.spoil(undefined);
  await patience();
  // Some cuts make it say "expired", of a session that lives.
  const connections = events.filter((event) => event === 'connected').length;
  return connections === 1 && client.getState().name !== 'SYNC_CONNECTED';
}

test('a connect request that is never answered: bare waits for ever, ours tries again', async () => {
  proxy.spoil({ blackHole: true });
  const { client, events } = bare();
  client.connect();
  const { session, until } = ours();
  while (proxy.connections() < 4) await sleep(systemClock, 20);
  proxy.spoil(undefined);
  await until('connected');
  assert.ok(await session.exists('/zookeeper'));
  await patience();
  assert.equal(events, []);
  assert.is(client.getState().name, 'DISCONNECTED');
});

test('requests made while connecting: bare sends them before the credentials, ours after their acceptance', async () => {
  const { client } = bare();
  client.addAuthInfo('digest', Buffer.from('me:secret'));
  client.connect();
  const failed = await new Promise<unknown>((resolve) =>
    client.create('/mine-bare', Buffer.alloc(0), ACL.CREATOR_ALL_ACL, CreateMode.PERSISTENT, resolve),
  );
  assert.is((failed as Error).name, 'INVALID_ACL');

  const { session, until } = ours({ digest: 'me:secret' });
  await until('connected');
  await session.create('/mine', Buffer.alloc(0), { access: 'creator-all-world-read' });
});

test('credentials that are refused: bare has sent requests meanwhile, ours none, and says so for good', async () => {
  const foreignScheme = (bytes: Buffer) => {
    const at = bytes.indexOf('digest');
    return at < 0
      ? bytes
      : Buffer.concat([bytes.subarray(0, at), Buffer.from('forged'), bytes.subarray(at + 6)]);
  };
  proxy.spoil({ request: foreignScheme });
  const { client } = bare();
  client.addAuthInfo('digest', Buffer.from('me:secret'));
  client.connect();
  await new Promise<void>((resolve) => {
    client.on('authenticationFailed', resolve);
    client.create(
      '/unproved-bare',
      Buffer.alloc(0),
      [...ACL.OPEN_ACL_UNSAFE],
      CreateMode.PERSISTENT,
      () => {},
    );
  });

  const { session, until } = ours({ digest: 'me:secret' });
  const states: string[] = [];
  session.onState((state) => {
    states.push(state);
    if (state === 'connected') void rejection(session.create('/unproved', Buffer.alloc(0)));
  });
  await until('closed');
  assert.equal(states, ['closed']);
  const error = await session.exists('/').catch((reason) => reason);
  assert.is(failureOf(error), 'AUTH_FAILED');
  assert.match(error.message, /refused the credentials/);
  assert.not.match(error.message, /secret/);
  const taken = proxy.connections();
  await patience();
  assert.is(proxy.connections(), taken);

  proxy.spoil(undefined);
  const judge = ours();
  await judge.until('connected');
  assert.is(await judge.session.exists('/unproved-bare'), true);
  assert.is(await judge.session.exists('/unproved'), false);
});

test.run();
