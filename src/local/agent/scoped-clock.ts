import type { Clock, Timer } from '../../base/clock.ts';

export interface ScopedClock extends Clock {
  /** Cancels every timer of this clock; timers that are requested later never fire. */
  close(): void;
}

/** A clock whose timers are all cancelled when their owner ends. */
export function scopedClock(clock: Clock): ScopedClock {
  const armed = new Set<Timer>();
  let closed = false;
  return {
    nowMs: () => clock.nowMs(),
    monotonicMs: () => clock.monotonicMs(),
    after(delayMs, task) {
      if (closed) return { cancel() {} };
      const timer = clock.after(delayMs, () => {
        armed.delete(timer);
        task();
      });
      armed.add(timer);
      return {
        cancel() {
          armed.delete(timer);
          timer.cancel();
        },
      };
    },
    close() {
      closed = true;
      for (const timer of armed) timer.cancel();
      armed.clear();
    },
  };
}
