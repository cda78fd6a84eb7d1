import { type JobKey, type ScheduledTask, toNumber } from '../../api/index.ts';
import type { ReadStores } from '../storage/index.ts';
import { jobKeyText } from '../storage/keys.ts';
import type { JobStanding } from './policy.ts';

/** When the task last became RUNNING, epoch milliseconds; undefined unless it is RUNNING. */
function runningSinceMs({ status, taskEvents }: ScheduledTask): number | undefined {
  if (status !== 'RUNNING') return undefined;
  const last = taskEvents.findLast((event) => event.status === 'RUNNING');
  return last && toNumber(last.timestamp);
}

/**
 * When the next of the job's RUNNING tasks has been so for longer than the duration, epoch milliseconds; undefined when
 * all of them have. Until then, time alone changes no verdict.
 */
export function nextMaturityMs(
  stores: ReadStores,
  job: JobKey,
  durationSecs: number,
  nowMs: number,
): number | undefined {
  let next: number | undefined;
  for (const task of stores.tasks.activeOf(job)) {
    const sinceMs = runningSinceMs(task);
    if (sinceMs === undefined || nowMs - sinceMs > durationSecs * 1000) continue;
    const maturesMs = sinceMs + durationSecs * 1000 + 1;
    if (next === undefined || maturesMs < next) next = maturesMs;
  }
  return next;
}

interface Counted {
  readonly total: number;
  /** Ids of the tasks that have been RUNNING long enough. */
  readonly running: Set<string>;
}

/** How jobs stand at one moment; each job is counted once, however many of its tasks are asked about. */
export interface Standings {
  /** The standing without `task`, for a policy that looks back `durationSecs`. */
  without(task: ScheduledTask, durationSecs: number): JobStanding;
  /** The task was taken down in this very transaction. */
  takenDown(task: ScheduledTask): void;
}

/** Valid as long as nobody else changes tasks: inside one transaction. */
export function standings(stores: ReadStores, nowMs: number): Standings {
  const counted = new Map<string, Counted>();
  const taken = new Set<string>();
  const count = (job: JobKey, durationSecs: number): Counted => {
    const key = `${jobKeyText(job)} ${durationSecs}`;
    const known = counted.get(key);
    if (known) return known;
    const active = stores.tasks.activeOf(job);
    const running = new Set<string>();
    for (const task of active) {
      const sinceMs = runningSinceMs(task);
      if (sinceMs !== undefined && nowMs - sinceMs > durationSecs * 1000)
        running.add(task.assignedTask.taskId);
    }
    const result = { total: active.length, running };
    counted.set(key, result);
    return result;
  };
  return {
    without(task, durationSecs) {
      const { total, running } = count(task.assignedTask.task.job, durationSecs);
      for (const taskId of taken) running.delete(taskId);
      return { total, running: running.size - (running.has(task.assignedTask.taskId) ? 1 : 0) };
    },
    takenDown: (task) => void taken.add(task.assignedTask.taskId),
  };
}
