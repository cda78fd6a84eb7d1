/** Fault 4 of the second round: a scheduler did not end while ZooKeeper was away and a snapshot or a trim under way. */
import { assert, suite } from '../../harness/index.ts';
import { startZooKeeper, type ZooKeeperServer } from '../../zookeeper/server.ts';
import { JOB, wireConfig, wireJob } from '../builders.ts';
import type { TestScheduler } from '../running.ts';
import { active, ask, type Candidates, candidates, TICK_MS, until } from './candidates.ts';

const test = suite('the end of a leader while ZooKeeper is away');

/** The deadlines of all stages together, and what a busy machine adds. */
const LIMIT_MS = 45_000;
/** The session, the time until its loss is noticed, and the end, in which nothing waits for ZooKeeper any more. */
const LOST_LIMIT_MS = 15_000;

let zooKeeper: ZooKeeperServer;
let clusters = 0;
test.before(async () => {
  zooKeeper = await startZooKeeper({ tickMs: TICK_MS });
});
test.after(() => zooKeeper.stop());

async function leader(cluster: Candidates, flags = {}): Promise<TestScheduler> {
  const scheduler = await cluster.start('shared', flags);
  await active(scheduler);
  await until(async () => (await ask(scheduler, '/leaderhealth')).status === 200);
  const key = { ...JOB, name: 'some' };
  const { responseCode } = await scheduler.call('createJob', {
    description: wireJob({ key, instanceCount: 200, taskConfig: wireConfig({ job: key }) }),
  });
  assert.is(responseCode, 'OK');
  return scheduler;
}

function withCluster(name: string, body: (cluster: Candidates) => Promise<void>) {
  test(
    name,
    async () => {
      const cluster = candidates(zooKeeper, `away-${++clusters}`);
      try {
        await body(cluster);
      } finally {
        zooKeeper.resume();
        await cluster.stop();
      }
    },
    LIMIT_MS + 15_000,
  );
}

const within = async (limitMs: number, what: Promise<unknown>) => {
  const startMs = performance.now();
  await what;
  const ms = performance.now() - startMs;
  assert.ok(ms < limitMs, `${Math.round(ms)} ms`);
};

withCluster('with a snapshot under way a leader that lost its session ends at once', async (cluster) => {
  const scheduler = await leader(cluster);
  zooKeeper.freeze();
  const snapshot = scheduler.call('snapshot', {}).catch(() => undefined);
  await within(LOST_LIMIT_MS, scheduler.running().finished);
  const { failed, reason } = await scheduler.running().finished;
  assert.ok(failed);
  assert.match(reason, /session/);
  const answer = await snapshot;
  assert.not.equal(answer?.responseCode, 'OK');
});

withCluster('with a snapshot under way a stop comes to its end', async (cluster) => {
  // A session so long that it is not lost meanwhile.
  const scheduler = await leader(cluster, { zkSessionTimeoutMs: 60_000 });
  zooKeeper.freeze();
  const snapshot = scheduler.call('snapshot', {}).catch(() => undefined);
  await within(LIMIT_MS, scheduler.running().stop());
  await snapshot;
});

withCluster(
  'with a write under way a stop comes to its end, and the write is not confirmed',
  async (cluster) => {
    const scheduler = await leader(cluster, { zkSessionTimeoutMs: 60_000 });
    zooKeeper.freeze();
    const key = { ...JOB, name: 'late' };
    const answered = scheduler
      .call('createJob', { description: wireJob({ key, taskConfig: wireConfig({ job: key }) }) })
      .then(
        ({ responseCode }) => responseCode,
        () => 'cut off',
      );
    await until(async () => (await scheduler.vars()).task_store_PENDING === 201);
    await within(LIMIT_MS, scheduler.running().stop());
    assert.ok(['ERROR', 'cut off'].includes(String(await answered)), String(await answered));
  },
);

test.run();
