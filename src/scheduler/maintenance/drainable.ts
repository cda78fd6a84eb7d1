import type { ScheduledTask, ScheduleStatus } from '../../api/index.ts';
import type { ReadStores } from '../storage/index.ts';

/** Statuses of tasks that occupy a host and that nothing is removing yet. */
const DRAINABLE: ReadonlySet<ScheduleStatus> = new Set(['ASSIGNED', 'STARTING', 'RUNNING', 'PARTITIONED']);

/** Message of the task event of a drain. Source: the original. */
export const DRAINING_MESSAGE = 'Draining machine for maintenance.';

/** Whether the task occupies its host and nothing is removing it yet. */
export const isDrainable = ({ status }: ScheduledTask): boolean => DRAINABLE.has(status);

/**
 * The tasks to drain from a host. Those that are not running come first, because losing them costs their job nothing.
 */
export const drainableOn = (stores: ReadStores, host: string): readonly ScheduledTask[] =>
  stores.tasks
    .onHost(host)
    .filter(isDrainable)
    .sort((a, b) => Number(a.status === 'RUNNING') - Number(b.status === 'RUNNING'));
