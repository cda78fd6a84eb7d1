/**
 * Tells which processes of a plan may run, have to wait or are done. Pure: `played` makes the next state from a state,
 * an event and the time; `survey` reads it. Source: the original's Planner (golden/thermos/planner.json).
 */

import type { Plan, PlannedProcess } from '../../api/thermos/plan.ts';
import { AuroraError } from '../../base/errors.ts';

/**
 * After this many unsuccessful runs in a row a process has failed, whatever its max_failures, because it will not come
 * up any more. The original on Mesos counts all runs and so ends even a daemon that works.
 */
const RUN_CAP = 100;
/** A run that lasted this long did come up, so earlier failures no longer count. */
const LASTING_MS = 300_000;

/**
 * How a run ended. `succeeded`: exit code 0. `failed`: another code, a signal, or no start at all. `lost`: it vanished
 * without a trace, which does not count towards max_failures.
 */
export type ProcessOutcome = 'succeeded' | 'failed' | 'lost';

interface Tally {
  readonly phase: 'pending' | 'running' | 'finished' | 'failed';
  readonly succeeded: number;
  readonly failed: number;
  readonly lost: number;
  /** Unsuccessful runs since the last one that succeeded or lasted. */
  readonly streak: number;
  readonly startedMs: number;
  /** End of the last run, undefined before the first. */
  readonly endedMs: number | undefined;
}

/** One tally for each process of the plan. */
export type PlanState = ReadonlyMap<string, Tally>;

/** What can happen to a process. */
interface PlanEvent {
  readonly process: string;
  readonly what: 'started' | ProcessOutcome;
}

/** The state of a plan before anything has run. */
export const unplayed = (plan: Plan): PlanState =>
  new Map(
    [...plan.keys()].map((name) => [
      name,
      { phase: 'pending', succeeded: 0, failed: 0, lost: 0, streak: 0, startedMs: 0, endedMs: undefined },
    ]),
  );

const unblocked = (process: PlannedProcess, state: PlanState): boolean =>
  [...process.after].every((name) => state.get(name)?.phase === 'finished');

function phaseAfter(process: PlannedProcess, tally: Tally, outcome: ProcessOutcome): Tally['phase'] {
  if (tally.streak >= RUN_CAP) return 'failed';
  if (outcome === 'lost') return 'pending';
  if (outcome === 'succeeded') return process.daemon ? 'pending' : 'finished';
  if (process.maxFailures === 0 || tally.failed < process.maxFailures) return 'pending';
  return process.ephemeral ? 'finished' : 'failed';
}

/**
 * The state after an event. Starting a process that is running already changes nothing.
 * @throws AuroraError BUG for the end of a process that does not run, or the start of one that is blocked or done
 */
export function played(plan: Plan, state: PlanState, event: PlanEvent, nowMs: number): PlanState {
  const process = plan.get(event.process);
  const tally = state.get(event.process);
  const bug = (why: string) => new AuroraError('BUG', `process "${event.process}" ${event.what}, but ${why}`);
  if (!process || !tally) throw bug('it is not in the plan');
  if (event.what === 'started') {
    if (tally.phase === 'running') return state;
    if (tally.phase !== 'pending') throw bug(`it has ${tally.phase}`);
    if (!unblocked(process, state)) throw bug('it has to wait for others');
    return new Map(state).set(event.process, { ...tally, phase: 'running', startedMs: nowMs });
  }
  if (tally.phase !== 'running') throw bug('it does not run');
  const before = nowMs - tally.startedMs >= LASTING_MS ? 0 : tally.streak;
  const streak = event.what === 'succeeded' ? 0 : before + 1;
  const counted = { ...tally, [event.what]: tally[event.what] + 1, streak, endedMs: nowMs };
  return new Map(state).set(event.process, { ...counted, phase: phaseAfter(process, counted, event.what) });
}

/** What a state means at a certain time; names are in the order of the plan. */
interface Survey {
  /** May start now. */
  readonly runnable: readonly string[];
  /** Unblocked, but pausing after the last run; with the time left, above 0. */
  readonly waitingMs: ReadonlyMap<string, number>;
  readonly running: readonly string[];
  readonly finished: readonly string[];
  readonly failed: readonly string[];
  /** Waiting for processes that have not finished; when the plan is deadlocked, they never start. */
  readonly blocked: readonly string[];
  /** Every process is finished, failed or ephemeral. */
  readonly complete: boolean;
  /** The plan is not complete, and nothing runs, can start or pauses. */
  readonly deadlocked: boolean;
}

/** Reads a state at `nowMs`, which must come from the same clock as the times given to `played`. */
export function survey(plan: Plan, state: PlanState, nowMs: number): Survey {
  const runnable: string[] = [];
  const waitingMs = new Map<string, number>();
  const blocked: string[] = [];
  const inPhase = (phase: Tally['phase']) =>
    [...state].filter(([, tally]) => tally.phase === phase).map(([name]) => name);
  for (const name of inPhase('pending')) {
    const process = plan.get(name) as PlannedProcess;
    const endedMs = state.get(name)?.endedMs;
    const leftMs = endedMs === undefined ? 0 : process.minDurationMs - (nowMs - endedMs);
    if (!unblocked(process, state)) blocked.push(name);
    else if (leftMs <= 0) runnable.push(name);
    else waitingMs.set(name, leftMs);
  }
  const [running, finished, failed] = [inPhase('running'), inPhase('finished'), inPhase('failed')];
  const over = new Set([...finished, ...failed]);
  const complete = [...plan].every(([name, process]) => process.ephemeral || over.has(name));
  const idle = running.length === 0 && runnable.length === 0 && waitingMs.size === 0;
  return { runnable, waitingMs, running, finished, failed, blocked, complete, deadlocked: idle && !complete };
}
