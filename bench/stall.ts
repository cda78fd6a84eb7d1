/**
 * The longest time that the scheduler's event loop is blocked with 100,000 tasks, while clients read all the time, one
 * job of 1,000 tasks is killed and another one starts.
 */
import { availableParallelism, loadavg } from 'node:os';
import { allRunning, createJobs, jobKey, killJob } from './cluster/jobs.ts';
import { type BenchCluster, offered, pause, startBenchCluster } from './cluster/start.ts';
import { figure } from './harness.ts';

const JOBS = 100;
const TASKS_OF_EACH = 1_000;
const TASKS = JOBS * TASKS_OF_EACH;
const AGENTS = 5_000;
const READ_MS = 20_000;
const READERS = 2;
const OWN = 'the part of a stall in which the main thread itself computed, as in `snapshot`';

/** Makes the calls of pages and clients, one after another, until `isOver`; returns how many rounds it made. */
async function read(cluster: BenchCluster, isOver: () => boolean): Promise<number> {
  let calls = 0;
  for (; !isOver(); calls++) {
    const jobKeys = [jobKey(calls % JOBS)];
    await cluster.call('getTasksWithoutConfigs', { query: { jobKeys } });
    await cluster.call('getTasksStatus', { query: { jobKeys } });
    await cluster.call('getJobSummary', { role: jobKey(calls).role });
    await cluster.call('getRoleSummary', {});
    await cluster.call('getPendingReason', { query: { jobKeys } });
    await cluster.vars();
    // All tasks, which are megabytes of text.
    if (calls % 50 === 0) await cluster.call('getTasksWithoutConfigs', { query: {} });
  }
  return calls;
}

async function churn(cluster: BenchCluster): Promise<void> {
  await killJob(cluster, 0);
  await createJobs(cluster, 1, TASKS_OF_EACH, JOBS);
  await allRunning(cluster, TASKS);
}

const [loadBefore = 0] = loadavg();
const cluster = await startBenchCluster({
  agents: AGENTS,
  resources: 'cpus:64;mem:262144;disk:4194304;ports:[31000-32000]',
  racks: 100,
});
try {
  await offered(cluster, AGENTS);
  await cluster.longestStall();
  await createJobs(cluster, JOBS, TASKS_OF_EACH);
  await allRunning(cluster, TASKS);
  const loading = await cluster.longestStall();
  let over = false;
  const readers = Array.from({ length: READERS }, () => read(cluster, () => over));
  await churn(cluster);
  await pause(READ_MS);
  over = true;
  const calls = (await Promise.all(readers)).reduce((sum, count) => sum + count, 0);
  const reading = await cluster.longestStall();
  const machine = `${availableParallelism()} cores, load ${loadBefore.toFixed(1)} before, node ${process.version}`;
  const what = `${TASKS} tasks, ${READERS} clients made ${calls} rounds of reads, a job of ${TASKS_OF_EACH} tasks was killed and one created`;
  figure({ name: 'max_stall_ms', value: reading.stallMs, unit: 'ms', conditions: `${what}; ${machine}` });
  figure({ name: 'max_own_stall_ms', value: reading.ownMs, unit: 'ms', conditions: OWN });
  const created = `while ${JOBS} jobs of ${TASKS_OF_EACH} tasks were created and started; ${machine}`;
  figure({
    name: 'max_stall_loading_ms',
    value: loading.ownMs,
    unit: 'ms',
    conditions: `${OWN}, ${created}`,
  });
  const others = [
    `by the clock ${loading.stallMs.toFixed(0)} ms (with what other programs ran meanwhile)`,
    `with the helper threads of V8 and libuv at most ${loading.threadsMs.toFixed(0)} ms of computing`,
    `in the second part ${reading.threadsMs.toFixed(0)} ms`,
  ];
  console.log(`the longest stall while loading: ${others.join(', ')}`);
} finally {
  await cluster.stop();
}
