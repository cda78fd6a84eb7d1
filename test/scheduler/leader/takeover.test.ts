import type { Wire } from '../../../src/api/index.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import type { Cluster } from '../../../src/client/clusters.ts';
import { schedulerClient } from '../../../src/client/scheduler-client.ts';
import type { ZooKeeperSession } from '../../../src/zookeeper/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { startZooKeeper, type ZooKeeperServer } from '../../zookeeper/server.ts';
import { JOB, wireConfig, wireJob } from '../builders.ts';
import type { TestScheduler } from '../running.ts';
import { active, ask, bystander, type Candidates, candidates, TICK_MS, until } from './candidates.ts';

const test = suite('schedulers that share a log in ZooKeeper');

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
      await cluster.stop();
    }
  }, 30_000);
}

const urlOf = (scheduler: TestScheduler) => `http://127.0.0.1:${scheduler.running().httpPort}`;
const ok = (response: Wire<'Response'>) =>
  assert.is(response.responseCode, 'OK', response.details?.map(({ message }) => message).join());
const job = (name: string) => {
  const key = { ...JOB, name };
  return { description: wireJob({ key, taskConfig: wireConfig({ job: key }) }) };
};
const idsOf = async (scheduler: TestScheduler) =>
  (await scheduler.tasks()).map(({ assignedTask }) => assignedTask.taskId).sort();
/** What a scheduler sends a request for the API to. */
const redirectOf = async (scheduler: TestScheduler, path: string): Promise<string | null> => {
  const { status, headers } = await ask(scheduler, path);
  return status === 307 ? headers.get('Location') : null;
};
const redirects = (scheduler: TestScheduler, to: string) =>
  until(async () => (await redirectOf(scheduler, '/offers')) === `${to}/offers`);

/** What commands call schedulers with. */
const clientOf = (cluster: Partial<Cluster>) =>
  schedulerClient(
    {
      env: {},
      clock: systemClock,
      signal: new AbortController().signal,
      log: silentLogger,
      print: () => {},
      complain: () => {},
      openPage: () => {},
      terminal: () => undefined,
      stdio: [0, 1, 2],
    },
    { name: 'west', zkPort: 2181, ...cluster },
  );

async function leaderAndStandby(cluster: Candidates) {
  const leader = await cluster.start('shared');
  await active(leader);
  const standby = await cluster.start('shared');
  await redirects(standby, urlOf(leader));
  return { leader, standby };
}

withCandidates('a standby sends clients to the leader, and says who leads', async (cluster) => {
  const { leader, standby } = await leaderAndStandby(cluster);
  assert.is(await redirectOf(standby, '/quotas?role=web%20site'), `${urlOf(leader)}/quotas?role=web%20site`);
  const health = await ask(standby, '/leaderhealth');
  assert.equal([health.status, await health.text()], [503, `Another instance leads: ${urlOf(leader)}\n`]);
  assert.match(await (await ask(standby, '/')).text(), urlOf(leader));
  assert.is((await standby.vars()).scheduler_lifecycle_STORAGE_PREPARED, 1);
  // A call goes through it like any other: clients repeat what a 307 answers.
  ok(await clientOf({ schedulerUri: urlOf(standby) }).once('createJob', job('by-way-of-standby')));
  assert.is((await leader.tasks('PENDING')).length, 1);
  const kept = await ask(standby, '/api', { method: 'POST', headers: { 'Bypass-Leader-Redirect': '1' } });
  assert.is(kept.status, 500, 'it was read here');
});

withCandidates('when the leader stops the standby leads at once, with the same state', async (cluster) => {
  const { leader, standby } = await leaderAndStandby(cluster);
  leader.mesos.subscribe('framework-7');
  for (const name of ['a', 'b', 'c']) ok(await leader.call('createJob', job(name)));
  ok(await leader.call('killTasks', { job: { ...JOB, name: 'b' } }));
  const before = await idsOf(leader);
  const startMs = performance.now();
  await leader.running().stop();
  await standby.running().led;
  // The session's end is told, not waited for.
  assert.ok(performance.now() - startMs < 5_000);
  assert.equal(await idsOf(standby), before);
  assert.equal(standby.mesos.options().frameworkInfo.id, { value: 'framework-7' });
  standby.mesos.subscribe('framework-7');
  await until(async () => (await ask(standby, '/leaderhealth')).status === 200);
  ok(await standby.call('createJob', job('d')));
  // The first one comes back, as a standby.
  await leader.restart();
  await redirects(leader, urlOf(standby));
});

withCandidates(
  'a leader that loses its place in the log ends, and confirms nothing more',
  async (cluster) => {
    const { leader, standby } = await leaderAndStandby(cluster);
    ok(await leader.call('createJob', job('a')));
    const nodes = (await watcher.children(cluster.path)) ?? [];
    const number = (name: string) => Number(name.slice(-10));
    const [first] = nodes.filter((name) => name.startsWith('_c_')).sort((a, b) => number(a) - number(b));
    await watcher.remove(`${cluster.path}/${first}`);
    const end = await leader.running().finished;
    assert.is(end.failed, true);
    await standby.running().led;
    assert.is((await standby.tasks('PENDING')).length, 1);
  },
);

withCandidates('what a crashed leader announced does not hide the one that leads', async (cluster) => {
  // A crashed leader is one of ours when the cluster's log is claimed.
  const earlier = await cluster.start('shared');
  await earlier.running().led;
  await earlier.running().stop();
  const crashed = { host: 'crashed.example.com', port: 8081 };
  const stale = JSON.stringify({
    serviceEndpoint: crashed,
    additionalEndpoints: { http: crashed },
    status: 'ALIVE',
  });
  const kind = 'ephemeral-sequential';
  await watcher.create(`${cluster.path}/member_`, Buffer.from(stale), { kind });
  const first = await cluster.start('shared');
  // It is elected, so it knows better than the member.
  await first.running().led;
  assert.is((await ask(first, '/offers')).status, 200);
  const second = await cluster.start('shared');
  await redirects(second, 'http://crashed.example.com:8081');
  first.mesos.subscribe();
  await redirects(second, urlOf(first));
  const members = ((await watcher.children(cluster.path)) ?? []).filter((name) => /^member_/.test(name));
  assert.is(members.length, 1);
});

withCandidates('our client finds the leader in ZooKeeper, and the next one after it', async (cluster) => {
  const { leader, standby } = await leaderAndStandby(cluster);
  ok(await leader.call('createJob', job('found')));
  const client = () => clientOf({ zk: '127.0.0.1', zkPort: zooKeeper.port, schedulerZkPath: cluster.path });
  const count = async () => {
    const response = await client().query('getTasksWithoutConfigs', { query: {} });
    return response.result?.scheduleStatusResult?.tasks?.length;
  };
  assert.is(await count(), 1);
  await leader.running().stop();
  await active(standby);
  assert.is(await count(), 1);
});

test.run();
