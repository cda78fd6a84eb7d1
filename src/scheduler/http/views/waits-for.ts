import type { WaitingTask } from '../../maintenance/waiting-tasks.ts';

/** Lists the tasks on a draining host that wait, each with what it waits for. */
export type WaitsOn = (host: string) => readonly Pick<WaitingTask, 'taskId' | 'waitsFor'>[];

export const waitsById = (
  waits: readonly Pick<WaitingTask, 'taskId' | 'waitsFor'>[],
): ReadonlyMap<string, string> => new Map(waits.map(({ taskId, waitsFor }) => [taskId, waitsFor]));
