import type { Clock, Timer } from '../../../base/clock.ts';

interface Entry {
  readonly dueMs: number;
  /** Timers of the same time run in the order of creation. */
  readonly order: number;
  readonly task: () => void;
  /** Index in the heap; -1 when it is not in the heap. */
  place: number;
}

/** Runs many timers on a single timer of the clock. */
export interface TimerQueue {
  /** Runs `task` once after `delayMs`, like Clock.after; adding and cancelling cost O(log n). */
  after(delayMs: number, task: () => void): Timer;
  readonly size: number;
  /** Cancels all timers. */
  clear(): void;
}

const before = (a: Entry, b: Entry): boolean =>
  a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);

/** A binary heap of deadlines. Every entry knows its index, so that a cancelled one can be removed at once. */
export function timerQueue(clock: Clock): TimerQueue {
  const heap: Entry[] = [];
  let order = 0;
  let armed: { readonly timer: Timer; readonly dueMs: number } | undefined;

  const put = (entry: Entry, place: number) => {
    heap[place] = entry;
    entry.place = place;
  };
  const rise = (entry: Entry) => {
    while (entry.place > 0) {
      const parent = heap[(entry.place - 1) >> 1] as Entry;
      if (!before(entry, parent)) return;
      const { place } = entry;
      put(entry, parent.place);
      put(parent, place);
    }
  };
  const sink = (entry: Entry) => {
    for (;;) {
      const [left, right] = [heap[2 * entry.place + 1], heap[2 * entry.place + 2]];
      const child = right && left && before(right, left) ? right : left;
      if (!child || !before(child, entry)) return;
      const { place } = entry;
      put(entry, child.place);
      put(child, place);
    }
  };
  const remove = (entry: Entry) => {
    const { place } = entry;
    if (place < 0) return;
    entry.place = -1;
    const last = heap.pop() as Entry;
    if (last === entry) return;
    put(last, place);
    rise(last);
    sink(last);
  };
  const arm = () => {
    const first = heap[0];
    // A clock timer that fires too early does no harm, and rearming would be frequent: the first deadline is often
    // cancelled.
    if (first && armed && armed.dueMs <= first.dueMs) return;
    armed?.timer.cancel();
    armed = first && {
      dueMs: first.dueMs,
      timer: clock.after(first.dueMs - clock.monotonicMs(), run),
    };
  };
  const run = () => {
    armed = undefined;
    const nowMs = clock.monotonicMs();
    for (let first = heap[0]; first && first.dueMs <= nowMs; first = heap[0]) {
      remove(first);
      first.task();
    }
    arm();
  };

  return {
    after(delayMs, task) {
      const dueMs = clock.monotonicMs() + Math.max(0, delayMs);
      const entry: Entry = { dueMs, order: order++, task, place: heap.length };
      heap.push(entry);
      rise(entry);
      arm();
      return {
        cancel() {
          remove(entry);
          arm();
        },
      };
    },
    get size() {
      return heap.length;
    },
    clear() {
      heap.length = 0;
      arm();
    },
  };
}
