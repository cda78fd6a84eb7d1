import type { Clock, Timer } from './clock.ts';

/** A deadline, and the timer that its owner can cancel: one object, because every offer has one. */
class Entry implements Timer {
  readonly dueMs: number;
  /** Timers of the same time run in the order of creation. */
  readonly order: number;
  /** Undefined once it was cancelled or has run. */
  task: (() => void) | undefined;
  readonly #cancelled: () => void;

  constructor(dueMs: number, order: number, task: () => void, cancelled: () => void) {
    this.dueMs = dueMs;
    this.order = order;
    this.task = task;
    this.#cancelled = cancelled;
  }

  cancel(): void {
    if (!this.task) return;
    this.task = undefined;
    this.#cancelled();
  }
}

/** Runs many timers on a single timer of the clock. */
export interface TimerQueue {
  /** Runs `task` once after `delayMs`, like Clock.after. Adding costs O(log n) at most, cancelling O(1) on average. */
  after(delayMs: number, task: () => void): Timer;
  readonly size: number;
  /** Cancels all timers. */
  clear(): void;
}

const before = (a: Entry, b: Entry): boolean =>
  a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);

/** So many cancelled entries may stay in the heap, or as many as there are others. */
const MOST_CANCELLED = 64;

/**
 * A binary heap of deadlines. Most timers are cancelled, because most offers are used in time; a cancelled entry stays where
 * it is until it comes first or until half of the heap is cancelled.
 */
export function timerQueue(clock: Clock): TimerQueue {
  let heap: Entry[] = [];
  let cancelled = 0;
  let order = 0;
  let armed: { readonly timer: Timer; readonly dueMs: number } | undefined;

  const rise = (entry: Entry) => {
    let place = heap.length - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above] as Entry;
      if (!before(entry, parent)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = entry;
  };
  const sink = (entry: Entry, from: number) => {
    let place = from;
    for (;;) {
      const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]];
      const child = right && left && before(right, left) ? 2 * place + 2 : 2 * place + 1;
      const next = heap[child];
      if (!next || !before(next, entry)) break;
      heap[place] = next;
      place = child;
    }
    heap[place] = entry;
  };
  const removeFirst = () => {
    const last = heap.pop() as Entry;
    if (heap.length > 0) sink(last, 0);
  };
  /** Drops cancelled entries from the top, and all of them when there are too many. */
  const tidy = () => {
    while (heap[0] && !heap[0].task) {
      removeFirst();
      cancelled--;
    }
    if (cancelled <= MOST_CANCELLED || cancelled <= heap.length / 2) return;
    heap = heap.filter(({ task }) => task);
    cancelled = 0;
    for (let place = (heap.length >> 1) - 1; place >= 0; place--) sink(heap[place] as Entry, place);
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
      const { task } = first;
      first.task = undefined;
      removeFirst();
      tidy();
      task?.();
    }
    arm();
  };

  const oneCancelled = () => {
    cancelled++;
    tidy();
    arm();
  };

  return {
    after(delayMs, task) {
      const dueMs = clock.monotonicMs() + Math.max(0, delayMs);
      const entry = new Entry(dueMs, order++, task, oneCancelled);
      heap.push(entry);
      rise(entry);
      arm();
      return entry;
    },
    get size() {
      return heap.length - cancelled;
    },
    clear() {
      for (const entry of heap) entry.task = undefined;
      heap = [];
      cancelled = 0;
      arm();
    },
  };
}
