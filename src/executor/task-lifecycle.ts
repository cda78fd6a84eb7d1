/**
 * The executor's one task as the agent sees it: decides what is reported when, and when the executor is done. Knows
 * nothing of sockets and processes. Source: the original's AuroraExecutor.
 *
 *     STARTING ──every gate passed──▶ RUNNING ──a cause──▶ STOPPING ──nothing alive──▶ ENDED
 *
 * Gates are companions (companion.ts); causes are in one table (end-causes.ts). A cause also takes STARTING to
 * STOPPING, and STARTING and RUNNING go straight to ENDED when the processes end by themselves.
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

/** An executor that has got no task after this long ends. */
const LAUNCH_LIMIT_MS = 10_000;
/** The least time a task gets to end, whatever its finalization_wait. Source: the original's fixed kill wait. */
const KILL_WAIT_MS = 60_000;
/** The most time companions get to leave when the processes have ended by themselves. */
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
  /** --stop_timeout_in_secs, the upper limit of every wait after a kill. */
  readonly stopTimeoutMs: number;
  /** Called once, when all that is left is to wait for the reports' acknowledgement. */
  readonly done: (why: OverReason) => void;
}

export interface TaskLifecycle {
  /**
   * LAUNCH: `data` is TaskInfo.data in base64, `volumes` are the container paths of ExecutorInfo. Returns when the
   * first processes have been started.
   */
  launch(taskId: string, data: string | undefined, volumes?: readonly string[]): void;
  /** Refuses a task of a task group; the scheduler never launches groups. */
  refuse(taskId: string): void;
  /** KILL, with the grace period of its kill policy if it has one. */
  kill(taskId: string, graceMs?: number): void;
  /** Ends the executor, which may take `graceMs` for it. */
  shutdown(graceMs: number, reason: string): void;
  /** Sends SIGKILL to everything at once, without a report. */
  destroy(): void;
}

interface Current {
  readonly taskId: string;
  phase: 'STARTING' | 'RUNNING' | 'STOPPING' | 'ENDED';
  prepared: PreparedTask | undefined;
  /** Gates that have not passed yet. */
  readonly closed: Set<Companion>;
  /** Messages of the gates that have passed. */
  readonly passed: string[];
  started: readonly Companion[];
  leaving: Farewell | undefined;
  /** The first cause of its end. */
  cause: EndCause | undefined;
  /** When the processes are killed, on the monotonic clock. */
  deadlineMs: number;
}

/** Makes the lifecycle and starts the watchdog for the launch. */
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

  /** Reports how the task ended, lets the companions leave, then calls `done`. */
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

  /** Ends the task for a cause, or hurries an end that is under way. */
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
      // An earlier companion may have ended the task.
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
