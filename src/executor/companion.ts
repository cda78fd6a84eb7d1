/**
 * A companion accompanies a task without being one of its processes: health checks, the announcer, the disk watch, the
 * HTTP lifecycle. It may hold the task in STARTING (it is a gate then), end it (with a cause from end-causes.ts), and
 * act before the processes are stopped. The lifecycle calls, in this order:
 *
 *     start     the first processes have been started; the task is STARTING until every gate has called `pass`
 *     running   TASK_RUNNING was reported; not called when the task ends before that
 *     leave     the task is about to be stopped, or its processes have ended; one companion after the other, in the
 *               order of `PreparedTask.companions`
 *     stop      nothing runs any more, or the wait is over: close everything
 *
 * `start` and `stop` are called at most once each, and whenever `start` was called, `stop` is called too.
 */
import type { EndCause } from './end-causes.ts';

/** The task as its companions see it. Calls after the task's end do nothing. */
export interface CompanionTask {
  /** The gate agrees to RUNNING; `message` becomes part of that report's message. A second call does nothing. */
  pass(message?: string): void;
  /** Ends the task; its processes get as much time as after a kill without a kill policy. */
  end(cause: EndCause): void;
}

export interface Companion {
  /** For the executor's log. */
  readonly name: string;
  /** Whether the task becomes RUNNING only after this companion has called `pass`. */
  readonly gate: boolean;
  /** An exception here ends the task as "not started". */
  start(task: CompanionTask): void;
  running?(): void;
  /**
   * Resolves when the next companion may leave. The lifecycle waits at most `graceMs` and logs a rejection. When the
   * task is being stopped, `graceMs` is at most half of the time it has, so that its processes still get SIGTERM.
   */
  leave?(graceMs: number): Promise<void>;
  /** Must leave no timer, socket or process behind, and must not throw. */
  stop(): void;
}
