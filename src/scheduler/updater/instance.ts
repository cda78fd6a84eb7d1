import type { ScheduleStatus } from '../../api/index.ts';

/** What is known of an instance when it is judged. */
export interface InstanceFacts {
  /** Whether the instance is to have a task at all, in the direction that the update goes. */
  readonly wanted: boolean;
  /** Its active task. */
  readonly task?: {
    /** Whether it has the configuration that is wanted. */
    readonly right: boolean;
    readonly status: ScheduleStatus;
    /** When it entered the status, and when it was made; epoch milliseconds. */
    readonly sinceMs: number;
    readonly madeMs: number;
  };
  /** Tasks with the wanted configuration that ended while the update worked on the instance. */
  readonly failures: number;
}

/** How patient an update is with one instance. */
export interface InstanceLimits {
  readonly maxPerInstanceFailures: number;
  readonly minWaitMs: number;
  /** 0: an instance may take as long as it likes to run. */
  readonly startTimeoutMs: number;
}

/** What is to be done about an instance. */
export type Verdict =
  | { readonly kind: 'succeeded' }
  /** `reason` goes on a sentence that begins with the instance. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'add' }
  | { readonly kind: 'kill' }
  /** Something will happen to its task; or nothing until `dueMs`, epoch milliseconds, when it is to be judged again. */
  | { readonly kind: 'wait'; readonly dueMs?: number };

const SUCCEEDED: Verdict = { kind: 'succeeded' };
const WAIT: Verdict = { kind: 'wait' };

/** A task that is not RUNNING yet: its start can take too long. */
const NOT_STARTED: ReadonlySet<ScheduleStatus> = new Set(['PENDING', 'THROTTLED', 'ASSIGNED', 'STARTING']);

/** The clock may have been set: no wait is longer than it was meant to be. */
function waited(sinceMs: number, waitMs: number, nowMs: number): Verdict | undefined {
  const leftMs = Math.min(waitMs, sinceMs + waitMs - nowMs);
  return leftMs > 0 ? { kind: 'wait', dueMs: nowMs + leftMs } : undefined;
}

/**
 * Judges one instance. An instance without an active task gets one: a task that ended is made anew in the same
 * transaction, so what is missing now was killed, or removed.
 * Source: the original's InstanceUpdater and StateEvaluator.
 */
export function judge(facts: InstanceFacts, limits: InstanceLimits, nowMs: number): Verdict {
  const { wanted, task, failures } = facts;
  if (failures > limits.maxPerInstanceFailures) return { kind: 'failed', reason: 'exited.' };
  if (!wanted && !task) return SUCCEEDED;
  if (!task) return { kind: 'add' };
  if (!wanted || !task.right) return task.status === 'KILLING' ? WAIT : { kind: 'kill' };
  if (task.status === 'RUNNING') return waited(task.sinceMs, limits.minWaitMs, nowMs) ?? SUCCEEDED;
  if (limits.startTimeoutMs > 0 && NOT_STARTED.has(task.status))
    return (
      waited(task.madeMs, limits.startTimeoutMs, nowMs) ?? {
        kind: 'failed',
        reason: `was still ${task.status} after ${limits.startTimeoutMs} ms.`,
      }
    );
  return WAIT;
}
