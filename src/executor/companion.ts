/**
 * What goes along with a task's processes without being one: health checks, the announcer, the watch over its disk, the
 * HTTP lifecycle. A companion may hold a task in STARTING (it is a gate then), end it (with a cause of end-causes.ts),
 * and do something before the processes are stopped. The lifecycle calls, in this order:
 *
 *     start     the first processes are started; the task is STARTING until every gate has called `pass`
 *     running   TASK_RUNNING was reported; left out when the task ends before
 *     leave     the task is about to be stopped, or its processes have ended; one companion after the other, in the
 *               order of `PreparedTask.companions`
 *     stop      nothing runs any more, or nobody waits any longer: close everything
 *
 * `start` and `stop` are called once each, and `stop` in every case in which `start` was.
 */
import type { EndCause } from './end-causes.ts';

/** The task as its companions see it. Calls after the task's end do nothing. */
export interface CompanionTask {
  /** A gate agrees to RUNNING; `message` becomes that report's. A second call does nothing. */
  pass(message?: string): void;
  /** The task has to end; processes get the time that a kill without a policy gives them. */
  end(cause: EndCause): void;
}

export interface Companion {
  /** For the executor's log. */
  readonly name: string;
  /** Whether the task is RUNNING only once this one has called `pass`. */
  readonly gate: boolean;
  /** What is thrown ends the task as "not started". */
  start(task: CompanionTask): void;
  running?(): void;
  /**
   * Resolves when the next step may be taken. What takes longer than `graceMs` is no longer waited for; what is rejected
   * is logged. `graceMs` is at most half of what the task has, so that its processes still get SIGTERM.
   */
  leave?(graceMs: number): Promise<void>;
  /** Leaves no timer, socket or process behind. Must not throw. */
  stop(): void;
}
