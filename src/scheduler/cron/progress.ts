import type { CronCollisionPolicy, CronMissedTickPolicy, JobKey } from '../../api/index.ts';
import type { CronProgress, CronRun } from '../storage/cron-progress-store.ts';

/**
 * What becomes of a tick: pure. Every function takes how far a job has come and returns how far it is then, and what is
 * to be done in the same transaction.
 */

/** Runs that a job is remembered by. */
const MOST_RUNS = 20;

/** A wall clock that is further behind what was decided than this was wrong when it was decided. */
const LONGEST_STEP_BACK_MS = 25 * 3_600_000;

/** Why a run is to be. */
export interface Trigger {
  /** The instant of the schedule; unset when somebody asked for it. */
  readonly tickMs?: number;
  readonly user?: string;
  readonly nowMs: number;
}

/** What a trigger finds. */
export interface Situation {
  /** Whether any task of the job is active. */
  readonly active: boolean;
  readonly policy: CronCollisionPolicy;
}

/** What to do, in the transaction that saves the progress. */
export type CronAction = 'start' | 'killAndWait' | 'nothing';

export interface Decision {
  readonly progress: CronProgress;
  readonly action: CronAction;
  /** The outcome; undefined for `start`, which may still fail. */
  readonly outcome: CronRun['outcome'] | undefined;
}

/** A job that was scheduled just now: what lies before is not its business. */
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

/** Decides a trigger. Source of the policies: the original's AuroraCronJob; a run that waits is never doubled. */
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

/** The tasks of a run were created. */
export function runStarted(progress: CronProgress, trigger: Trigger): CronProgress {
  const run = progress.waiting ?? runOf(trigger, 'STARTED');
  return withRun(withoutWaiting(progress), { ...run, outcome: 'STARTED', startedMs: trigger.nowMs });
}

/** Ticks that nobody ran; the last of them is decided with them. */
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

/** Ticks that are due: those up to `boundaryMs` came while nobody led. */
export interface DueTicks {
  readonly unled: { readonly count: number; readonly lastMs: number | undefined };
  readonly led: { readonly count: number; readonly lastMs: number | undefined };
}

/** Which of the ticks that are due is run now, if any, and which are missed. */
export interface DuePlan {
  readonly runMs: number | undefined;
  /** In order of time. */
  readonly missed: readonly { readonly count: number; readonly lastMs: number; readonly reason: string }[];
  /** How many of these came while this scheduler led. */
  readonly ledMissed: number;
}

/**
 * One run at most comes of all that is due: of ticks that came while this scheduler led the last one, as in the
 * original; of those that came while none led the last one when the job wants that.
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
 * The progress as it holds at this moment of the wall clock. After a step back of the clock it may be ahead of now: what
 * was decided stays decided. What lies more than a day ahead was decided by a clock that was wrong, and is forgotten.
 */
export const withSaneClock = (progress: CronProgress, nowMs: number): CronProgress =>
  progress.decidedMs - nowMs > LONGEST_STEP_BACK_MS ? { ...progress, decidedMs: nowMs } : progress;

/** The job has another schedule or zone from now on; its old ticks are no longer looked at. */
export const rescheduled = (progress: CronProgress, nowMs: number): CronProgress =>
  progress.decidedMs >= nowMs ? progress : { ...progress, decidedMs: nowMs };
