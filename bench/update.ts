/**
 * Job updates on simulated agents over real sockets, with the durable log: how many instances a minute a large update
 * replaces, in batches of 100 without a wait; how long the event loop is blocked meanwhile; and how long it takes to
 * get the details of an update with 10,000 instance events. `--small` runs a fifth of the jobs.
 */
import { availableParallelism, loadavg } from 'node:os';
import type { JobUpdateStatus, Wire } from '../src/api/index.ts';
import { offered, pause, startBenchCluster } from './cluster/start.ts';
import { figure } from './harness.ts';

const JOBS = process.argv.includes('--small') ? 2 : 10;
const INSTANCES = 1_000;
const BATCH = 100;
const AGENTS = 500;
/** The number of instances of an update; it has twice as many events. */
const LONG = 5_000;
const READS = 100;

const [loadBefore = 0] = loadavg();
const cluster = await startBenchCluster(
  {
    agents: AGENTS,
    resources: 'cpus:256;mem:262144;disk:4194304;ports:[31000-32000]',
    racks: 10,
  },
  { flags: ['-max_tasks_per_job=10000'] },
);

const jobKey = (number: number) => ({ role: 'bench', environment: 'prod', name: `job-${number}` });

function requestOf(
  number: number,
  version: string,
  instances: number,
  batch: number,
): Wire<'JobUpdateRequest'> {
  return {
    taskConfig: {
      job: jobKey(number),
      owner: { user: 'bench' },
      isService: true,
      maxTaskFailures: 1,
      contactEmail: version,
      executorConfig: { name: 'AuroraExecutor', data: '{}' },
      resources: [{ numCpus: 0.25 }, { ramMb: 256 }, { diskMb: 512 }],
    },
    instanceCount: instances,
    settings: {
      updateStrategy: { batchStrategy: { groupSize: batch, autopauseAfterBatch: false } },
      minWaitInInstanceRunningMs: 0,
      maxPerInstanceFailures: 0,
      rollbackOnFailure: true,
    },
  };
}

async function start(number: number, version: string, instances: number, batch: number) {
  const { result } = await cluster.call('startJobUpdate', {
    request: requestOf(number, version, instances, batch),
  });
  return result?.startJobUpdateResult?.key ?? {};
}

/** Resolves when all updates of the role are over. */
async function allOver(): Promise<void> {
  const updateStatuses: JobUpdateStatus[] = ['ROLLING_FORWARD', 'ROLLING_BACK'];
  for (;;) {
    const { result } = await cluster.call('getJobUpdateSummaries', {
      jobUpdateQuery: { role: 'bench', updateStatuses },
    });
    if (result?.getJobUpdateSummariesResult?.updateSummaries?.length === 0) break;
    await pause(50);
  }
  const { result } = await cluster.call('getJobUpdateSummaries', {
    jobUpdateQuery: { role: 'bench', updateStatuses: ['FAILED', 'ROLLED_BACK', 'ERROR', 'ABORTED'] },
  });
  const bad = result?.getJobUpdateSummariesResult?.updateSummaries ?? [];
  if (bad.length > 0) throw new Error(`updates failed: ${JSON.stringify(bad)}`);
}

const jobs = Array.from({ length: JOBS }, (_, number) => number);
try {
  await offered(cluster, AGENTS);
  for (const number of jobs) await start(number, 'one', INSTANCES, INSTANCES);
  await allOver();
  await cluster.longestStall();
  const startMs = performance.now();
  for (const number of jobs) await start(number, 'two', INSTANCES, BATCH);
  await allOver();
  const seconds = (performance.now() - startMs) / 1000;
  const { stallMs, ownMs } = await cluster.longestStall();

  const key = await start(JOBS, 'one', LONG, 500);
  await allOver();
  const stallOfLong = await cluster.longestStall();
  const waits: number[] = [];
  for (let read = 0; read < READS; read++) {
    const beganMs = performance.now();
    const { result } = await cluster.call('getJobUpdateDetails', { query: { key } });
    waits.push(performance.now() - beganMs);
    const [details] = result?.getJobUpdateDetailsResult?.detailsList ?? [];
    if (details?.instanceEvents?.length !== 2 * LONG) throw new Error('the update has other events');
  }
  waits.sort((a, b) => a - b);
  const conditions = [
    `${JOBS} jobs of ${INSTANCES} instances at once, batches of ${BATCH}, no wait in RUNNING`,
    `${AGENTS} simulated agents in another process, durable log on`,
    `${availableParallelism()} cores, load ${loadBefore.toFixed(1)} before, node ${process.version}`,
  ].join('; ');
  figure({
    name: 'updated_instances_per_min',
    value: (JOBS * INSTANCES * 60) / seconds,
    unit: 'instances/min',
    conditions,
  });
  figure({ name: 'max_stall_ms', value: stallMs, unit: 'ms', conditions });
  figure({
    name: 'details_p99_ms',
    value: waits[Math.floor(READS * 0.99)] ?? 0,
    unit: 'ms',
    conditions: `an update with ${2 * LONG} instance events, from the call to the decoded answer; ${conditions}`,
  });
  console.log(
    `${seconds.toFixed(1)} s; of the longest stall the scheduler computed ${ownMs.toFixed(0)} ms; longest stall while ${LONG} instances were created in batches of 500: ${stallOfLong.stallMs.toFixed(0)} ms`,
  );
} finally {
  await cluster.stop();
}
