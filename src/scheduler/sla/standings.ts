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

interface Counted {
  readonly total: number;
  /** Ids of the tasks that have been RUNNING long enough. */
  readonly running: Set<string>;
  readonly nextMaturityMs: number | undefined;
}

/** How jobs stand at one moment; each job is counted once, however many of its tasks are asked about. */
export interface Standings {
  /** The standing without `task`, for a policy that looks back `durationSecs`. */
  without(task: ScheduledTask, durationSecs: number): JobStanding;
  /** The task was taken down in this very transaction. */
  takenDown(task: ScheduledTask): void;
}

/** Counts the job's tasks by one walk over them. */
function countJob({ tasks }: ReadStores, job: JobKey, durationMs: number, nowMs: number): Counted {
  const active = tasks.activeOf(job);
  const running = new Set<string>();
  let nextMaturityMs: number | undefined;
  for (const task of active) {
    const sinceMs = runningSinceMs(task);
    if (sinceMs === undefined) continue;
    const maturesMs = sinceMs + durationMs + 1;
    if (maturesMs <= nowMs) running.add(task.assignedTask.taskId);
    else if (nextMaturityMs === undefined || maturesMs < nextMaturityMs) nextMaturityMs = maturesMs;
  }
  return { total: active.length, running, nextMaturityMs };
}

/** Valid as long as nobody else changes tasks: inside one transaction. */
export function standings(stores: ReadStores, nowMs: number): Standings {
  /** By job, then by the seconds that a policy looks back. */
  const counted = new Map<string, Map<number, Counted>>();
  return {
    without({ assignedTask: { taskId, task } }, durationSecs) {
      const key = jobKeyText(task.job);
      const known = counted.get(key) ?? new Map<number, Counted>();
      const counts = known.get(durationSecs) ?? countJob(stores, task.job, durationSecs * 1000, nowMs);
      counted.set(key, known.set(durationSecs, counts));
      const { total, running, nextMaturityMs } = counts;
      return { total, running: running.size - (running.has(taskId) ? 1 : 0), nextMaturityMs };
    },
    // A job that is counted later finds the task taken down in the stores.
    takenDown({ assignedTask: { taskId, task } }) {
      for (const { running } of counted.get(jobKeyText(task.job))?.values() ?? []) running.delete(taskId);
    },
  };
}
