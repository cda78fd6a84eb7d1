/**
 * The one task of an executor as the agent sees it: what is reported when, and when the executor is done. Knows neither
 * sockets nor processes. Source: the original's AuroraExecutor.
 */
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { type Assignment, decodeAssignment } from './payload/assignment.ts';
import type { PreparedTask } from './prepare.ts';
import type { Verdict } from './task/stages.ts';

/** States an executor may report. TASK_KILLING is none: the scheduler takes it for the end of the task. */
type ReportedState =
  | 'TASK_STARTING'
  | 'TASK_RUNNING'
  | 'TASK_FINISHED'
  | 'TASK_FAILED'
  | 'TASK_KILLED'
  | 'TASK_LOST';

const TERMINAL: Readonly<Record<Verdict, ReportedState>> = {
  SUCCESS: 'TASK_FINISHED',
  FAILED: 'TASK_FAILED',
  KILLED: 'TASK_KILLED',
};

/** An executor that has nothing to run after this long ends. */
const LAUNCH_LIMIT_MS = 10_000;
/** What a killed task may take at least, whatever its finalization_wait. Source: the original's fixed kill wait. */
const KILL_WAIT_MS = 60_000;

/** Why there is nothing left to do: a task has ended, no task was wanted, or none came. */
export type OverReason = 'ended' | 'shut down' | 'idle';

interface LifecycleOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly report: (taskId: string, state: ReportedState, message?: string) => void;
  readonly prepare: (
    assignment: Assignment,
    onEnd: (verdict: Verdict, reason: string) => void,
  ) => PreparedTask;
  /** --stop_timeout_in_secs: no kill waits longer. */
  readonly stopTimeoutMs: number;
  /** Called once, when there is nothing left to do but to have the reports acknowledged. */
  readonly done: (why: OverReason) => void;
}

export interface Lifecycle {
  /** LAUNCH: `data` is TaskInfo.data in base64. Returns when the first processes are started. */
  launch(taskId: string, data: string | undefined): void;
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
  prepared: PreparedTask | undefined;
}

/** Starts the launch watchdog. */
export function taskLifecycle(options: LifecycleOptions): Lifecycle {
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

  const failed = (taskId: string, error: unknown) => {
    log.error({ taskId, error: messageOf(error) }, 'the task could not be started');
    current?.prepared?.tree.killNow();
    report(taskId, 'TASK_FAILED', messageOf(error));
    done('ended');
  };

  const begin = (task: Current, assignment: Assignment) => {
    report(task.taskId, 'TASK_STARTING');
    task.prepared = options.prepare(assignment, (verdict, reason) => {
      log.info({ taskId: task.taskId, verdict }, reason);
      report(task.taskId, TERMINAL[verdict], reason);
      done('ended');
    });
    task.prepared.runner.start();
    report(task.taskId, 'TASK_RUNNING', 'the task has been started');
  };

  const end = (graceMs: number, reason: string) =>
    current?.prepared?.runner.kill(Math.max(0, Math.min(graceMs, stopTimeoutMs)), reason);

  return {
    launch(taskId, data) {
      if (current) {
        if (current.taskId === taskId) return log.warn({ taskId }, 'launched again, ignored');
        const message = `this executor runs ${current.taskId} and takes no second task`;
        log.warn({ taskId }, message);
        return report(taskId, 'TASK_LOST', message);
      }
      watchdog.cancel();
      current = { taskId, prepared: undefined };
      try {
        begin(current, decodeAssignment(data));
      } catch (error) {
        failed(taskId, error);
      }
    },
    refuse: (taskId) => report(taskId, 'TASK_LOST', 'this executor takes no task groups'),
    kill(taskId, graceMs) {
      if (current?.taskId !== taskId) return log.warn({ taskId }, 'kill of a task that is not here, ignored');
      log.info({ taskId, graceMs }, 'kill');
      const wait = Math.max(KILL_WAIT_MS, current.prepared?.finalizationWaitMs ?? 0);
      end(graceMs ?? wait, 'killed on request of the scheduler');
    },
    shutdown(graceMs, reason) {
      log.info({ graceMs }, reason);
      if (current?.prepared) end(graceMs, reason);
      else done('shut down');
    },
    destroy: () => current?.prepared?.tree.killNow(),
  };
}
