import type { Clock, Timer } from '../../base/clock.ts';

/** How often the wall clock is compared with the monotonic clock. */
const LOOK_MS = 1_000;
/** Smaller differences are gradual corrections of a clock that is slightly fast or slow. */
const SMALLEST_STEP_MS = 100;

/**
 * Calls `stepped` whenever the wall clock was set, because timers follow the monotonic clock and do not notice.
 * @returns a function that ends the watch.
 */
export function watchWallClock(clock: Clock, stepped: () => void): () => void {
  const aheadMs = () => clock.nowMs() - clock.monotonicMs();
  let lastMs = aheadMs();
  let timer: Timer;
  const look = () => {
    timer = clock.after(LOOK_MS, look);
    const nowMs = aheadMs();
    if (Math.abs(nowMs - lastMs) < SMALLEST_STEP_MS) return;
    lastMs = nowMs;
    stepped();
  };
  timer = clock.after(LOOK_MS, look);
  return () => timer.cancel();
}
