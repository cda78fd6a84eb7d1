import type { ScheduledTask, ScheduleStatus } from '../../api/index.ts';
import type { ReadStores } from '../storage/index.ts';

/** Tasks that hold a host, and are not being taken from it already. */
const DRAINABLE: ReadonlySet<ScheduleStatus> = new Set(['ASSIGNED', 'STARTING', 'RUNNING', 'PARTITIONED']);

/** Message of the task event. Source: the original. */
export const DRAINING_MESSAGE = 'Draining machine for maintenance.';

/** Whether the task is on its host and nothing takes it away yet. */
export const isDrainable = ({ status }: ScheduledTask): boolean => DRAINABLE.has(status);

/** Those that do not run go first: they cost their job nothing. */
export const drainableOn = (stores: ReadStores, host: string): readonly ScheduledTask[] =>
  stores.tasks
    .onHost(host)
    .filter(isDrainable)
    .sort((a, b) => Number(a.status === 'RUNNING') - Number(b.status === 'RUNNING'));
