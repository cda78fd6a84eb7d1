/** Sum and number of measurements, and the growth of both in the last complete window. */
export interface SlidingStat {
  record(value: number): void;
  read(): SlidingValues;
}

export interface SlidingValues {
  readonly total: number;
  readonly events: number;
  readonly totalPerSec: number;
  readonly eventsPerSec: number;
  /** Mean of the measurements in the last window; 0 when there were none. */
  readonly perEvent: number;
}

/**
 * The original samples its counters with a timer and shows the difference of two samples. Here the first call after a
 * window's end closes it, whether it records or reads, so an idle scheduler needs no timer.
 */
export function slidingStat(monotonicMs: () => number, windowMs: number): SlidingStat {
  let total = 0;
  let events = 0;
  let windowAt = Math.floor(monotonicMs() / windowMs);
  let totalBefore = 0;
  let eventsBefore = 0;
  let lastTotal = 0;
  let lastEvents = 0;

  const close = () => {
    const now = Math.floor(monotonicMs() / windowMs);
    if (now === windowAt) return;
    const wholeWindow = now === windowAt + 1;
    lastTotal = wholeWindow ? total - totalBefore : 0;
    lastEvents = wholeWindow ? events - eventsBefore : 0;
    totalBefore = total;
    eventsBefore = events;
    windowAt = now;
  };
  return {
    record(value) {
      close();
      total += value;
      events++;
    },
    read() {
      close();
      return {
        total,
        events,
        totalPerSec: (lastTotal * 1000) / windowMs,
        eventsPerSec: (lastEvents * 1000) / windowMs,
        perEvent: lastEvents === 0 ? 0 : lastTotal / lastEvents,
      };
    },
  };
}
