/**
 * How long a cluster of 100,000 tasks has no leader after its leader was killed with kill -9. Two schedulers are
 * started like users do, with a real ZooKeeper and simulated agents in a process of their own. `--small` runs a tenth
 * of the tasks.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, until } from '../test/e2e/product.ts';
import { type SchedulerApi, schedulerApi } from '../test/e2e/scheduler-api.ts';
import { type Supervised, supervise } from '../test/e2e/scheduler-process.ts';
import { startZooKeeper } from '../test/zookeeper/server.ts';
import { allRunning, createJobs } from './cluster/jobs.ts';
import { type BenchCluster, pause, startAgents } from './cluster/start.ts';
import { figure, median } from './harness.ts';

const SMALL = process.argv.includes('--small');
const JOBS = SMALL ? 10 : 100;
const TASKS_OF_EACH = 1_000;
const TASKS = JOBS * TASKS_OF_EACH;
const AGENTS = 5_000;
const ROUNDS = 3;
const SESSION_MS = 5_000;
const TICK_MS = 500;
const LIMIT_MS = 300_000;
/** The time limit of a call that creates a thousand tasks, which may take seconds while others are being placed. */
const CREATION_MS = 50_000;
/** After this time a standby has read everything and is idle. */
const SETTLE_MS = 10_000;

/** A scheduler's API in the shape that the benchmarks' clusters have. */
const caller = (api: SchedulerApi): Pick<BenchCluster, 'call'> => ({
  async call(method, args) {
    const { response } = await api.call(method, args);
    if (response.responseCode !== 'OK') throw new Error(`${method}: ${JSON.stringify(response.details)}`);
    return response;
  },
});

const varsOf = async ({ port }: Supervised): Promise<Record<string, number>> =>
  (await (await fetch(`http://127.0.0.1:${port}/vars.json`)).json()) as Record<string, number>;

const isIn = (state: string) => async (scheduler: Supervised) =>
  (await varsOf(scheduler).catch((): Record<string, number> => ({})))[`scheduler_lifecycle_${state}`] === 1;
const isActive = isIn('ACTIVE');
const isStandby = isIn('STORAGE_PREPARED');

/** Kills the leader; returns the time until the next one has confirmed its first write, in milliseconds. */
async function failover(leader: Supervised, standby: Supervised, round: number): Promise<number> {
  const startMs = performance.now();
  await leader.kill9();
  await createJobs(caller(schedulerApi([standby.port])), 1, 1, JOBS + round);
  return performance.now() - startMs;
}

const [loadBefore = 0] = loadavg();
const home = mkdtempSync(join(tmpdir(), 'aurora-failover-'));
const zooKeeper = await startZooKeeper({ tickMs: TICK_MS, heapMb: 1_024 });
const agents = await startAgents({
  agents: AGENTS,
  resources: 'cpus:64;mem:262144;disk:4194304;ports:[31000-32000]',
  racks: 100,
});
const flags = [
  `-mesos_master_address=${agents.master}`,
  `-zk_endpoints=${zooKeeper.address}`,
  `-zk_session_timeout=${SESSION_MS}ms`,
  '-serverset_path=/aurora/scheduler',
  '-native_log_zk_group_path=/aurora/log',
  `-data_dir=${home}`,
  '-thermos_executor_path=/executor',
];
const schedulers = [supervise(await freePort(), flags), supervise(await freePort(), flags)];
const [first, second] = schedulers as [Supervised, Supervised];
try {
  const both = schedulerApi(
    schedulers.map(({ port }) => port),
    CREATION_MS,
  );
  await until('a leader', async () => (await isActive(first)) || (await isActive(second)), LIMIT_MS);
  let [leader, standby] = (await isActive(first)) ? [first, second] : [second, first];
  await createJobs(caller(both), JOBS, TASKS_OF_EACH);
  await allRunning({ vars: () => varsOf(leader) }, TASKS);
  const took: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    await until('a standby', () => isStandby(standby), LIMIT_MS);
    await pause(SETTLE_MS);
    const ms = await failover(leader, standby, round);
    [leader, standby] = [standby, leader];
    took.push(ms);
    console.log(`round ${round}: ${(ms / 1000).toFixed(2)} s from kill -9 to the first confirmed write`);
    await until('an active leader', () => isActive(leader), LIMIT_MS);
  }
  const conditions = [
    `kill -9 of the leader to the first confirmed createJob, less the session timeout of ${SESSION_MS / 1000} s; middle of ${ROUNDS}; ZooKeeper counts from the leader's last sign of life, up to a sixth of the timeout before the kill`,
    `${TASKS} running tasks on ${AGENTS} simulated agents in another process; one ZooKeeper server with ticks of ${TICK_MS} ms, by which it rounds the timeout up`,
    `${availableParallelism()} cores, load ${loadBefore.toFixed(1)} before, node ${process.version}`,
  ].join('; ');
  const overMs = median(took) - SESSION_MS;
  figure({ name: 'over_session_timeout_s', value: overMs / 1000, unit: 's', conditions });
} finally {
  await Promise.all(schedulers.map((scheduler) => scheduler.stop()));
  const gone = once(agents.process, 'exit');
  agents.process.disconnect();
  await gone;
  await zooKeeper.stop();
  rmSync(home, { recursive: true, force: true });
}
