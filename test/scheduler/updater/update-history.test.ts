import type { JobKey, JobUpdateStatus } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { startUpdateHistory } from '../../../src/scheduler/updater/update-history.ts';
import { assert, suite } from '../../harness/index.ts';
import { JOB, taskConfig } from '../builders.ts';
import { memoryLog } from '../storage/memory-log.ts';
import { sampleTask, storageOn } from '../storage/sample.ts';
import { settingsOf } from './scene.ts';

const test = suite('history of updates');

const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;
const OTHER: JobKey = { ...JOB, name: 'other' };

/** Updates that began so many days before now; `jobs` have a task. */
async function historyScene(jobs: readonly JobKey[]) {
  const clock = manualClock();
  clock.setWall(Date.UTC(2026, 10, 29));
  const log = memoryLog();
  const storage = await storageOn(log, { clock });
  const counted = counters();
  const stop = startUpdateHistory({
    clock,
    log: silentLogger,
    counters: counted,
    storage,
    settings: {
      jobUpdateHistoryIntervalMs: HOUR_MS,
      jobUpdateHistoryMs: 30 * DAY_MS,
      jobUpdateHistoryPerJob: 2,
    },
  });
  await storage.write((tx) => {
    for (const [at, job] of jobs.entries())
      tx.tasks.save(sampleTask(`task-${at}`, at, 'FINISHED', taskConfig({ job })));
  });
  const add = (job: JobKey, id: string, daysAgo: number, status: JobUpdateStatus = 'ROLLED_FORWARD') =>
    storage.write((tx) => {
      const key = { job, id };
      const instructions = { initialState: [], settings: settingsOf() };
      tx.jobUpdates.save({ summary: { key, user: 'jane', metadata: [] }, instructions });
      const timestampMs = clock.nowMs() - daysAgo * DAY_MS;
      tx.jobUpdates.addEvent(key, { status: 'ROLLING_FORWARD', timestampMs });
      if (status !== 'ROLLING_FORWARD') tx.jobUpdates.addEvent(key, { status, timestampMs: timestampMs + 1 });
    });
  const idsIn = (from: typeof storage) =>
    from.read(({ jobUpdates }) => [...jobUpdates.summaries()].map(({ key }) => key.id)).sort();
  return {
    add,
    counted,
    stop,
    ids: () => idsIn(storage),
    async pass(ms: number) {
      clock.advance(ms);
      await storage.settled();
      await new Promise((done) => setImmediate(done));
    },
    /** What another scheduler reads from the log. */
    async stored() {
      await storage.close();
      const next = await storageOn(log.again(), { clock });
      const ids = idsIn(next);
      await next.close();
      return ids;
    },
  };
}

test('of each job the last ones stay, of those none that began too long ago, active ones always; in the log, too', async () => {
  const { add, counted, ids, pass, stop, stored } = await historyScene([JOB, OTHER]);
  await add(JOB, 'a-1', 3);
  await add(JOB, 'a-2', 2);
  await add(JOB, 'a-3', 1);
  await add(OTHER, 'b-old', 31, 'ABORTED');
  await add(OTHER, 'b-active', 40, 'ROLLING_FORWARD');
  await add(OTHER, 'b-new', 0, 'FAILED');
  const all = ids();
  await pass(HOUR_MS - 1);
  assert.equal(ids(), all);
  await pass(1);
  assert.equal(ids(), ['a-2', 'a-3', 'b-active', 'b-new']);
  assert.is(counted.read().get('job_updates_pruned'), 2);
  await pass(HOUR_MS);
  assert.is(counted.read().get('job_updates_pruned'), 2, 'nothing more');
  stop();
  assert.equal(await stored(), ['a-2', 'a-3', 'b-active', 'b-new']);
});

test('a job without any task is forgotten with its updates, but for an active one', async () => {
  const { add, ids, pass, stop } = await historyScene([OTHER]);
  await add(JOB, 'gone', 0);
  await add({ ...JOB, name: 'fresh' }, 'active', 0, 'ROLL_FORWARD_PAUSED');
  await add(OTHER, 'kept', 0);
  await pass(HOUR_MS);
  assert.equal(ids(), ['active', 'kept']);
  stop();
});

test('nothing is forgotten after the end', async () => {
  const { add, ids, pass, stop } = await historyScene([]);
  await add(JOB, 'one', 0);
  stop();
  await pass(10 * HOUR_MS);
  assert.equal(ids(), ['one']);
});

test.run();
