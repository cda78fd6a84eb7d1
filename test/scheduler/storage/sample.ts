import { deflateRawSync } from 'node:zlib';
import type { ScheduledTask, ScheduleStatus, TaskConfig } from '../../../src/api/index.ts';
import { normalise } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import {
  type Log,
  openStorage,
  type ReadStores,
  type Storage,
  type StorageOptions,
} from '../../../src/scheduler/storage/index.ts';

/** A small valid configuration; equal arguments give equal, but not identical, values. */
export const sampleConfig = (name = 'web', changes: Partial<TaskConfig> = {}): TaskConfig => ({
  ...normalise('TaskConfig', {
    isService: true,
    maxTaskFailures: 1,
    job: { role: 'www', environment: 'prod', name },
    resources: [{ numCpus: 1 }, { ramMb: 128 }, { diskMb: 64 }],
    executorConfig: { name: 'AuroraExecutor', data: '{"processes":[]}' },
    tier: 'preferred',
  }),
  ...changes,
});

export const sampleTask = (
  taskId: string,
  instanceId: number,
  status: ScheduleStatus = 'PENDING',
  config: TaskConfig = sampleConfig(),
): ScheduledTask => ({
  assignedTask: { taskId, task: config, instanceId, assignedPorts: {} },
  status,
  failureCount: 0,
  timesPartitioned: 0,
  taskEvents: [{ timestamp: 1_000, status: 'PENDING' }],
});

/** Compresses at once. */
export const deflateNow = async (bytes: Uint8Array): Promise<Uint8Array> => deflateRawSync(bytes);

/** A storage whose failure fails the test. */
export const storageOn = (log: Log, options: Partial<StorageOptions> = {}): Promise<Storage> =>
  openStorage({
    log,
    clock: manualClock(),
    logger: silentLogger,
    deflate: deflateNow,
    onFatal: (error) => {
      throw error;
    },
    ...options,
  });

/** Everything the stores hold, in a form that compares. */
export function contents(stores: ReadStores) {
  const { tasks, cronJobs, cronProgress, quotas, hosts, modes, jobUpdates, maintenance } = stores;
  const { framework, restoration } = stores;
  const sorted = (values: Iterable<unknown>) =>
    [...values].map((value) => JSON.stringify(value, sortedKeys)).sort();
  const updates = [...jobUpdates.summaries()].map(({ key }) => jobUpdates.get(key));
  return {
    tasks: sorted(tasks.all()),
    jobs: sorted(tasks.jobs()),
    active: sorted(
      [...tasks.jobs()].flatMap((job) => tasks.activeOf(job).map((task) => task.assignedTask.taskId)),
    ),
    pending: sorted(tasks.inStatus('PENDING').map((task) => task.assignedTask.taskId)),
    cronJobs: sorted(cronJobs.all()),
    cronProgress: sorted(cronProgress.all()),
    quotas: sorted(quotas.all()),
    hosts: sorted([...hosts.all()].map((agent) => ({ ...agent, mode: modes.of(agent.host) }))),
    modes: sorted(modes.all()),
    updates: sorted(updates),
    runs: sorted(
      jobUpdates.view().map((then) => ({ key: then().details.update.summary.key, ...then().run })),
    ),
    maintenance: sorted(maintenance.all()),
    framework: framework.id(),
    restoration: restoration.get(),
  };
}

const sortedKeys = (_: string, value: unknown) =>
  value && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
