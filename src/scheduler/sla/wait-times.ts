import type { ScheduledTask, ScheduleStatus } from '../../api/index.ts';
import { toNumber } from '../../api/index.ts';

/** The statuses whose waits are measured, each with the end of its metric's name. */
export const WAITS = [
  ['ASSIGNED', 'mtta_ms'],
  ['STARTING', 'mtts_ms'],
  ['RUNNING', 'mttr_ms'],
] as const satisfies readonly (readonly [ScheduleStatus, string])[];

/** How long a task waited, from PENDING to a status. */
interface Wait {
  readonly taskId: string;
  readonly ms: number;
}

/** The waits that ended since the numbers were last made. */
export interface WaitTimes {
  /** A task has reached its present status; only its first time counts. */
  reached(task: ScheduledTask): void;
  /** Medians in the order of WAITS, over the tasks that are still active; forgets them all. 0 where there is none. */
  medians(isActive: (taskId: string) => boolean): readonly number[];
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1] ?? 0, sorted[sorted.length >> 1] ?? 0];
  return (low + high) / 2;
};

/** The wait from the latest PENDING before it; undefined when the task was there before in this window. */
function waitOf({ taskEvents }: ScheduledTask, windowStartMs: number): number | undefined {
  const last = taskEvents.at(-1);
  if (!last) return undefined;
  let pendingMs: number | undefined;
  for (const event of taskEvents) {
    const atMs = toNumber(event.timestamp);
    if (event === last) return pendingMs === undefined ? undefined : atMs - pendingMs;
    if (event.status === 'PENDING') pendingMs = atMs;
    else if (event.status === last.status && atMs >= windowStartMs) return undefined;
  }
  return undefined;
}

export function waitTimes(startMs: number, nowMs: () => number): WaitTimes {
  let windowStartMs = startMs;
  let waits: Wait[][] = WAITS.map(() => []);
  return {
    reached(task) {
      const at = WAITS.findIndex(([status]) => status === task.status);
      const ms = at < 0 ? undefined : waitOf(task, windowStartMs);
      if (ms !== undefined) waits[at]?.push({ taskId: task.assignedTask.taskId, ms });
    },
    medians(isActive) {
      const ended = waits;
      waits = WAITS.map(() => []);
      windowStartMs = nowMs();
      return ended.map((of) => median(of.filter(({ taskId }) => isActive(taskId)).map(({ ms }) => ms)));
    },
  };
}
