import type { JobUpdateKey } from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';
import { jobUpdateKeyText } from '../storage/keys.ts';

/** How long the tasks of updates have been in what their instances wait for. */
export interface TaskWaits {
  /**
   * Milliseconds since the moment `sinceMs` (epoch milliseconds) of the task's history; 0 when that is in the future,
   * because the clock was set back.
   */
  ageMs(key: JobUpdateKey, instanceId: number, taskId: string, sinceMs: number): number;
  /** Called when the update is over. */
  forget(key: JobUpdateKey): void;
}

interface Begun {
  readonly taskId: string;
  readonly sinceMs: number;
  /** The moment by the monotonic clock. */
  readonly atMs: number;
}

/**
 * The history of a task has times of the wall clock. While this scheduler leads, it measures the time since it first saw
 * them by the monotonic clock, which nobody can set.
 */
export function taskWaits(clock: Clock): TaskWaits {
  const byUpdate = new Map<string, Map<number, Begun>>();
  return {
    ageMs(key, instanceId, taskId, sinceMs) {
      const text = jobUpdateKeyText(key);
      const begun = byUpdate.get(text) ?? new Map<number, Begun>();
      byUpdate.set(text, begun);
      const nowMs = clock.monotonicMs();
      const known = begun.get(instanceId);
      if (known?.taskId === taskId && known.sinceMs === sinceMs) return nowMs - known.atMs;
      const ageMs = Math.max(0, clock.nowMs() - sinceMs);
      begun.set(instanceId, { taskId, sinceMs, atMs: nowMs - ageMs });
      return ageMs;
    },
    forget: (key) => void byUpdate.delete(jobUpdateKeyText(key)),
  };
}
