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

/** One wait for each task that is still active: the first. The task's history cannot tell, as it forgets returns from partitions. */
function firstWaits(waits: readonly Wait[], isActive: (taskId: string) => boolean): number[] {
  const counted = new Set<string>();
  return waits.flatMap(({ taskId, ms }) => {
    if (counted.has(taskId) || !isActive(taskId)) return [];
    counted.add(taskId);
    return [ms];
  });
}

/** The time from the latest PENDING to the latest event. */
function waitOf({ taskEvents }: ScheduledTask): number | undefined {
  const last = taskEvents.at(-1);
  const pending = taskEvents.findLast(({ status }) => status === 'PENDING');
  return last && pending && toNumber(last.timestamp) - toNumber(pending.timestamp);
}

export function waitTimes(): WaitTimes {
  let waits: Wait[][] = WAITS.map(() => []);
  return {
    reached(task) {
      const at = WAITS.findIndex(([status]) => status === task.status);
      const ms = at < 0 ? undefined : waitOf(task);
      if (ms !== undefined) waits[at]?.push({ taskId: task.assignedTask.taskId, ms });
    },
    medians(isActive) {
      const ended = waits;
      waits = WAITS.map(() => []);
      return ended.map((of) => median(firstWaits(of, isActive)));
    },
  };
}
