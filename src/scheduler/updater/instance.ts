import type { ScheduleStatus } from '../../api/index.ts';

/** What is known about an instance when it is judged. */
export interface InstanceFacts {
  /** Whether the instance should have a task at all, in the direction of the update. */
  readonly wanted: boolean;
  /** The active task, if there is one. */
  readonly task?: {
    /** Whether the task has the wanted configuration. */
    readonly right: boolean;
    readonly status: ScheduleStatus;
    /** When the task entered its status, and when it was created; epoch milliseconds. */
    readonly sinceMs: number;
    readonly madeMs: number;
  };
  /** How many tasks with the wanted configuration ended while the update worked on the instance. */
  readonly failures: number;
}

/** Limits that an update sets for each instance. */
export interface InstanceLimits {
  readonly maxPerInstanceFailures: number;
  readonly minWaitMs: number;
  /** How long a task may take to become RUNNING; 0 means no limit. */
  readonly startTimeoutMs: number;
}

/** What to do about an instance. */
export type Verdict =
  | { readonly kind: 'succeeded' }
  /** `reason` completes a sentence that begins with the instance. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'add' }
  | { readonly kind: 'kill' }
  /** Wait for an event of the task, or judge again at `dueMs` (epoch milliseconds) if none comes before. */
  | { readonly kind: 'wait'; readonly dueMs?: number };

const SUCCEEDED: Verdict = { kind: 'succeeded' };
const WAIT: Verdict = { kind: 'wait' };

/** Statuses before RUNNING, to which the start timeout applies. */
const NOT_STARTED: ReadonlySet<ScheduleStatus> = new Set(['PENDING', 'THROTTLED', 'ASSIGNED', 'STARTING']);

/** Waits at most `waitMs`, even if the clock was set back; undefined when the time has passed. */
function waited(sinceMs: number, waitMs: number, nowMs: number): Verdict | undefined {
  const leftMs = Math.min(waitMs, sinceMs + waitMs - nowMs);
  return leftMs > 0 ? { kind: 'wait', dueMs: nowMs + leftMs } : undefined;
}

/**
 * Judges one instance. An instance without an active task gets a new one: a task that ends by itself is replaced in the
 * same transaction, so a missing task was killed or removed.
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
