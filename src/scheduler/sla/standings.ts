import {
  type JobKey,
  type ScheduledTask,
  type TaskConfig,
  type TaskEvent,
  toNumber,
} from '../../api/index.ts';
import type { ReadStores } from '../storage/index.ts';
import { jobKeyText } from '../storage/keys.ts';
import type { JobStanding } from './policy.ts';

/**
 * When the task last became RUNNING, epoch milliseconds; undefined unless it is RUNNING. It nearly always is the last
 * event, and millions of tasks are looked at, hence the loop.
 */
function runningSinceMs({ status, taskEvents }: ScheduledTask): number | undefined {
  if (status !== 'RUNNING') return undefined;
  for (let at = taskEvents.length - 1; at >= 0; at--) {
    const event = taskEvents[at] as TaskEvent;
    if (event.status === 'RUNNING') return toNumber(event.timestamp);
  }
  return undefined;
}

interface Counted {
  readonly durationMs: number;
  readonly total: number;
  /** How many tasks have been RUNNING for the duration. */
  running: number;
  readonly nextMaturityMs: number | undefined;
}

/** The standing of jobs at one moment. Each job is counted only once, however many of its tasks are asked about. */
export interface Standings {
  /** The standing of the job without `task` (as stored), for a policy whose duration is `durationSecs`. */
  without(task: ScheduledTask, durationSecs: number): JobStanding;
  /** Call this after a task was taken down in this transaction; `task` is as it was before. */
  takenDown(task: ScheduledTask): void;
  /** Reverses `takenDown`, for a task that was only imagined to be taken down. */
  restored(task: ScheduledTask): void;
}

/** When the task will have been RUNNING for the duration, epoch milliseconds; undefined unless it is RUNNING. */
function maturityMs(task: ScheduledTask, durationMs: number): number | undefined {
  const sinceMs = runningSinceMs(task);
  return sinceMs === undefined ? undefined : sinceMs + durationMs + 1;
}

/** Counts the tasks of a job in one pass. */
function countJob({ tasks }: ReadStores, job: JobKey, durationMs: number, nowMs: number): Counted {
  const active = tasks.activeOf(job);
  let running = 0;
  let nextMaturityMs: number | undefined;
  for (const task of active) {
    const maturesMs = maturityMs(task, durationMs);
    if (maturesMs === undefined) continue;
    if (maturesMs <= nowMs) running++;
    else if (nextMaturityMs === undefined || maturesMs < nextMaturityMs) nextMaturityMs = maturesMs;
  }
  return { durationMs, total: active.length, running, nextMaturityMs };
}

/** Valid only while nobody else changes tasks, that is, within one transaction. */
export function standings(stores: ReadStores, nowMs: number): Standings {
  /** Counts by job, one for each duration that policies of its tasks have. */
  const counted = new Map<string, Counted[]>();
  const isMature = (task: ScheduledTask, { durationMs }: Counted): boolean =>
    (maturityMs(task, durationMs) ?? Number.POSITIVE_INFINITY) <= nowMs;
  /** The last answer of `countsOf`, because questions about the tasks of a job come one after another. */
  let last: { readonly config: TaskConfig; readonly known: Counted[] } | undefined;
  const countsOf = (config: TaskConfig): Counted[] => {
    if (last?.config === config) return last.known;
    const text = jobKeyText(config.job);
    const known = counted.get(text) ?? [];
    if (known.length === 0) counted.set(text, known);
    last = { config, known };
    return known;
  };
  const correct = (task: ScheduledTask, by: 1 | -1) => {
    for (const counts of counted.get(jobKeyText(task.assignedTask.task.job)) ?? [])
      if (isMature(task, counts)) counts.running += by;
  };
  return {
    without(task, durationSecs) {
      const config = task.assignedTask.task;
      const known = countsOf(config);
      let counts = known.find(({ durationMs }) => durationMs === durationSecs * 1000);
      if (!counts) {
        counts = countJob(stores, config.job, durationSecs * 1000, nowMs);
        known.push(counts);
      }
      const { total, running, nextMaturityMs } = counts;
      return { total, running: isMature(task, counts) ? running - 1 : running, nextMaturityMs };
    },
    // These correct counts made earlier. A job that is counted later finds the change in the stores.
    takenDown: (task) => correct(task, -1),
    restored: (task) => correct(task, 1),
  };
}
