/**
 * The life of a task as a pure state machine: (state, event, time) -> (state, effects). The regular processes run, what
 * is left of them is ended, the final processes run, and everything is ended before the verdict is told. Source: the
 * original's TaskRunner stages. Unlike there, ENDING kills everything before the verdict.
 */
import type { ThermosTask } from '../../api/thermos/model.ts';
import { type Plan, type PlanKind, planOf } from '../../api/thermos/plan.ts';
import { type PlanState, type ProcessOutcome, played, survey, unplayed } from './planner.ts';

export type Stage = 'ACTIVE' | 'CLEANING' | 'FINALIZING' | 'ENDING' | 'ENDED';
export type StageVerdict = 'SUCCESS' | 'FAILED' | 'KILLED';

/** How long ENDING waits for killed processes to disappear; one that hangs in the kernel may never do so. */
const ENDING_LIMIT_MS = 10_000;

/** The part that never changes: both plans and the task's limits. */
interface TaskPlans {
  readonly regular: Plan;
  readonly final: Plan;
  readonly limits: Pick<ThermosTask, 'maxFailures' | 'maxConcurrency' | 'finalizationWaitMs'>;
}

/** @throws AuroraError EXECUTOR when an order of the task cannot be kept */
export const plansOf = (task: ThermosTask): TaskPlans => ({
  regular: planOf(task, 'regular'),
  final: planOf(task, 'final'),
  limits: task,
});

export interface StageState {
  readonly stage: Stage;
  readonly regular: PlanState;
  readonly final: PlanState;
  /** Runs started so far, by process; the next run has this number. */
  readonly runs: ReadonlyMap<string, number>;
  /** How the task ends; set when it leaves ACTIVE, and changed by a later kill. */
  readonly verdict: StageVerdict;
  /** The reason for the verdict, for people. */
  readonly reason: string;
  /** When the stage is cut short; infinite while ACTIVE. CLEANING and FINALIZING share one deadline. */
  readonly deadlineMs: number;
  /** How the last run of each process ended, for the reason. */
  readonly failures: ReadonlyMap<string, string>;
}

export type StageEvent =
  /** It is time: for the start, or for a wake that was asked for. */
  | { readonly kind: 'tick' }
  /** A run is over; `detail` tells people how it ended ("exit code 3"). */
  | {
      readonly kind: 'ended';
      readonly process: string;
      readonly outcome: ProcessOutcome;
      readonly detail: string;
    }
  /** The task has to end; from SIGTERM to SIGKILL it has `graceMs`, in which the final processes run, too. */
  | { readonly kind: 'kill'; readonly graceMs: number; readonly reason: string }
  /** Nothing of the task is alive any more; follows a `terminate` or a `destroy`. */
  | { readonly kind: 'quiet' };

export type TaskEffect =
  | { readonly kind: 'start'; readonly process: string; readonly run: number }
  /** SIGTERM to everything of the task, then watch until `quiet`. */
  | { readonly kind: 'terminate' }
  /** SIGKILL to everything of the task, repeated until `quiet`. */
  | { readonly kind: 'destroy' }
  /** The task is in this state now; its terminal state comes with `finish`. */
  | { readonly kind: 'enter'; readonly state: 'CLEANING' | 'FINALIZING' }
  /** Send a `tick` at this time; replaces an earlier wake. */
  | { readonly kind: 'wake'; readonly atMs: number }
  | { readonly kind: 'finish'; readonly verdict: StageVerdict; readonly reason: string };

export interface StageStep {
  readonly state: StageState;
  readonly effects: readonly TaskEffect[];
}

/** The state before the first tick. */
export const untouched = (plans: TaskPlans): StageState => ({
  stage: 'ACTIVE',
  regular: unplayed(plans.regular),
  final: unplayed(plans.final),
  runs: new Map(),
  verdict: 'SUCCESS',
  reason: '',
  deadlineMs: Number.POSITIVE_INFINITY,
  failures: new Map(),
});

const after = (effect: TaskEffect, { state, effects }: StageStep): StageStep => ({
  state,
  effects: [effect, ...effects],
});

const stay = (state: StageState): StageStep => ({ state, effects: [] });

function recorded(plans: TaskPlans, state: StageState, event: StageEvent, nowMs: number): StageState {
  if (event.kind !== 'ended') return state;
  const kind: PlanKind = plans.regular.has(event.process) ? 'regular' : 'final';
  const change = { process: event.process, what: event.outcome };
  return {
    ...state,
    [kind]: played(plans[kind], state[kind], change, nowMs),
    failures: new Map(state.failures).set(event.process, event.detail),
  };
}

/** Starts the processes that may start, and asks to be woken when the next pause ends or the deadline comes. */
function started(plans: TaskPlans, kind: PlanKind, state: StageState, nowMs: number): StageStep {
  const { running, runnable, waitingMs } = survey(plans[kind], state[kind], nowMs);
  const { maxConcurrency } = plans.limits;
  const room = maxConcurrency === 0 ? runnable.length : Math.max(0, maxConcurrency - running.length);
  let plan = state[kind];
  const runs = new Map(state.runs);
  const effects: TaskEffect[] = [];
  for (const process of runnable.slice(0, room)) {
    const run = runs.get(process) ?? 0;
    runs.set(process, run + 1);
    plan = played(plans[kind], plan, { process, what: 'started' }, nowMs);
    effects.push({ kind: 'start', process, run });
  }
  const wakeMs = Math.min(state.deadlineMs, nowMs + Math.min(...waitingMs.values()));
  if (Number.isFinite(wakeMs)) effects.push({ kind: 'wake', atMs: wakeMs });
  return { state: { ...state, [kind]: plan, runs }, effects };
}

function end(state: StageState, nowMs: number): StageStep {
  const deadlineMs = nowMs + ENDING_LIMIT_MS;
  return {
    state: { ...state, stage: 'ENDING', deadlineMs },
    effects: [{ kind: 'destroy' }, { kind: 'wake', atMs: deadlineMs }],
  };
}

function finish(state: StageState): StageStep {
  const { verdict, reason } = state;
  return { state: { ...state, stage: 'ENDED' }, effects: [{ kind: 'finish', verdict, reason }] };
}

function clean(
  state: StageState,
  verdict: StageVerdict,
  reason: string,
  deadlineMs: number,
  nowMs: number,
): StageStep {
  const settled: StageState = { ...state, stage: 'CLEANING', verdict, reason, deadlineMs };
  const enter: TaskEffect = { kind: 'enter', state: 'CLEANING' };
  if (deadlineMs <= nowMs) return after(enter, end(settled, nowMs));
  return { state: settled, effects: [enter, { kind: 'terminate' }, { kind: 'wake', atMs: deadlineMs }] };
}

function failureText(state: StageState, failed: readonly string[], blocked: readonly string[]): string {
  const ended = failed.map((name) => `process "${name}" failed: ${state.failures.get(name)}`);
  const never = blocked.length > 0 ? [`never started: ${blocked.join(', ')}`] : [];
  return [...ended, ...never].join('; ');
}

function active(plans: TaskPlans, state: StageState, nowMs: number): StageStep {
  const { complete, deadlocked, failed, blocked } = survey(plans.regular, state.regular, nowMs);
  const { maxFailures, finalizationWaitMs } = plans.limits;
  const tooMany = maxFailures !== 0 && failed.length >= maxFailures;
  const deadlineMs = nowMs + finalizationWaitMs;
  if (tooMany || deadlocked) {
    const reason = failureText(state, failed, deadlocked ? blocked : []);
    return clean(state, 'FAILED', reason, deadlineMs, nowMs);
  }
  if (complete) return clean(state, 'SUCCESS', 'all processes have ended', deadlineMs, nowMs);
  return started(plans, 'regular', state, nowMs);
}

function finalizing(plans: TaskPlans, state: StageState, nowMs: number): StageStep {
  const { complete, deadlocked } = survey(plans.final, state.final, nowMs);
  if (complete || deadlocked || nowMs >= state.deadlineMs) return end(state, nowMs);
  return started(plans, 'final', state, nowMs);
}

/** The first kill sets a new reason and deadline; later kills can only move the deadline earlier. */
function hurried(state: StageState, event: StageEvent & { kind: 'kill' }, nowMs: number): StageStep {
  const again = state.verdict === 'KILLED';
  const asked = nowMs + event.graceMs;
  const deadlineMs = again ? Math.min(state.deadlineMs, asked) : asked;
  const reason = again ? state.reason : event.reason;
  const killed: StageState = { ...state, verdict: 'KILLED', reason, deadlineMs };
  if (deadlineMs <= nowMs) return end(killed, nowMs);
  return { state: killed, effects: [{ kind: 'wake', atMs: deadlineMs }] };
}

type Edge<E extends StageEvent['kind']> = (
  plans: TaskPlans,
  state: StageState,
  event: StageEvent & { kind: E },
  nowMs: number,
) => StageStep;

const ignored = (_: TaskPlans, state: StageState): StageStep => stay(state);
const expired = (state: StageState, nowMs: number): boolean => nowMs >= state.deadlineMs;

/** All edges. An `ended` run is recorded before its edge is taken. */
const EDGES: { readonly [S in Stage]: { readonly [E in StageEvent['kind']]: Edge<E> } } = {
  ACTIVE: {
    tick: (plans, state, _, nowMs) => active(plans, state, nowMs),
    ended: (plans, state, _, nowMs) => active(plans, state, nowMs),
    kill: (_, state, event, nowMs) => clean(state, 'KILLED', event.reason, nowMs + event.graceMs, nowMs),
    quiet: ignored,
  },
  CLEANING: {
    tick: (_, state, __, nowMs) => (expired(state, nowMs) ? end(state, nowMs) : stay(state)),
    ended: ignored,
    kill: (_, state, event, nowMs) => hurried(state, event, nowMs),
    quiet: (plans, state, _, nowMs) =>
      expired(state, nowMs)
        ? end(state, nowMs)
        : after(
            { kind: 'enter', state: 'FINALIZING' },
            finalizing(plans, { ...state, stage: 'FINALIZING' }, nowMs),
          ),
  },
  FINALIZING: {
    tick: (plans, state, _, nowMs) => finalizing(plans, state, nowMs),
    ended: (plans, state, _, nowMs) => finalizing(plans, state, nowMs),
    kill: (_, state, event, nowMs) => hurried(state, event, nowMs),
    quiet: ignored,
  },
  ENDING: {
    tick: (_, state, __, nowMs) => (expired(state, nowMs) ? finish(state) : stay(state)),
    ended: ignored,
    kill: ignored,
    quiet: (_, state) => finish(state),
  },
  ENDED: { tick: ignored, ended: ignored, kill: ignored, quiet: ignored },
};

/** The next state and effects; `nowMs` is monotonic. @throws AuroraError BUG for the end of a run that never started */
export function advance(plans: TaskPlans, state: StageState, event: StageEvent, nowMs: number): StageStep {
  const edge = EDGES[state.stage][event.kind] as Edge<StageEvent['kind']>;
  return edge(plans, recorded(plans, state, event, nowMs), event, nowMs);
}
