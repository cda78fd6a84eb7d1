/**
 * The one task of an executor as the agent sees it: what is reported when, and when the executor is done. Knows neither
 * sockets nor processes. Source: the original's AuroraExecutor.
 *
 *     STARTING ──every gate passed──▶ RUNNING ──a cause──▶ STOPPING ──nothing alive──▶ ENDED
 *
 * Gates are companions (companion.ts); causes are in one table (end-causes.ts). STARTING, too, goes to STOPPING by a
 * cause, and both go to ENDED at once when the processes end by themselves.
 */
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Companion } from './companion.ts';
import { causeOf, type EndCause, type ReportedState, reportedState } from './end-causes.ts';
import { type Farewell, farewell } from './farewell.ts';
import { type Assignment, decodeAssignment } from './payload/assignment.ts';
import type { PreparedTask } from './prepare.ts';
import type { StageVerdict } from './task/stages.ts';

/** An executor that has nothing to run after this long ends. */
const LAUNCH_LIMIT_MS = 10_000;
/** What a killed task may take at least, whatever its finalization_wait. Source: the original's fixed kill wait. */
const KILL_WAIT_MS = 60_000;
/** What companions may take at most for their leave when the processes have ended by themselves. */
const LEAVE_LIMIT_MS = 5_000;

/** Why there is nothing left to do: a task has ended, no task was wanted, or none came. */
export type OverReason = 'ended' | 'shut down' | 'idle';

interface LifecycleOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly report: (taskId: string, state: ReportedState, message?: string) => void;
  readonly prepare: (
    assignment: Assignment,
    onEnd: (verdict: StageVerdict, reason: string) => void,
  ) => PreparedTask;
  /** --stop_timeout_in_secs: no kill waits longer. */
  readonly stopTimeoutMs: number;
  /** Called once, when there is nothing left to do but to have the reports acknowledged. */
  readonly done: (why: OverReason) => void;
}

export interface TaskLifecycle {
  /** LAUNCH: `data` is TaskInfo.data in base64, `volumes` are container paths of ExecutorInfo. Returns when the first processes are started. */
  launch(taskId: string, data: string | undefined, volumes?: readonly string[]): void;
  /** A task of a group, which the scheduler never asks for. */
  refuse(taskId: string): void;
  /** KILL, with the grace period of its kill policy when it has one. */
  kill(taskId: string, graceMs?: number): void;
  /** The executor has to go and may take `graceMs` for it. */
  shutdown(graceMs: number, reason: string): void;
  /** SIGKILL to everything, at once, without a report. */
  destroy(): void;
}

interface Current {
  readonly taskId: string;
  phase: 'STARTING' | 'RUNNING' | 'STOPPING' | 'ENDED';
  prepared: PreparedTask | undefined;
  /** Gates that have not passed. */
  readonly closed: Set<Companion>;
  /** What gates said when they passed. */
  readonly passed: string[];
  started: readonly Companion[];
  leaving: Farewell | undefined;
  /** The first one that came. */
  cause: EndCause | undefined;
  /** When the processes are killed, monotonic. */
  deadlineMs: number;
}

/** Starts the launch watchdog. */
export function taskLifecycle(options: LifecycleOptions): TaskLifecycle {
  const { clock, log, report, stopTimeoutMs } = options;
  let current: Current | undefined;
  let over = false;

  const done = (why: OverReason) => {
    if (over) return;
    over = true;
    watchdog.cancel();
    options.done(why);
  };

  const watchdog = clock.after(LAUNCH_LIMIT_MS, () => {
    log.warn({ waitedMs: LAUNCH_LIMIT_MS }, 'no task was launched');
    done('idle');
  });

  /** Says how the task ended, lets the companions go, and is done. */
  const finish = (task: Current, cause: EndCause) => {
    if (task.phase === 'ENDED') return;
    task.phase = 'ENDED';
    log.info({ taskId: task.taskId, cause: cause.kind }, cause.reason);
    report(task.taskId, reportedState(cause), cause.reason);
    task.leaving ??= farewell(task.started, clock, log);
    task.leaving.begin(clock.monotonicMs() + LEAVE_LIMIT_MS, () => {
      for (const companion of task.started) companion.stop();
      done('ended');
    });
  };

  const failed = (task: Current, error: unknown) => {
    log.error({ taskId: task.taskId, error: messageOf(error) }, 'the task could not be started');
    task.prepared?.tree.killNow();
    finish(task, { kind: 'not started', reason: messageOf(error) });
  };

  const leftMs = (task: Current) => Math.max(0, task.deadlineMs - clock.monotonicMs());

  /** Ends the task for a reason, or hurries an end that is under way. */
  const end = (task: Current, cause: EndCause, graceMs: number) => {
    const { prepared } = task;
    if (!prepared || task.phase === 'ENDED') return;
    const graceLimitMs = Math.max(0, Math.min(graceMs, stopTimeoutMs));
    task.deadlineMs = Math.min(task.deadlineMs, clock.monotonicMs() + graceLimitMs);
    task.cause ??= cause;
    const { reason } = task.cause;
    task.phase = 'STOPPING';
    task.leaving ??= farewell(task.started, clock, log);
    task.leaving.begin(clock.monotonicMs() + leftMs(task) / 2, () =>
      prepared.runner.kill(leftMs(task), reason),
    );
  };

  const killWaitMs = (task: Current) => Math.max(KILL_WAIT_MS, task.prepared?.finalizationWaitMs ?? 0);

  const runWhenOpen = (task: Current) => {
    if (task.phase !== 'STARTING' || task.closed.size > 0) return;
    task.phase = 'RUNNING';
    report(task.taskId, 'TASK_RUNNING', task.passed.join('; ') || 'the task has been started');
    for (const companion of task.started) companion.running?.();
  };

  const startCompanions = (task: Current, companions: readonly Companion[]) => {
    for (const gate of companions.filter(({ gate }) => gate)) task.closed.add(gate);
    for (const companion of companions) {
      // One before it may have ended the task.
      if (task.phase !== 'STARTING') return;
      task.started = [...task.started, companion];
      companion.start({
        pass(message) {
          if (!task.closed.delete(companion)) return;
          log.info({ companion: companion.name }, 'passed');
          if (message) task.passed.push(message);
          if (task.started.length === companions.length) runWhenOpen(task);
        },
        end: (cause) => end(task, cause, killWaitMs(task)),
      });
    }
    runWhenOpen(task);
  };

  const begin = (task: Current, assignment: Assignment) => {
    report(task.taskId, 'TASK_STARTING');
    task.prepared = options.prepare(assignment, (verdict, reason) =>
      finish(task, task.cause ?? causeOf(verdict, reason)),
    );
    task.prepared.runner.start();
    startCompanions(task, task.prepared.companions);
  };

  return {
    launch(taskId, data, volumes) {
      if (current) {
        if (current.taskId === taskId) return log.warn({ taskId }, 'launched again, ignored');
        const message = `this executor runs ${current.taskId} and takes no second task`;
        log.warn({ taskId }, message);
        return report(taskId, 'TASK_LOST', message);
      }
      watchdog.cancel();
      const task: Current = {
        taskId,
        phase: 'STARTING',
        prepared: undefined,
        closed: new Set(),
        passed: [],
        started: [],
        leaving: undefined,
        cause: undefined,
        deadlineMs: Number.POSITIVE_INFINITY,
      };
      current = task;
      try {
        begin(task, decodeAssignment(data, volumes));
      } catch (error) {
        failed(task, error);
      }
    },
    refuse: (taskId) => report(taskId, 'TASK_LOST', 'this executor takes no task groups'),
    kill(taskId, graceMs) {
      if (current?.taskId !== taskId) return log.warn({ taskId }, 'kill of a task that is not here, ignored');
      log.info({ taskId, graceMs }, 'kill');
      const cause: EndCause = { kind: 'killed', reason: 'killed on request of the scheduler' };
      end(current, cause, graceMs ?? killWaitMs(current));
    },
    shutdown(graceMs, reason) {
      log.info({ graceMs }, reason);
      if (current?.prepared) end(current, { kind: 'shut down', reason }, graceMs);
      else done('shut down');
    },
    destroy() {
      current?.prepared?.tree.killNow();
      for (const companion of current?.started ?? []) companion.stop();
    },
  };
}
