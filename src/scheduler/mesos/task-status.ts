import type { ScheduleStatus } from '../../api/index.ts';
import type { TaskState, TaskStatus } from '../../mesos/index.ts';

/** The status that each state of Mesos means. Source: the original's Conversions. */
export const STATUS_OF_STATE: Readonly<Record<TaskState, ScheduleStatus>> = {
  TASK_STAGING: 'STARTING',
  TASK_STARTING: 'STARTING',
  TASK_RUNNING: 'RUNNING',
  TASK_FINISHED: 'FINISHED',
  TASK_FAILED: 'FAILED',
  TASK_KILLED: 'KILLED',
  // Never sent, because we do not ask for that capability.
  TASK_KILLING: 'KILLED',
  TASK_LOST: 'LOST',
  TASK_ERROR: 'LOST',
  TASK_DROPPED: 'LOST',
  TASK_GONE: 'LOST',
  TASK_GONE_BY_OPERATOR: 'LOST',
  TASK_UNREACHABLE: 'PARTITIONED',
  TASK_UNKNOWN: 'PARTITIONED',
};

/** The message of the task event for a status. */
export function eventMessage({ message, reason }: TaskStatus): string | undefined {
  if (reason === 'REASON_EXECUTOR_UNREGISTERED') return undefined;
  if (message !== undefined) return message;
  if (reason === 'REASON_CONTAINER_LIMITATION_MEMORY') return 'Task used more memory than requested.';
  if (reason === 'REASON_CONTAINER_LIMITATION_DISK') return 'Task used more disk than requested.';
  return undefined;
}

/** States by which the master, in a reconciliation, says that it does not know the task. */
const HAS_NONE: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
  'TASK_LOST',
  'TASK_UNKNOWN',
]);

/** Whether Mesos says that it does not know the task; a kill would only get the same answer. */
export const isUnknownToMesos = ({ state, reason }: TaskStatus): boolean =>
  state === 'TASK_UNKNOWN' || (reason === 'REASON_RECONCILIATION' && HAS_NONE.has(state));
