/**
 * Runs a task: feeds events to the state machine of task/stages.ts and performs its effects. Unlike in the original,
 * there is no separate runner process; the coordinator of each run is proc/coordinator.ts.
 */

import { constants } from 'node:os';
import type { ThermosProcess, ThermosTask } from '../api/thermos/model.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { CommandEnd } from '../proc/coordinator.ts';
import type { RunEnd, TaskJournal } from './checkpoints/journal.ts';
import type { RunObserver } from './process/launch.ts';
import type { ProcessTree } from './process/tree.ts';
import {
  advance,
  plansOf,
  type StageEvent,
  type StageVerdict,
  type TaskEffect,
  untouched,
} from './task/stages.ts';

export interface TaskRunner {
  /** Starts the processes that may start now. */
  start(): void;
  /** Ends the task as KILLED, `graceMs` after SIGTERM at the latest. A repeated call can only shorten that time. */
  kill(graceMs: number, reason: string): void;
}

interface RunnerOptions {
  readonly task: ThermosTask;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tree: ProcessTree;
  /** Learns of everything that happens before anyone else does. */
  readonly journal: TaskJournal;
  /** Starts a run; see process/launch.ts. */
  readonly launch: (process: ThermosProcess, run: number, observer: RunObserver) => void;
  /** Called once, when nothing of the task is alive any more. */
  readonly onEnd: (verdict: StageVerdict, reason: string) => void;
}

/** How long to wait for the news of how a run ended once nothing of it is alive. */
const LAST_WORDS_MS = 1_000;

/** The end of a run as checkpoints record it. Source: the original's return codes, where a signal is negative. */
const runEnd = ({ code, signal }: CommandEnd): RunEnd =>
  signal === null
    ? { state: code === 0 ? 'SUCCESS' : 'FAILED', returnCode: code ?? undefined }
    : { state: 'KILLED', returnCode: -constants.signals[signal] };

/** @throws AuroraError EXECUTOR when an order of the task cannot be kept */
export function taskRunner(options: RunnerOptions): TaskRunner {
  const { task, clock, log, tree, journal } = options;
  const plans = plansOf(task);
  const processes = new Map(task.processes.map((process) => [process.name, process]));
  const events: StageEvent[] = [];
  let state = untouched(plans);
  let wake: Timer | undefined;
  let draining = false;
  /** Names of processes whose current run has not reported its end yet. */
  const open = new Set<string>();

  /** Handles an event. Effects may cause further events while they are performed, so events go through a queue. */
  const happened = (event: StageEvent) => {
    events.push(event);
    if (draining) return;
    draining = true;
    try {
      for (let next = events.shift(); next; next = events.shift()) {
        const step = advance(plans, state, next, clock.monotonicMs());
        if (step.state.stage !== state.stage) log.info({ task: task.name }, `task is ${step.state.stage}`);
        state = step.state;
        for (const effect of step.effects) perform(effect);
      }
    } finally {
      draining = false;
    }
  };

  const start = (name: string, run: number) => {
    const ended: RunObserver['ended'] = (outcome, detail, exit) => {
      open.delete(name);
      if (exit) journal.ended(name, runEnd(exit));
      else journal.notStarted(name);
      log.info({ process: name, run }, `${outcome}: ${detail}`);
      happened({ kind: 'ended', process: name, outcome, detail });
    };
    try {
      const process = processes.get(name) as ThermosProcess;
      let coordinator: number | undefined;
      open.add(name);
      options.launch(process, run, {
        coordinated(id) {
          coordinator = id.pid;
          tree.addCoordinator(id);
        },
        started(pid) {
          tree.addShell(pid);
          journal.started(name, pid, coordinator ?? pid);
          log.info({ process: name, run, pid }, 'started');
        },
        reaped: tree.runEnded,
        ended,
        gone: tree.coordinatorGone,
      });
    } catch (error) {
      ended('failed', `could not be started: ${messageOf(error)}`);
    }
  };

  /** Timers may fire a little early, and an early tick would be the last one; so wait again until the time has come. */
  const wakeAt = (atMs: number) => {
    wake?.cancel();
    wake = clock.after(Math.ceil(atMs - clock.monotonicMs()), () =>
      clock.monotonicMs() < atMs ? wakeAt(atMs) : happened({ kind: 'tick' }),
    );
  };

  /**
   * Nothing is alive any more, but the last runs may still have to report how they ended: waits for that, up to a
   * limit.
   */
  const whenAllTold = (done: () => void) => {
    const limitMs = clock.monotonicMs() + LAST_WORDS_MS;
    const look = () => {
      if (open.size === 0 || clock.monotonicMs() >= limitMs) done();
      else clock.after(LAST_WORDS_MS / 50, look);
    };
    look();
  };

  const perform = (effect: TaskEffect) => {
    switch (effect.kind) {
      case 'start':
        start(effect.process, effect.run);
        break;
      case 'terminate':
      case 'destroy':
        tree.endAll(effect.kind, () => happened({ kind: 'quiet' }));
        break;
      case 'wake':
        wakeAt(effect.atMs);
        break;
      case 'finish':
        wake?.cancel();
        tree.close();
        whenAllTold(() => journal.finish(effect.verdict, () => options.onEnd(effect.verdict, effect.reason)));
        break;
      case 'enter':
        journal.task(effect.state);
        break;
    }
  };

  return {
    start: () => happened({ kind: 'tick' }),
    kill: (graceMs, reason) => happened({ kind: 'kill', graceMs, reason }),
  };
}
