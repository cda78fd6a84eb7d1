import { ACTIVE_STATES, type ScheduledTask, type ScheduleStatus, type SlaPolicy } from '../../api/index.ts';
import type { ReadStores, WriteStores } from '../storage/index.ts';

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

/** Whether no active task is on the host. */
export const isEmpty = ({ tasks }: ReadStores, host: string): boolean =>
  !tasks.onHost(host).some(({ status }) => ACTIVE_STATES.has(status));

/** Policy that holds no task back. */
const NOW: SlaPolicy = { percentageSlaPolicy: { percentage: 0, durationSecs: 0 } };

/** Stores the request that the tasks of the host go without waiting for anything. */
export const requestDrain = ({ maintenance }: WriteStores, host: string, nowMs: number): void =>
  maintenance.save({ host, defaultSlaPolicy: NOW, timeoutSecs: 0, createdTimestampMs: nowMs });
