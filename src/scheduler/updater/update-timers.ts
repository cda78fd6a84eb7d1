import type { JobUpdateKey } from '../../api/index.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { timerQueue } from '../../base/timer-queue.ts';
import { jobUpdateKeyText } from '../storage/keys.ts';

/** The timers of updates: one for each instance that has a due time, and one for the pulse. */
export interface UpdateTimers {
  /** Runs `task` after `delayMs`; replaces an earlier timer for the same instance or pulse. */
  set(key: JobUpdateKey, what: number | 'pulse', delayMs: number, task: () => void): void;
  /** Cancels all timers of an update. */
  clear(key: JobUpdateKey): void;
  close(): void;
}

export function updateTimers(clock: Clock): UpdateTimers {
  const queue = timerQueue(clock);
  const byUpdate = new Map<string, Map<number | 'pulse', Timer>>();
  return {
    set(key, what, delayMs, task) {
      const text = jobUpdateKeyText(key);
      const timers = byUpdate.get(text) ?? new Map<number | 'pulse', Timer>();
      byUpdate.set(text, timers);
      timers.get(what)?.cancel();
      const timer = queue.after(delayMs, () => {
        if (timers.get(what) === timer) timers.delete(what);
        task();
      });
      timers.set(what, timer);
    },
    clear(key) {
      const text = jobUpdateKeyText(key);
      for (const timer of byUpdate.get(text)?.values() ?? []) timer.cancel();
      byUpdate.delete(text);
    },
    close() {
      queue.clear();
      byUpdate.clear();
    },
  };
}
