import type { Observer } from './observer.ts';

const at = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** One sentence that says why the observer does not have a task; undefined when it has it. */
export function absence({ tasks, hostname, sinceMs }: Observer, taskId: string): string | undefined {
  if (tasks.get(taskId)) return undefined;
  const gone = tasks.gone(taskId);
  if (gone?.phase === 'finished')
    return `the sandbox of task ${taskId} was collected by ${at(gone.goneMs)}: agents keep what has ended for a time, shorter the fuller the disk is`;
  if (gone)
    return `the run directory of task ${taskId} was removed by ${at(gone.goneMs)}, while the task was still active`;
  return `no task ${taskId} is known on ${hostname}: it ran elsewhere, or its sandbox was collected before ${at(sinceMs)}, when this observer was started`;
}
