import type { ScheduledTask, ScheduleStatus } from '../../api/index.ts';
import { toNumber } from '../../api/index.ts';

/** The statuses whose waiting times are measured, each with the suffix of its metric. */
export const WAITS = [
  ['ASSIGNED', 'mtta_ms'],
  ['STARTING', 'mtts_ms'],
  ['RUNNING', 'mttr_ms'],
] as const satisfies readonly (readonly [ScheduleStatus, string])[];

/** How long a task took from PENDING to a status. */
interface Wait {
  readonly taskId: string;
  readonly ms: number;
}

/** Collects the waiting times that ended in the current window, which lasts until the next call of `medians`. */
export interface WaitTimes {
  /** To be called when a task reaches a status; only the first time in the window counts. */
  reached(task: ScheduledTask): void;
  /** Medians in the order of WAITS, over tasks that are still active; 0 where there are none. Starts a new window. */
  medians(isActive: (taskId: string) => boolean): readonly number[];
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1] ?? 0, sorted[sorted.length >> 1] ?? 0];
  return (low + high) / 2;
};

/** One wait for each task that is still active: the first. A task's history may forget that it had reached the status. */
function firstWaits(waits: readonly Wait[], isActive: (taskId: string) => boolean): number[] {
  const counted = new Set<string>();
  return waits.flatMap(({ taskId, ms }) => {
    if (counted.has(taskId) || !isActive(taskId)) return [];
    counted.add(taskId);
    return [ms];
  });
}

/** The time since the latest PENDING; undefined when the task had reached this status before in this window. */
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
      return ended.map((of) => median(firstWaits(of, isActive)));
    },
  };
}
