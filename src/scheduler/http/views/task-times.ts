import { type ScheduledTask, toNumber } from '../../../api/index.ts';
import type { LastFailure } from '../../../api/views/cluster.ts';
import type { EndedTask } from '../../../api/views/job.ts';

/** When the task entered its current status, epoch milliseconds. */
export const sinceMs = ({ taskEvents }: ScheduledTask): number => toNumber(taskEvents.at(-1)?.timestamp ?? 0);

/** When the task was created, epoch milliseconds. */
export const madeMs = ({ taskEvents }: ScheduledTask): number => toNumber(taskEvents[0]?.timestamp ?? 0);

const messageOf = ({ taskEvents }: ScheduledTask): string | undefined =>
  taskEvents.at(-1)?.message || undefined;

export function lastFailure(task: ScheduledTask): LastFailure | undefined {
  const { status } = task;
  if (status !== 'FAILED' && status !== 'LOST') return undefined;
  const message = messageOf(task);
  const { instanceId, taskId } = task.assignedTask;
  return { status, atMs: sinceMs(task), instance: instanceId, taskId, ...(message ? { message } : {}) };
}

export function endedTask(task: ScheduledTask): EndedTask {
  const { instanceId, slaveHost, taskId } = task.assignedTask;
  const ran = task.taskEvents.find(({ status }) => status === 'RUNNING');
  const message = messageOf(task);
  return {
    taskId,
    instance: instanceId,
    status: task.status,
    ...(slaveHost === undefined ? {} : { host: slaveHost }),
    ...(ran ? { ranMs: toNumber(ran.timestamp) } : {}),
    endedMs: sinceMs(task),
    ...(message ? { message } : {}),
  };
}
