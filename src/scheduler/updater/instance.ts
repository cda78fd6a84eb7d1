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
    /** How long the task has been RUNNING; if it is not, how long ago it was created. Milliseconds. */
    readonly ageMs: number;
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
  /** Wait for an event of the task, or judge again after `leftMs` milliseconds if none comes before. */
  | { readonly kind: 'wait'; readonly leftMs?: number };

const SUCCEEDED: Verdict = { kind: 'succeeded' };
const WAIT: Verdict = { kind: 'wait' };

/** Statuses before RUNNING, to which the start timeout applies. */
const NOT_STARTED: ReadonlySet<ScheduleStatus> = new Set(['PENDING', 'THROTTLED', 'ASSIGNED', 'STARTING']);

/** Waits until the task is `waitMs` old; undefined when it is. */
const waitUntil = (waitMs: number, ageMs: number): Verdict | undefined =>
  ageMs < waitMs ? { kind: 'wait', leftMs: waitMs - ageMs } : undefined;

/**
 * Judges one instance. An instance without an active task gets a new one: a task that ends by itself is replaced in the
 * same transaction, so a missing task was killed or removed.
 * Source: the original's InstanceUpdater and StateEvaluator.
 */
export function judge(facts: InstanceFacts, limits: InstanceLimits): Verdict {
  const { wanted, task, failures } = facts;
  if (failures > limits.maxPerInstanceFailures) return { kind: 'failed', reason: 'exited.' };
  if (!wanted && !task) return SUCCEEDED;
  if (!task) return { kind: 'add' };
  if (!wanted || !task.right) return task.status === 'KILLING' ? WAIT : { kind: 'kill' };
  if (task.status === 'RUNNING') return waitUntil(limits.minWaitMs, task.ageMs) ?? SUCCEEDED;
  if (limits.startTimeoutMs > 0 && NOT_STARTED.has(task.status))
    return (
      waitUntil(limits.startTimeoutMs, task.ageMs) ?? {
        kind: 'failed',
        reason: `was still ${task.status} after ${limits.startTimeoutMs} ms.`,
      }
    );
  return WAIT;
}
