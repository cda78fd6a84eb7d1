import type { Clock, Timer } from './clock.ts';

interface Pending {
  readonly atMs: number;
  readonly order: number;
  readonly task: () => void;
}

/** A clock that moves only when told. Timers run in order of time; timers of the same time run in order of creation. */
export interface ManualClock extends Clock {
  /** Moves forward by `ms`, running every timer that falls due on the way, each at its own time. */
  advance(ms: number): void;
  /** Runs the next timer, however far away; returns false when there is none. */
  runNext(): boolean;
  /** The number of timers that have not run yet. */
  pending(): number;
  /** Sets the wall clock (`nowMs`) without moving monotonic time, as an administrator would. */
  setWall(ms: number): void;
}

/** @param startMs wall time at the start, epoch milliseconds; default 2026-01-01T00:00:00Z. */
export function manualClock(startMs: number = Date.UTC(2026, 0, 1)): ManualClock {
  let wallOffsetMs = startMs;
  let elapsedMs = 0;
  let order = 0;
  const timers = new Set<Pending>();

  const next = (): Pending | undefined => {
    let first: Pending | undefined;
    for (const timer of timers) {
      if (!first || timer.atMs < first.atMs || (timer.atMs === first.atMs && timer.order < first.order))
        first = timer;
    }
    return first;
  };
  const run = (timer: Pending) => {
    timers.delete(timer);
    elapsedMs = Math.max(elapsedMs, timer.atMs);
    timer.task();
  };

  return {
    nowMs: () => wallOffsetMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    after(delayMs, task): Timer {
      const timer = { atMs: elapsedMs + Math.max(0, delayMs), order: order++, task };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    advance(ms) {
      const endMs = elapsedMs + ms;
      for (let timer = next(); timer && timer.atMs <= endMs; timer = next()) run(timer);
      elapsedMs = endMs;
    },
    runNext() {
      const timer = next();
      if (timer) run(timer);
      return timer !== undefined;
    },
    pending: () => timers.size,
    setWall(ms) {
      wallOffsetMs = ms - elapsedMs;
    },
  };
}
