import type { CronCollisionPolicy, CronMissedTickPolicy, JobKey } from '../../api/index.ts';
import type { CronProgress, CronRun } from '../storage/cron-progress-store.ts';

/**
 * Decides what to do about a tick, as pure functions: each takes a job's progress and returns the new progress, with
 * what else to do in the same transaction.
 */

/** How many runs are remembered per job. */
const MOST_RUNS = 20;

/**
 * If the wall clock is behind the last decided tick by more than this, it must have been wrong when that was decided.
 */
const LONGEST_STEP_BACK_MS = 25 * 3_600_000;

/** What causes a run. */
export interface Trigger {
  /** The tick's time; undefined when a user started the run. */
  readonly tickMs?: number;
  readonly user?: string;
  readonly nowMs: number;
}

/** The state of the job when a trigger comes. */
export interface Situation {
  /** Whether any task of the job is active. */
  readonly active: boolean;
  readonly policy: CronCollisionPolicy;
}

/** What to do in the transaction that saves the progress. */
export type CronAction = 'start' | 'killAndWait' | 'nothing';

export interface Decision {
  readonly progress: CronProgress;
  readonly action: CronAction;
  /** The run's outcome; undefined for `start`, which may still fail. */
  readonly outcome: CronRun['outcome'] | undefined;
}

/** Progress of a job that was just scheduled: earlier ticks do not concern it. */
export const freshProgress = (job: JobKey, nowMs: number): CronProgress => ({
  job,
  decidedMs: nowMs,
  runs: [],
  missed: 0,
});

const withRun = (progress: CronProgress, run: CronRun): CronProgress => ({
  ...progress,
  runs: [...progress.runs, run].slice(-MOST_RUNS),
});

const withoutWaiting = ({ waiting: _, ...progress }: CronProgress): CronProgress => progress;

const decided = (progress: CronProgress, tickMs: number | undefined): CronProgress =>
  tickMs === undefined || tickMs <= progress.decidedMs ? progress : { ...progress, decidedMs: tickMs };

const runOf = ({ tickMs, user, nowMs }: Trigger, outcome: CronRun['outcome'], reason?: string): CronRun => ({
  ...(tickMs === undefined ? {} : { tickMs }),
  ...(user === undefined ? {} : { user }),
  ...(reason === undefined ? {} : { reason }),
  decidedMs: nowMs,
  outcome,
});

/**
 * Decides what a trigger does. While a run is waiting, further ones are ignored. Source of the policies: the original's
 * AuroraCronJob.
 */
export function decideTrigger(progress: CronProgress, trigger: Trigger, situation: Situation): Decision {
  const seen = decided(progress, trigger.tickMs);
  const end = (outcome: CronRun['outcome'], reason?: string): Decision => ({
    progress: withRun(seen, runOf(trigger, outcome, reason)),
    action: 'nothing',
    outcome,
  });
  if (seen.waiting) return end('IGNORED', 'an earlier run still waits for the tasks before it to end');
  if (!situation.active) return { progress: seen, action: 'start', outcome: undefined };
  switch (situation.policy) {
    case 'KILL_EXISTING':
      return {
        progress: { ...seen, waiting: runOf(trigger, 'WAITING') },
        action: 'killAndWait',
        outcome: 'WAITING',
      };
    case 'CANCEL_NEW':
      return end('CANCELLED', 'the run before it still goes on');
    case 'RUN_OVERLAP':
      return end('CANCELLED', 'the run before it still goes on, and runs that overlap are not supported');
  }
}

/** Records that the tasks of a run were created. */
export function runStarted(progress: CronProgress, trigger: Trigger): CronProgress {
  const run = progress.waiting ?? runOf(trigger, 'STARTED');
  return withRun(withoutWaiting(progress), { ...run, outcome: 'STARTED', startedMs: trigger.nowMs });
}

/** Records ticks that were not run, and marks all ticks up to the last of them as decided. */
export function ticksMissed(
  progress: CronProgress,
  missed: { readonly count: number; readonly lastMs: number; readonly reason: string },
  nowMs: number,
): CronProgress {
  if (missed.count === 0) return progress;
  const run = runOf({ tickMs: missed.lastMs, nowMs }, 'MISSED', missed.reason);
  const ticks = missed.count > 1 ? { ticks: missed.count } : {};
  const seen = decided({ ...progress, missed: progress.missed + missed.count }, missed.lastMs);
  return withRun(seen, { ...run, ...ticks });
}

/** Due ticks: `unled` came while no scheduler led, `led` while this one did. */
export interface DueTicks {
  readonly unled: { readonly count: number; readonly lastMs: number | undefined };
  readonly led: { readonly count: number; readonly lastMs: number | undefined };
}

/** Which of the due ticks to run now, if any, and which to record as missed. */
export interface DuePlan {
  readonly runMs: number | undefined;
  /** Ordered by time. */
  readonly missed: readonly { readonly count: number; readonly lastMs: number; readonly reason: string }[];
  /** How many of the missed ticks came while this scheduler led. */
  readonly ledMissed: number;
}

/**
 * All due ticks together cause at most one run: the last tick that came while this scheduler led, as in the original.
 * If there is none, the last tick that came while none led, provided that the job's policy is RUN_ONCE.
 */
export function planDue({ unled, led }: DueTicks, policy: CronMissedTickPolicy | undefined): DuePlan {
  const runsUnled = policy === 'RUN_ONCE' && led.lastMs === undefined;
  const missed = (
    [
      [unled, runsUnled, 'no scheduler led at that time'],
      [led, led.lastMs !== undefined, 'a later tick was due as well'],
    ] as const
  ).flatMap(([{ count, lastMs }, oneRuns, reason]) => {
    const left = oneRuns ? count - 1 : count;
    return left > 0 && lastMs !== undefined ? [{ count: left, lastMs, reason }] : [];
  });
  return {
    runMs: led.lastMs ?? (runsUnled ? unled.lastMs : undefined),
    missed,
    ledMissed: Math.max(0, led.count - 1),
  };
}

/**
 * Adjusts the progress to the wall clock. If the clock was set back a little, decided ticks stay decided, though they
 * are in the future. A last decision more than 25 hours in the future was made by a wrong clock and is moved back to
 * now.
 */
export const withSaneClock = (progress: CronProgress, nowMs: number): CronProgress =>
  progress.decidedMs - nowMs > LONGEST_STEP_BACK_MS ? { ...progress, decidedMs: nowMs } : progress;

/** For a job with a new schedule or time zone: ticks before now no longer matter. */
export const rescheduled = (progress: CronProgress, nowMs: number): CronProgress =>
  progress.decidedMs >= nowMs ? progress : { ...progress, decidedMs: nowMs };
