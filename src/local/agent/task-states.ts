import type { TaskState } from '../../mesos/index.ts';

const TERMINAL: ReadonlySet<TaskState> = new Set([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
]);

/** Whether the task is over for the agent, so that its resources are free. */
export const isTerminal = (state: TaskState): boolean => TERMINAL.has(state);
