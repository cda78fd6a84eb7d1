import { type JobConfiguration, type JobKey, TERMINAL_STATES } from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { timerQueue } from '../../base/timer-queue.ts';
import type { FlagSlice } from '../flags/slices.ts';
import type { Counters } from '../metrics/counters.ts';
import type { StateEvent, StateEvents, StateManager } from '../state/index.ts';
import type { CronProgress } from '../storage/cron-progress-store.ts';
import type { Storage, WriteTransaction } from '../storage/index.ts';
import { jobKeyText } from '../storage/keys.ts';
import { type CronJobSchedule, scheduleOf } from './cron-job-schedule.ts';
import { freshProgress, planDue, rescheduled, ticksMissed, withSaneClock } from './progress.ts';
import { cronRuns } from './runs.ts';
import { watchWallClock } from './wall-clock-watch.ts';

export interface CronSettings {
  readonly storage: Storage;
  readonly state: StateManager;
  readonly events: StateEvents;
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Pick<Counters, 'add' | 'gauge'>;
  readonly flags: FlagSlice<'cron'>;
}

/** Cron jobs: their schedules, and the handling of every tick exactly once. */
export interface Cron {
  /** Stores a new job, or replaces a stored job's template. A run that is waiting will use the new template. */
  save(tx: WriteTransaction, job: JobConfiguration): void;
  /** Deletes the job and its progress; its tasks keep running. False when there is no such job. */
  remove(tx: WriteTransaction, key: JobKey): boolean;
  /** Starts a run now, as a tick would. False when there is no such job. */
  startNow(tx: WriteTransaction, key: JobKey, user: string): boolean;
  scheduleOf(job: JobConfiguration): ReturnType<typeof scheduleOf>;
  /** The next tick of a stored job that has not been decided yet, epoch milliseconds. */
  nextTickMs(job: JobConfiguration): number | undefined;
  /** Called when this scheduler becomes the leader: stored jobs begin to tick. */
  start(): void;
  close(): void;
}

/** A slice of work ends after this time, or when the runs in it may create this many tasks. */
const SLICE_MS = 4;
const TASKS_OF_SLICE = 100;

/** The result of looking at a job: what to write, and its schedule. */
interface LookedAt {
  readonly key: JobKey;
  readonly schedule: CronJobSchedule;
  readonly progress: CronProgress;
  readonly nowMs: number;
  readonly change: ((tx: WriteTransaction) => void) | undefined;
  /** How many tasks `change` may create. */
  readonly tasks: number;
}

export function cron(settings: CronSettings): Cron {
  const { clock, counters, events, log, storage } = settings;
  const runs = cronRuns(settings);
  const timers = timerQueue(clock);
  /** The jobs with a readable schedule, each with its next timer. */
  const armed = new Map<string, { readonly key: JobKey; cancel(): void }>();
  /** Jobs to look at, in order: new ones, and those with a due tick. */
  const ready = new Map<string, JobKey>();
  const waiting = new Set<string>();
  let slice: { cancel(): void } | undefined;
  /** When we became the leader: earlier ticks came while we did not lead. Undefined while we do not lead. */
  let ledSinceMs: number | undefined;
  let stops: (() => void)[] = [];

  counters.gauge('cron_jobs_loaded', () => armed.size);
  counters.gauge('quartz_scheduler_running', () => (ledSinceMs === undefined ? 0 : 1));

  const failed = (jobs: readonly JobKey[]) => (error: unknown) => {
    counters.add('cron_job_launch_failures', jobs.length);
    log.error({ jobs: jobs.map(jobKeyText), error: messageOf(error) }, 'cron jobs could not be worked on');
  };

  const disarm = (text: string) => {
    armed.get(text)?.cancel();
    armed.delete(text);
    ready.delete(text);
  };

  const lookLater = (key: JobKey) => {
    ready.set(jobKeyText(key), key);
    slice ??= clock.after(0, work);
  };

  /**
   * The change to write for all ticks that are due; `change` is undefined when none are. Once written, they count as
   * decided.
   */
  const dueChange = (
    job: JobConfiguration,
    schedule: CronJobSchedule,
    progress: CronProgress,
    nowMs: number,
  ): Pick<LookedAt, 'change' | 'tasks'> => {
    // If the clock was set back since we became the leader, start again from now.
    if (ledSinceMs === undefined || nowMs < ledSinceMs) ledSinceMs = nowMs;
    const boundaryMs = ledSinceMs;
    const unled = schedule.between(progress.decidedMs, boundaryMs);
    const led = schedule.between(Math.max(progress.decidedMs, boundaryMs), nowMs);
    const { runMs, missed, ledMissed } = planDue({ unled, led }, job.cronMissedTickPolicy);
    if (runMs === undefined && missed.length === 0) return { change: undefined, tasks: 0 };
    const change = (tx: WriteTransaction) => {
      const seen = missed.reduce((before, ticks) => ticksMissed(before, ticks, nowMs), progress);
      tx.afterCommit(() => {
        for (const { count } of missed) counters.add('cron_ticks_missed', count);
        if (ledMissed > 0) counters.add('cron_job_misfires', ledMissed);
      });
      tx.cronProgress.save(seen);
      if (runMs !== undefined) runs.trigger(tx, job, seen, { tickMs: runMs, nowMs });
    };
    return { change, tasks: runMs === undefined ? 0 : job.instanceCount };
  };

  /** Undefined for a job that is gone or has no readable schedule. */
  const look = (key: JobKey): LookedAt | undefined => {
    const text = jobKeyText(key);
    const wasArmed = armed.has(text);
    disarm(text);
    const job = storage.read(({ cronJobs }) => cronJobs.get(key));
    if (!job) {
      if (wasArmed) counters.add('cron_job_misfires');
      return undefined;
    }
    const schedule = settingsSchedule(job);
    if ('problem' in schedule) {
      counters.add('cron_job_parse_failures');
      log.error(
        { job: text, problem: schedule.problem },
        'a stored cron job has no schedule and does not run',
      );
      return undefined;
    }
    const nowMs = clock.nowMs();
    const stored = storage.read(({ cronProgress }) => cronProgress.get(key));
    const progress = withSaneClock(stored ?? freshProgress(key, nowMs), nowMs);
    const { change, tasks } = dueChange(job, schedule, progress, nowMs);
    const keep = progress === stored ? undefined : (tx: WriteTransaction) => tx.cronProgress.save(progress);
    return { key, schedule, progress, nowMs, change: change ?? keep, tasks };
  };

  /**
   * Writes all changes in one transaction.
   * @returns the error when it failed, in which case nothing was written.
   */
  const spoiled = (all: readonly LookedAt[]): { readonly error: unknown } | undefined => {
    try {
      const { durable } = storage.apply((tx) => {
        for (const { change } of all) change?.(tx);
      });
      durable?.catch(failed(all.map(({ key }) => key)));
      return undefined;
    } catch (error) {
      return { error };
    }
  };
  /** Writes all changes at once; if that fails, each job's alone, so that only the one at fault fails. */
  const write = (all: readonly LookedAt[]) => {
    if (all.length === 0 || !spoiled(all)) return;
    for (const one of all) {
      const alone = spoiled([one]);
      if (alone) failed([one.key])(alone.error);
    }
  };

  /** Sets the timer for the job's next tick, and tries to start a run that is waiting. */
  const arm = ({ key, nowMs, progress, schedule }: LookedAt) => {
    const after = storage.read(({ cronProgress }) => cronProgress.get(key)) ?? progress;
    if (after.waiting) {
      waiting.add(jobKeyText(key));
      proceed(key);
    }
    const nextMs = schedule.next(Math.max(after.decidedMs, nowMs));
    // A job whose next tick never comes is armed without a timer.
    const timer = nextMs === undefined ? undefined : timers.after(nextMs - nowMs, () => lookLater(key));
    armed.set(jobKeyText(key), { key, cancel: () => timer?.cancel() });
  };

  /** Parsed schedules: parsing costs more than everything else that a tick does. */
  const schedules = new WeakMap<JobConfiguration, ReturnType<typeof scheduleOf>>();
  const settingsSchedule = (job: JobConfiguration) => {
    const schedule = schedules.get(job) ?? scheduleOf(job, settings.flags.cronTimezone);
    schedules.set(job, schedule);
    return schedule;
  };

  function work(): void {
    slice = undefined;
    const endMs = clock.monotonicMs() + SLICE_MS;
    const found: LookedAt[] = [];
    let tasks = 0;
    for (const [text, key] of ready) {
      ready.delete(text);
      const one = look(key);
      if (one) found.push(one);
      tasks += one?.tasks ?? 0;
      if (clock.monotonicMs() < endMs && tasks < TASKS_OF_SLICE) continue;
      slice = clock.after(0, work);
      break;
    }
    write(found.filter(({ change }) => change));
    for (const one of found) arm(one);
  }

  const proceed = (key: JobKey) => {
    storage
      .write((tx) => runs.proceed(tx, key, clock.nowMs()))
      .catch(failed([key]))
      .then(() => {
        if (!storage.read(({ cronProgress }) => cronProgress.get(key))?.waiting)
          waiting.delete(jobKeyText(key));
      });
  };

  /** Starts a waiting run when a task of its job has ended. */
  const onEvent = (event: StateEvent) => {
    if (waiting.size === 0 || (event.kind !== 'tasksDeleted' && event.kind !== 'taskStateChanged')) return;
    const tasks = event.kind === 'tasksDeleted' ? event.tasks : [event.task];
    for (const { status, assignedTask } of tasks) {
      const key = assignedTask.task.job;
      if ((event.kind === 'tasksDeleted' || TERMINAL_STATES.has(status)) && waiting.has(jobKeyText(key)))
        proceed(key);
    }
  };

  /** Looks at the job once the transaction is durable, if we still lead. */
  const lookAfterCommit = (tx: WriteTransaction, key: JobKey) =>
    tx.afterCommit(() => {
      if (ledSinceMs !== undefined) lookLater(key);
    });

  return {
    save(tx, job) {
      const before = tx.cronJobs.get(job.key);
      const nowMs = clock.nowMs();
      const progress = tx.cronProgress.get(job.key) ?? freshProgress(job.key, nowMs);
      const same = before?.cronSchedule === job.cronSchedule && before?.cronTimeZone === job.cronTimeZone;
      tx.cronJobs.save(job);
      tx.cronProgress.save(same ? progress : rescheduled(progress, nowMs));
      lookAfterCommit(tx, job.key);
    },
    remove(tx, key) {
      const had = tx.cronJobs.delete(key);
      tx.cronProgress.delete(key);
      tx.afterCommit(() => {
        disarm(jobKeyText(key));
        waiting.delete(jobKeyText(key));
      });
      return had;
    },
    startNow(tx, key, user) {
      const job = tx.cronJobs.get(key);
      if (!job) return false;
      const nowMs = clock.nowMs();
      const progress = tx.cronProgress.get(key) ?? freshProgress(key, nowMs);
      runs.trigger(tx, job, progress, { user, nowMs });
      lookAfterCommit(tx, key);
      return true;
    },
    scheduleOf: settingsSchedule,
    nextTickMs(job) {
      const schedule = settingsSchedule(job);
      if ('problem' in schedule) return undefined;
      const decidedMs = storage.read(({ cronProgress }) => cronProgress.get(job.key))?.decidedMs ?? 0;
      return schedule.next(Math.max(decidedMs, clock.nowMs()));
    },
    start() {
      ledSinceMs = clock.nowMs();
      for (const { key } of storage.read(({ cronJobs }) => [...cronJobs.all()])) lookLater(key);
      const stepped = () => {
        for (const { key } of armed.values()) lookLater(key);
      };
      stops = [events.subscribe(onEvent), watchWallClock(clock, stepped)];
    },
    close() {
      for (const stop of stops) stop();
      stops = [];
      ledSinceMs = undefined;
      slice?.cancel();
      slice = undefined;
      timers.clear();
      armed.clear();
      ready.clear();
      waiting.clear();
    },
  };
}
