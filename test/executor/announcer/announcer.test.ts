import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { announcedPorts, announcementOf } from '../../../src/executor/announcer/announcement.ts';
import { type AnnouncerAuth, NO_AUTH } from '../../../src/executor/announcer/auth.ts';
import { readAuthFile } from '../../../src/executor/announcer/auth-file.ts';
import { type Announcer, announcerAt } from '../../../src/executor/announcer/companion.ts';
import type { EndCause } from '../../../src/executor/end-causes.ts';
import { parseFlags } from '../../../src/executor/flags.ts';
import type { ZooKeeperSession } from '../../../src/zookeeper/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { type FaultProxy, startFaultProxy } from '../../zookeeper/fault-proxy.ts';
import { openAt } from '../../zookeeper/opened.ts';
import { startZooKeeper, type ZooKeeperServer } from '../../zookeeper/server.ts';
import { until } from '../running-task.ts';

const test = suite('announcer');

let server: ZooKeeperServer;
let watcher: ZooKeeperSession;
const announcers: Announcer[] = [];
const proxies: FaultProxy[] = [];

test.before(async () => {
  server = await startZooKeeper({ tickMs: 200 });
  const opened = openAt(server.address);
  watcher = opened.session;
  await opened.until('connected');
});
test.after(async () => {
  await watcher.close();
  await server.stop();
});
test.afterEach(async () => {
  for (const one of announcers.splice(0)) one.stop();
  for (const proxy of proxies.splice(0)) await proxy.stop();
});

interface Started {
  readonly announcer: Announcer;
  readonly passed: () => boolean;
  readonly ended: () => EndCause | undefined;
}

interface Setup {
  readonly address?: string;
  readonly auth?: AnnouncerAuth;
  readonly whenStarting?: boolean;
  readonly connectMs?: number;
}

function start(path: string, setup: Setup = {}): Started {
  const announcer = announcerAt(setup.address ?? server.address)({
    path,
    member: {
      serviceEndpoint: { host: 'h', port: 31_000 },
      additionalEndpoints: { http: { host: 'h', port: 31_000 } },
      status: 'ALIVE',
      shard: 3,
    },
    auth: setup.auth ?? NO_AUTH,
    connectMs: setup.connectMs ?? 15_000,
    whenStarting: setup.whenStarting ?? false,
    sessionTimeoutMs: 2_000,
    clock: systemClock,
    random: seededRandom(3),
    log: silentLogger,
  });
  announcers.push(announcer);
  let passed = false;
  let ended: EndCause | undefined;
  announcer.start({
    pass: () => {
      passed = true;
    },
    end: (cause) => {
      ended ??= cause;
    },
  });
  return { announcer, passed: () => passed, ended: () => ended };
}

/** Members there are now, by watching; the most that were ever seen at once comes with them. */
function follow(path: string) {
  let [now, most] = [[] as string[], 0];
  let stopped = false;
  const look = async () => {
    if (stopped) return;
    const names = await watcher.children(path).catch(() => undefined);
    if (names) now = names.filter((name) => name.startsWith('member_'));
    most = Math.max(most, now.length);
    setTimeout(look, 10);
  };
  void look();
  return {
    now: () => now,
    most: () => most,
    async are(count: number) {
      await until(`${count} members at ${path}`, () => now.length === count);
      return now;
    },
    stop: () => {
      stopped = true;
    },
  };
}

const dataOf = async (path: string, name: string | undefined): Promise<unknown> =>
  JSON.parse((await watcher.read(`${path}/${name}`))?.data.toString('utf8') ?? 'null');

test('a task is announced when it is RUNNING, leaves when asked to, and says what the original says', async () => {
  const { announcer, passed } = start('/set/a/b/c');
  const members = follow('/set/a/b/c');
  await until('the gate passes', passed);
  assert.equal(members.now(), []);
  announcer.running?.();
  const [name] = await members.are(1);
  assert.match(name ?? '', /^member_\d{10}$/);
  assert.equal(await dataOf('/set/a/b/c', name), {
    serviceEndpoint: { host: 'h', port: 31_000 },
    additionalEndpoints: { http: { host: 'h', port: 31_000 } },
    status: 'ALIVE',
    shard: 3,
  });
  assert.is(announcer.disconnectedSecs(), 0);
  await announcer.leave?.(5_000);
  assert.equal(await watcher.children('/set/a/b/c'), []);
  members.stop();
});

test("with the original's order it is announced before it is RUNNING", async () => {
  start('/set/early', { whenStarting: true });
  const members = follow('/set/early');
  await members.are(1);
  members.stop();
});

test('a member that fails its check is withdrawn, and is back when it answers again', async () => {
  const { announcer } = start('/set/health');
  const members = follow('/set/health');
  announcer.running?.();
  await members.are(1);
  announcer.healthy(false);
  await members.are(0);
  announcer.healthy(true);
  await members.are(1);
  members.stop();
});

test('a member that somebody deletes is back, and there is one', async () => {
  const { announcer } = start('/set/deleted');
  const members = follow('/set/deleted');
  announcer.running?.();
  for (let round = 0; round < 3; round++) {
    const [name = ''] = await members.are(1);
    await watcher.remove(`/set/deleted/${name}`);
    await until('another member', () => members.now().length === 1 && members.now()[0] !== name);
  }
  assert.is(members.most(), 1);
  members.stop();
});

test('a session that expires takes the member along; the next one brings it back, never two', async () => {
  const proxy = await startFaultProxy(server.port);
  proxies.push(proxy);
  const { announcer } = start('/set/expired', { address: proxy.address });
  const members = follow('/set/expired');
  announcer.running?.();
  const [first] = await members.are(1);
  proxy.spoil({ blackHole: true });
  await members.are(0);
  proxy.spoil(undefined);
  proxy.cut();
  const [second] = await members.are(1);
  assert.is.not(second, first);
  assert.is(members.most(), 1);
  members.stop();
}, 30_000);

test('a server that restarts finds the member as it was', async () => {
  const own = await startZooKeeper({ tickMs: 200 });
  const opened = openAt(own.address, { sessionTimeoutMs: 10_000 });
  try {
    const { announcer } = start('/set/restart', { address: own.address });
    await opened.until('connected');
    announcer.running?.();
    const list = async () => (await opened.session.children('/set/restart').catch(() => undefined)) ?? [];
    for (let names: string[] = []; names.length !== 1; names = await list())
      await new Promise((done) => setTimeout(done, 20));
    await own.kill();
    await own.restart();
    await opened.until('connected');
    for (let calm = 0; calm < 10; ) {
      const names = await list();
      assert.ok(names.length <= 1, `${names.length} members`);
      calm = names.length === 1 ? calm + 1 : 0;
      await new Promise((done) => setTimeout(done, 50));
    }
  } finally {
    for (const one of announcers.splice(0)) one.stop();
    await opened.session.close();
    await own.stop();
  }
}, 40_000);

test('where it may not write it tries again, and comes when it may', async () => {
  const opened = openAt(server.address, { digest: 'owner:secret' });
  await opened.until('connected');
  await opened.session.makePath('/closed', 'creator-all-world-read');
  const members = follow('/closed/set');
  const { announcer, ended } = start('/closed/set');
  announcer.running?.();
  await new Promise((done) => setTimeout(done, 300));
  assert.equal([members.now().length, ended()], [0, undefined]);
  await opened.session.create('/closed/set', Buffer.alloc(0), { access: 'open' });
  await members.are(1);
  members.stop();
  await opened.session.close();
});

test('credentials and access lists of the file are used', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'aurora-auth-'));
  const file = join(directory, 'auth.json');
  const everything = { read: true, write: true, create: true, delete: true, admin: true };
  writeFileSync(
    file,
    JSON.stringify({
      auth: [{ scheme: 'digest', credential: 'me:secret' }],
      acl: [
        { scheme: 'digest', credential: 'me:secret', permissions: everything },
        { scheme: 'world', credential: 'anyone', permissions: { read: true } },
      ],
    }),
  );
  try {
    const { announcer } = start('/guarded/set', { auth: readAuthFile(file) });
    const members = follow('/guarded/set');
    announcer.running?.();
    const [name] = await members.are(1);
    let refused = '';
    await watcher.remove(`/guarded/set/${name}`).catch((error: Error) => {
      refused = error.message;
    });
    assert.match(refused, /NO_AUTH/);
    await announcer.leave?.(5_000);
    await members.are(0);
    members.stop();
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('a file that is not as it has to be is refused, each mistake with its place', () => {
  const directory = mkdtempSync(join(tmpdir(), 'aurora-auth-'));
  const file = join(directory, 'auth.json');
  const all = { scheme: 'digest', credential: 'a:b', permissions: { read: true } };
  try {
    for (const [content, text] of [
      ['{', /cannot be used/],
      ['{"extra": 1}', /unknown field "extra"/],
      ['{"auth": [{"scheme": "digest"}]}', /auth\[0\] lacks "credential"/],
      [JSON.stringify({ acl: [{ ...all, permissions: undefined }] }), /acl\[0\] lacks "permissions"/],
      [JSON.stringify({ acl: [{ ...all, permissions: { read: 1 } }] }), /read is neither true nor false/],
      [JSON.stringify({ acl: [{ ...all, permissions: { fly: true } }] }), /unknown field "fly"/],
      [JSON.stringify({ acl: [{ ...all, credential: 'nobody' }] }), /must be user:password/],
    ] as const) {
      writeFileSync(file, content);
      assert.throws(() => readAuthFile(file), text);
    }
    assert.throws(() => readAuthFile(join(directory, 'none')), /ENOENT/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('a ZooKeeper that cannot be reached in time fails the task, by name', async () => {
  const { ended } = start('/set/none', { address: '127.0.0.1:1', connectMs: 200 });
  await until('it gives up', () => ended() !== undefined);
  assert.equal(ended(), {
    kind: 'not announced',
    reason: 'none of the ZooKeeper servers 127.0.0.1:1 could be reached within 0.2 s',
  });
});

const subject = {
  role: 'www',
  environment: 'prod',
  job: 'web',
  instance: 2,
  hostname: 'agent-1',
  ports: new Map([
    ['http', 31_000],
    ['aurora', 31_000],
    ['health', 31_001],
  ]),
};

test('where and what is announced follows the job and the flags', () => {
  const flags = parseFlags([]).announcer;
  assert.is(announcementOf(undefined, subject, flags), undefined);
  const plain = announcementOf({}, subject, flags);
  assert.is(plain?.path, '/aurora/www/prod/web');
  assert.equal(plain?.member.serviceEndpoint, { host: 'agent-1', port: 31_000 });
  assert.equal(Object.keys(plain?.member.additionalEndpoints ?? {}), ['http', 'aurora', 'health']);
  assert.is(announcementOf({ primary_port: 'admin' }, subject, flags)?.member.serviceEndpoint.port, 0);
  assert.throws(
    () => announcementOf({ zk_path: '/x/y' }, subject, flags),
    /--announcer-allow-custom-serverset-path/,
  );
  const open = parseFlags([
    '--announcer-allow-custom-serverset-path',
    '--announcer-serverset-path=/root/',
    '--announcer-hostname=outside',
  ]).announcer;
  const custom = announcementOf({ zk_path: '/x/y' }, subject, open);
  assert.equal([custom?.path, custom?.member.serviceEndpoint.host], ['/x/y', 'outside']);
  assert.is(announcementOf({}, subject, open)?.path, '/root/www/prod/web');
  assert.throws(() => announcementOf({ zk_path: 'x' }, subject, open), /no path of ZooKeeper/);
});

test('without a port map the primary port is also called aurora', () => {
  assert.equal(announcedPorts(undefined), {});
  assert.equal(announcedPorts({}), { aurora: 'http' });
  assert.equal(announcedPorts({ primary_port: 'web', portmap: { x: 80 } }), { x: 80 });
});

test.run();
