import type { WaitingTask } from '../../maintenance/waiting-tasks.ts';

/** What each task on a host that is being drained waits for, by task id. */
export type WaitsOn = (host: string) => readonly Pick<WaitingTask, 'taskId' | 'waitsFor'>[];

export const waitsById = (
  waits: readonly Pick<WaitingTask, 'taskId' | 'waitsFor'>[],
): ReadonlyMap<string, string> => new Map(waits.map(({ taskId, waitsFor }) => [taskId, waitsFor]));
