import { systemClock } from '../../../src/base/clock.ts';
import type { ZooKeeperSession } from '../../../src/zookeeper/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { startZooKeeper, type ZooKeeperServer } from '../../zookeeper/server.ts';
import { callScheduler } from '../running.ts';
import {
  active,
  ask,
  bystander,
  type Candidates,
  candidates,
  SESSION_MS,
  TICK_MS,
  until,
} from './candidates.ts';

const test = suite('a scheduler that stands for election, with real ZooKeeper');

let zooKeeper: ZooKeeperServer;
let watcher: ZooKeeperSession;
test.before(async () => {
  zooKeeper = await startZooKeeper({ tickMs: TICK_MS });
  watcher = await bystander(zooKeeper);
});
test.after(async () => {
  await watcher.close();
  await zooKeeper.stop();
});

let clusters = 0;
function withCandidates(name: string, body: (cluster: Candidates) => Promise<void>): void {
  test(name, async () => {
    const cluster = candidates(zooKeeper, `cluster-${++clusters}`);
    try {
      await body(cluster);
    } finally {
      zooKeeper.resume();
      await cluster.stop();
    }
  }, 30_000);
}

const bypass = { 'Bypass-Leader-Redirect': '1' };
const LEADING = 'This instance is the leader.\n';
const nodes = async (path: string) => ((await watcher.children(path)) ?? []).sort();
const members = async (path: string) => (await nodes(path)).filter((name) => name.startsWith('member_'));

withCandidates(
  'a leader is announced once Mesos has accepted it, in the words of the original',
  async (cluster) => {
    const scheduler = await cluster.start('own');
    await scheduler.running().led;
    assert.is((await ask(scheduler, '/leaderhealth')).status, 502);
    assert.equal(await members(cluster.path), []);
    const [candidate] = await nodes(cluster.path);
    assert.match(candidate ?? '', /^_c_[0-9a-f-]{36}-lock-\d{10}$/);
    assert.is((await watcher.read(`${cluster.path}/${candidate}`))?.data.toString(), '127.0.0.1');

    scheduler.mesos.subscribe();
    const [member] = await until(async () => {
      const found = await members(cluster.path);
      return found.length > 0 && found;
    });
    const port = scheduler.running().httpPort;
    assert.is(
      (await watcher.read(`${cluster.path}/${member}`))?.data.toString(),
      `{"serviceEndpoint":{"host":"127.0.0.1","port":${port}},"additionalEndpoints":{"http":{"host":"127.0.0.1","port":${port}}},"status":"ALIVE"}`,
    );
    assert.is(await (await ask(scheduler, '/leaderhealth')).text(), LEADING);
    const vars = await scheduler.vars();
    assert.is(vars.scheduler_lifecycle_ACTIVE, 1);
    assert.is(vars.scheduler_lifecycle_STORAGE_PREPARED, 0);
    assert.is(vars.zk_connection_state_CONNECTED, 1);
    assert.is(vars.zk_connection_state_CONNECTED_counter, 1);
  },
);

withCandidates('a stop takes everything out of ZooKeeper at once', async (cluster) => {
  const scheduler = await cluster.start('own');
  await active(scheduler);
  await until(async () => (await members(cluster.path)).length === 1);
  await scheduler.running().stop();
  // Long before any session could have expired: the answer to this was made after the stop.
  assert.equal(await nodes(cluster.path), []);
  assert.equal(await scheduler.running().finished, { failed: false, reason: 'stopped' });
});

withCandidates(
  'with a log of its own a second scheduler refuses to lead, and says what to do',
  async (cluster) => {
    const first = await cluster.start('own');
    await active(first);
    const second = await cluster.start('own');
    const end = await second.running().finished;
    assert.is(end.failed, true);
    assert.match(end.reason, 'the state of this cluster is in another log than the one of this scheduler');
    assert.match(end.reason, `${cluster.path}-log-identity`);
    assert.match(end.reason, '-log=zk://');
    // The first one may come back on its directory.
    await first.restart();
    await active(first);
    assert.is(await until(async () => (await (await ask(first, '/leaderhealth')).text()) === LEADING), true);
  },
);

withCandidates(
  'beside a leader of the original it stands by, and does not lead after it with another state',
  async (cluster) => {
    await watcher.makePath(cluster.path);
    const lock = `${cluster.path}/_c_00000000-0000-4000-8000-000000000000-lock-0000000000`;
    const member = `${cluster.path}/member_0000000000`;
    const endpoint = { host: '127.0.0.1', port: 9 };
    const data = { serviceEndpoint: endpoint, additionalEndpoints: { http: endpoint }, status: 'ALIVE' };
    await watcher.create(lock, Buffer.from('127.0.0.1'));
    await watcher.create(member, Buffer.from(JSON.stringify(data)));
    const standby = await cluster.start('own');
    await until(async () => (await ask(standby, '/leaderhealth')).status === 503);
    await until(async () => (await nodes(cluster.path)).length === 3);
    await watcher.remove(member);
    await watcher.remove(lock);
    const end = await standby.running().finished;
    assert.is(end.failed, true);
    assert.match(end.reason, 'the state of this cluster is with 127.0.0.1:9, a scheduler of the original');
    assert.not(await watcher.exists(`${cluster.path}-log-identity`));
    // started anew after the original has ended, it leads
    await standby.restart();
    await active(standby);
    await until(async () => (await ask(standby, '/leaderhealth')).status === 200);
  },
);

/** How gorealis' MasterNodesFromZK tells a host: whatever is no member, its data taken as one. */
const hostsAsOthersReadThem = async (path: string): Promise<string[]> => {
  const found: string[] = [];
  for (const name of await nodes(path)) {
    if (name.startsWith('member_')) continue;
    const node = await watcher.read(`${path}/${name}`);
    if (node) found.push(node.data.toString());
  }
  return found;
};

withCandidates(
  'among the candidates, which other clients list, lie candidates and members only',
  async (cluster) => {
    const scheduler = await cluster.start('own');
    await active(scheduler);
    await until(async () => (await members(cluster.path)).length === 1);
    assert.equal(await hostsAsOthersReadThem(cluster.path), ['127.0.0.1']);
    assert.ok(await watcher.exists(`${cluster.path}-log-identity`), 'whose log it is lies beside them');
  },
);

withCandidates(
  'what an earlier version left among the candidates moves out, and still counts',
  async (cluster) => {
    const first = await cluster.start('own');
    await active(first);
    await first.running().stop();
    // As an earlier version had it.
    const identity = await watcher.read(`${cluster.path}-log-identity`);
    await watcher.remove(`${cluster.path}-log-identity`);
    await watcher.create(`${cluster.path}/log_identity`, identity?.data ?? Buffer.alloc(0));
    const stranger = await cluster.start('own');
    assert.match((await stranger.running().finished).reason, 'in another log than the one of this scheduler');
    await first.restart();
    await active(first);
    await until(async () => (await members(cluster.path)).length === 1);
    assert.equal(await hostsAsOthersReadThem(cluster.path), ['127.0.0.1']);
    assert.equal((await watcher.read(`${cluster.path}-log-identity`))?.data, identity?.data);
  },
);

withCandidates('a short silence of ZooKeeper changes nothing', async (cluster) => {
  const scheduler = await cluster.start('own');
  await active(scheduler);
  zooKeeper.freeze();
  await new Promise((done) => setTimeout(done, SESSION_MS / 3));
  zooKeeper.resume();
  assert.is((await ask(scheduler, '/health')).status, 200);
  await until(async () => (await members(cluster.path)).length === 1);
  assert.is(await (await ask(scheduler, '/leaderhealth')).text(), LEADING);
});

withCandidates('a ZooKeeper that is silent for longer than the session ends the leader', async (cluster) => {
  const scheduler = await cluster.start('own');
  await active(scheduler);
  zooKeeper.freeze();
  const end = await scheduler.running().finished;
  assert.is(end.failed, true);
  assert.match(end.reason, /session/);
});

withCandidates(
  'a leader that was stopped for longer than its session says nothing more, even before it knows',
  async (cluster) => {
    let skippedMs = 0;
    const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + skippedMs };
    const scheduler = await cluster.start('own', { clock });
    await active(scheduler);
    await until(async () => (await ask(scheduler, '/leaderhealth')).status === 200);
    const call = () => callScheduler(scheduler.running().httpPort, 'getJobs', { ownerRole: '' }, bypass);
    assert.is((await call()).responseCode, 'OK');
    // No answer of ZooKeeper may come between that would tell it that it was in time after all.
    zooKeeper.freeze();
    skippedMs = 2 * SESSION_MS;
    const [redirected, called] = await Promise.all([ask(scheduler, '/offers'), call()]);
    assert.is(redirected.status, 503);
    assert.is(called.responseCode, 'ERROR_TRANSIENT');
    assert.match((await scheduler.running().finished).reason, /session/);
  },
);

withCandidates('a clean stop speaks of no error', async (cluster) => {
  const lines: string[] = [];
  const say = (level: string) => (fields: object, text: string) =>
    void lines.push(`${level} ${text} ${JSON.stringify(fields)}`);
  const log = { debug: () => {}, info: say('info'), warn: say('warn'), error: say('error') };
  const scheduler = await cluster.start('shared', { log });
  await active(scheduler);
  await until(async () => (await ask(scheduler, '/leaderhealth')).status === 200);
  lines.length = 0;
  await scheduler.running().stop();
  assert.ok(lines.some((line) => /left the election/.test(line)));
  for (const line of lines) assert.not.match(line, /^(warn|error)|error|expired|fail|lost|nothing to/i);
});

withCandidates('a leader whose node is removed ends', async (cluster) => {
  const scheduler = await cluster.start('own');
  await active(scheduler);
  const candidate = (await nodes(cluster.path)).find((name) => name.startsWith('_c_'));
  await watcher.remove(`${cluster.path}/${candidate}`);
  const end = await scheduler.running().finished;
  assert.is(end.failed, true);
  assert.match(end.reason, /was removed/);
});

withCandidates(
  'a scheduler that waits for a ZooKeeper that is not there yet can be stopped',
  async (cluster) => {
    const scheduler = await cluster.start('own', { zkEndpoints: ['127.0.0.1:1'] });
    assert.is((await ask(scheduler, '/leaderhealth')).status, 502);
    assert.is((await ask(scheduler, '/offers')).status, 503);
    assert.is((await ask(scheduler, '/vars')).status, 200);
    assert.is((await scheduler.vars()).scheduler_lifecycle_STORAGE_PREPARED, 1);
    await scheduler.running().stop();
    assert.equal(await scheduler.running().finished, { failed: false, reason: 'stopped' });
  },
);

test.run();
