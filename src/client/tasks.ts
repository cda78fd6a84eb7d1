import { ACTIVE_STATES, type EnumValue, type Wire } from '../api/index.ts';
import { type ClusterJobKey, wireJobKey } from './job-key.ts';

export type Status = EnumValue<'ScheduleStatus'>;
export type ListedTask = Wire<'ScheduledTask'>;

/** A query for the tasks of a job in any state, optionally of some instances only. */
export const jobQuery = (job: ClusterJobKey, instances?: readonly number[]): Wire<'TaskQuery'> => ({
  jobKeys: [wireJobKey(job)],
  ...(instances ? { instanceIds: [...instances] } : {}),
});

/** A query for the active tasks of a job. */
export const activeQuery = (job: ClusterJobKey): Wire<'TaskQuery'> => ({
  ...jobQuery(job),
  statuses: [...ACTIVE_STATES],
});

/** The tasks in an answer to a task query. */
export const tasksIn = ({ result }: Wire<'Response'>): readonly ListedTask[] =>
  result?.scheduleStatusResult?.tasks ?? [];

/** The number of the instance that a task belongs to. */
export const instanceOf = (task: ListedTask): number => task.assignedTask?.instanceId ?? 0;

/** Whether a task is in one of the given states. */
export const isIn = (task: ListedTask, states: ReadonlySet<Status>): boolean =>
  task.status !== undefined && states.has(task.status);

/** When a task was created, epoch milliseconds. */
export const bornMs = ({ taskEvents }: ListedTask): number => Number(taskEvents?.[0]?.timestamp ?? 0);

/** The newest task of each instance, which is the one whose first event is the latest. */
export function newestTasks(tasks: readonly ListedTask[]): readonly ListedTask[] {
  const newest = new Map<number, ListedTask>();
  for (const task of tasks) {
    const known = newest.get(instanceOf(task));
    if (!known || bornMs(task) > bornMs(known)) newest.set(instanceOf(task), task);
  }
  return [...newest.values()];
}

/** The numbers of the tasks' instances, ascending and without repetitions. */
export const instancesOf = (tasks: readonly ListedTask[]): readonly number[] =>
  [...new Set(tasks.map(instanceOf))].sort((a, b) => a - b);

/** `[0, 2, 4]`, or `None` for all instances: the original's notation, which scripts read. */
export const instancesText = (instances: readonly number[] | undefined): string =>
  instances ? `[${instances.join(', ')}]` : 'None';
