import type { ScheduleStatus } from '../../api/index.ts';
import type { TaskState, TaskStatus } from '../../mesos/index.ts';

/** What a state of Mesos means to the state machine. Source: the original's Conversions. */
export const STATUS_OF_STATE: Readonly<Record<TaskState, ScheduleStatus>> = {
  TASK_STAGING: 'STARTING',
  TASK_STARTING: 'STARTING',
  TASK_RUNNING: 'RUNNING',
  TASK_FINISHED: 'FINISHED',
  TASK_FAILED: 'FAILED',
  TASK_KILLED: 'KILLED',
  // Never sent: the capability is not asked for.
  TASK_KILLING: 'KILLED',
  TASK_LOST: 'LOST',
  TASK_ERROR: 'LOST',
  TASK_DROPPED: 'LOST',
  TASK_GONE: 'LOST',
  TASK_GONE_BY_OPERATOR: 'LOST',
  TASK_UNREACHABLE: 'PARTITIONED',
  TASK_UNKNOWN: 'PARTITIONED',
};

/** The text of the task event that a status becomes. */
export function eventMessage({ message, reason }: TaskStatus): string | undefined {
  if (reason === 'REASON_EXECUTOR_UNREGISTERED') return undefined;
  if (message !== undefined) return message;
  if (reason === 'REASON_CONTAINER_LIMITATION_MEMORY') return 'Task used more memory than requested.';
  if (reason === 'REASON_CONTAINER_LIMITATION_DISK') return 'Task used more disk than requested.';
  return undefined;
}

/** The states in which the master, when it is asked, says that it has no such task. */
const HAS_NONE: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
  'TASK_LOST',
  'TASK_UNKNOWN',
]);

/** Whether Mesos says by this that it has no such task; a kill would only be answered by the same again. */
export const isUnknownToMesos = ({ state, reason }: TaskStatus): boolean =>
  state === 'TASK_UNKNOWN' || (reason === 'REASON_RECONCILIATION' && HAS_NONE.has(state));
