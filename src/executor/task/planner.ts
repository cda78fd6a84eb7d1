/**
 * Which processes of a plan may run, wait, or are done with. Pure: a state, what happened and the time give the next
 * state; `survey` reads it. Source: the original's Planner (golden/thermos/planner.json).
 */

import type { Plan, PlannedProcess } from '../../api/thermos/plan.ts';
import { AuroraError } from '../../base/errors.ts';

/**
 * Unsuccessful runs in a row after which a process has failed, whatever it may have: it will not come up any more.
 * The original on Mesos counts all runs, and so ends a daemon that does its work.
 */
const RUN_CAP = 100;
/** A run that lasted as long was no failure to come up. */
const LASTING_MS = 300_000;

/**
 * How a run ended: exit code 0; another code, a signal, or no start at all; without a trace. The last one does not count
 * as a failure of the process.
 */
export type ProcessOutcome = 'succeeded' | 'failed' | 'lost';

interface Tally {
  readonly phase: 'pending' | 'running' | 'finished' | 'failed';
  readonly succeeded: number;
  readonly failed: number;
  readonly lost: number;
  /** Unsuccessful runs since the last one that succeeded, or that lasted. */
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

/** The state of a plan of which nothing has run. */
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
 * The state after an event. Starting a process that runs already changes nothing.
 * @throws AuroraError BUG for an end of what does not run, or a start of what is blocked or done
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

/** What the state means at a moment; names are in the order of the plan. */
interface Survey {
  /** May start now. */
  readonly runnable: readonly string[];
  /** Unblocked, but pausing after the last run: time left, above 0. */
  readonly waitingMs: ReadonlyMap<string, number>;
  readonly running: readonly string[];
  readonly finished: readonly string[];
  readonly failed: readonly string[];
  /** Pending behind processes that have not finished; when the plan is deadlocked they never start. */
  readonly blocked: readonly string[];
  /** Every process is finished, failed or ephemeral. */
  readonly complete: boolean;
  /** Not complete, and nothing runs, can start or waits. */
  readonly deadlocked: boolean;
}

/** Reads a state at `nowMs`, which must come from the clock that `played` was given. */
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
