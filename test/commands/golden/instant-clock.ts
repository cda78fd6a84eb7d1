import type { Clock } from '../../../src/base/clock.ts';

/** Waits take no time, and are written down. */
export function instantClock(startMs: number): Clock & { readonly waitsSecs: readonly number[] } {
  const waitsSecs: number[] = [];
  let nowMs = startMs;
  return {
    waitsSecs,
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    after(delayMs, task) {
      waitsSecs.push(delayMs / 1000);
      nowMs += delayMs;
      const timer = setImmediate(task);
      return { cancel: () => clearImmediate(timer) };
    },
  };
}
