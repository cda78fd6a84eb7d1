import type { Wire } from '../../src/api/index.ts';
import { type BenchCluster, pause } from './start.ts';

/** About as long as the executor data of a web server with a log shipper beside it. */
const EXECUTOR_DATA = JSON.stringify({
  environment: 'prod',
  health_check_config: { initial_interval_secs: 15, interval_secs: 10, max_consecutive_failures: 3 },
  name: 'server',
  service: true,
  task: {
    name: 'server',
    processes: [
      {
        name: 'fetch',
        cmdline: 'curl -fsS https://artifacts.example.com/server.tar.gz | tar xz',
        max_failures: 1,
      },
      {
        name: 'server',
        cmdline: './server --port {{thermos.ports[http]}} --shard {{mesos.instance}}',
        max_failures: 1,
      },
      { name: 'ship', cmdline: './ship-logs --to logs.example.com:514', daemon: true, max_failures: 0 },
    ],
    constraints: [{ order: ['fetch', 'server'] }],
    resources: { cpu: 0.25, ram: 268435456, disk: 536870912 },
    finalization_wait: 30,
    max_failures: 1,
  },
});

export const jobKey = (number: number) => ({
  role: `team-${number % 20}`,
  environment: 'prod',
  name: `job-${number}`,
});

/** Every job may have only one task on a host; every second one also runs in one zone only. */
function config(number: number): Wire<'TaskConfig'> {
  const zone =
    number % 2 === 0 ? [] : [{ name: 'zone', constraint: { value: { negated: false, values: ['a'] } } }];
  return {
    job: jobKey(number),
    owner: { user: 'bench' },
    isService: true,
    maxTaskFailures: 1,
    priority: 0,
    production: false,
    tier: 'preemptible',
    executorConfig: { name: 'AuroraExecutor', data: EXECUTOR_DATA },
    resources: [{ numCpus: 0.25 }, { ramMb: 256 }, { diskMb: 512 }, { namedPort: 'http' }],
    constraints: [{ name: 'host', constraint: { limit: { limit: 1 } } }, ...zone],
  };
}

/** Creates jobs of equal size, a few at a time, as if from several clients. They are numbered upwards from `first`. */
export async function createJobs(
  cluster: Pick<BenchCluster, 'call'>,
  jobs: number,
  tasksOfEach: number,
  first = 0,
): Promise<void> {
  let next = first;
  const client = async () => {
    while (next < first + jobs) {
      const taskConfig = config(next++);
      await cluster.call('createJob', {
        description: {
          key: taskConfig.job ?? {},
          owner: { user: 'bench' },
          instanceCount: tasksOfEach,
          taskConfig,
        },
      });
    }
  };
  await Promise.all([client(), client(), client(), client()]);
}

/** Kills every task of the job. */
export const killJob = (cluster: BenchCluster, number: number): Promise<unknown> =>
  cluster.call('killTasks', { job: jobKey(number) });

/** A look costs the scheduler a page of figures. */
const LOOK_MS = 500;

/** Resolves when exactly this many tasks are RUNNING and none is KILLING. */
export async function allRunning(cluster: Pick<BenchCluster, 'vars'>, tasks: number): Promise<void> {
  for (;;) {
    const { task_store_RUNNING: running, task_store_KILLING: killing } = await cluster.vars();
    if (running === tasks && killing === 0) return;
    await pause(LOOK_MS);
  }
}
