import type { Clock, Timer } from '../../../base/clock.ts';

/** Deadlines that all are the same time after they were set, by key. */
export interface DelayLine<V> {
  /** Sets the deadline of a key anew. */
  set(key: string, value: V): void;
  delete(key: string): void;
  clear(): void;
}

/**
 * Calls `due` for each key that was set `delayMs` ago. All cost O(1): deadlines come in the order in which they were set, so a
 * single timer waits for the first. Every task that starts sets two, which are nearly always deleted in time.
 */
export function delayLine<V>(
  clock: Clock,
  delayMs: number,
  due: (key: string, value: V) => void,
): DelayLine<V> {
  const waiting = new Map<string, { readonly dueMs: number; readonly value: V }>();
  let timer: Timer | undefined;

  const run = () => {
    timer = undefined;
    const nowMs = clock.monotonicMs();
    for (const [key, { dueMs, value }] of waiting) {
      if (dueMs > nowMs) {
        timer ??= clock.after(dueMs - nowMs, run);
        return;
      }
      waiting.delete(key);
      due(key, value);
    }
  };
  const clear = () => {
    waiting.clear();
    timer?.cancel();
    timer = undefined;
  };
  return {
    set(key, value) {
      const before = waiting.size;
      const deadline = { dueMs: clock.monotonicMs() + delayMs, value };
      waiting.set(key, deadline);
      // It was there already, and keeps its old place in the order.
      if (waiting.size === before) {
        waiting.delete(key);
        waiting.set(key, deadline);
      }
      timer ??= clock.after(delayMs, run);
    },
    delete(key) {
      // The timer stays as it is: too early it does no harm, and to set it anew each time would cost more.
      if (waiting.delete(key) && waiting.size === 0) clear();
    },
    clear,
  };
}
