/**
 * The time from the first createJob to the last RUNNING. It includes the API, matching, the durable log, and Mesos'
 * protocol over real sockets to simulated agents in a process of their own. `--small` runs a tenth of the tasks.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { allRunning, createJobs } from './cluster/jobs.ts';
import { offered, pause, startBenchCluster } from './cluster/start.ts';
import { figure } from './harness.ts';
import { memoryBytes } from './machine/memory.ts';

const JOBS = Number(process.env.BENCH_JOBS ?? (process.argv.includes('--small') ? 100 : 1_000));
const TASKS_OF_EACH = 1_000;
const TASKS = JOBS * TASKS_OF_EACH;
const AGENTS = 5_000;
/** The setting that docs/operations.md recommends for this many tasks. */
const SEMI_SPACE = '--max-semi-space-size=32';
/**
 * Long enough for V8 to free garbage. It does so when a program has allocated little for most of a minute, or else 100 s after
 * its last collection: the reconciliation goes on all the time.
 */
const SETTLE_MS = Number(process.env.BENCH_SETTLE_MS ?? 120_000);

const cpuSeconds = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

const [loadBefore = 0] = loadavg();
const cluster = await startBenchCluster(
  {
    agents: AGENTS,
    // Zone a has room for its own jobs, and for all that the other jobs may put there.
    resources: 'cpus:256;mem:262144;disk:4194304;ports:[31000-32000]',
    racks: 100,
  },
  { nodeFlags: [SEMI_SPACE], probeMs: 50 },
);
try {
  await offered(cluster, AGENTS);
  const startMs = performance.now();
  const cpuBefore = cpuSeconds(cluster.schedulerPid);
  await createJobs(cluster, JOBS, TASKS_OF_EACH);
  const createdMs = performance.now() - startMs;
  await allRunning(cluster, TASKS);
  const seconds = (performance.now() - startMs) / 1000;
  const cpu = cpuSeconds(cluster.schedulerPid);
  const agentsCpu = cpuSeconds(cluster.agentsPid);
  const { snapshot_create_nanos_total: snapshotNanos = 0, scheduler_log_snapshots: snapshots } =
    await cluster.vars();
  const rssBusyMb = memoryBytes(cluster.schedulerPid, 'VmRSS') / 2 ** 20;
  await pause(SETTLE_MS);
  const { stallMs, heapBytes } = await cluster.longestStall();
  const rssBytes = memoryBytes(cluster.schedulerPid, 'VmRSS');
  const conditions = [
    `${JOBS} jobs of ${TASKS_OF_EACH} tasks with a limit of one a host, half of them in one of two zones`,
    `${AGENTS} simulated agents in another process, durable log on, scheduler with ${SEMI_SPACE}`,
    `${availableParallelism()} cores, load ${loadBefore.toFixed(1)} before, node ${process.version}`,
  ].join('; ');
  figure({ name: 'tasks_per_s', value: TASKS / seconds, unit: 'tasks/s', conditions });
  figure({
    name: 'cpu_us_per_task',
    value: ((cpu - cpuBefore) * 1e6) / TASKS,
    unit: 'us',
    conditions: `CPU of the scheduler with all its threads, from the first createJob to the last RUNNING; ${conditions}`,
  });
  figure({
    name: 'rss_per_task_bytes',
    value: rssBytes / TASKS,
    unit: 'bytes',
    conditions: `the scheduler's whole RSS, ${SETTLE_MS / 1000} s after the last task ran; ${conditions}`,
  });
  const detail = [
    `${seconds.toFixed(1)} s in all, jobs created after ${(createdMs / 1000).toFixed(1)} s`,
    `CPU of the scheduler ${cpu.toFixed(1)} s, of the agents ${agentsCpu.toFixed(1)} s; scheduler's RSS ${rssBusyMb.toFixed(0)} MB at the last task, peak`,
    `${(memoryBytes(cluster.schedulerPid, 'VmHWM') / 2 ** 20).toFixed(0)} MB, ${(rssBytes / 2 ** 20).toFixed(0)} MB settled with a heap of ${(heapBytes / 2 ** 20).toFixed(0)} MB`,
    `longest stall ${stallMs.toFixed(0)} ms`,
    `${snapshots} snapshots, made in ${(snapshotNanos / 1e9).toFixed(1)} s`,
  ];
  console.log(detail.join(', '));
} finally {
  await cluster.stop();
}
