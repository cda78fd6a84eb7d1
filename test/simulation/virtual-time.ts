import type { Clock, Timer } from '../../src/base/clock.ts';
import type { Random } from '../../src/base/random.ts';

interface Entry {
  readonly atMs: number;
  /** Decides between equal times: drawn, so that every order of things that happen at once is met by some seed. */
  readonly lot: number;
  task: (() => void) | undefined;
}

/** The only source of things that happen: nothing moves unless its turn in this queue has come. */
export interface VirtualTime extends Clock {
  /** Runs everything that falls due until then; after each event every promise that can settle has settled. */
  runUntil(atMs: number): Promise<void>;
  /** Ends `runUntil` after the event under way: nothing after it matters any more. */
  halt(): void;
  /** Moves the wall clock, as an administrator would. */
  shiftWall(byMs: number): void;
  /** Events run so far. */
  events(): number;
}

const WALL_START_MS = Date.UTC(2026, 0, 1);

const before = (a: Entry, b: Entry): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.lot < b.lot);

/** Lets every promise settle that does not wait for an event. */
const promisesSettled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

export function virtualTime(random: Random): VirtualTime {
  const heap: Entry[] = [];
  let nowMs = 0;
  let wallOffsetMs = WALL_START_MS;
  let events = 0;
  let halted = false;

  const push = (entry: Entry) => {
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!before(entry, heap[parent] as Entry)) break;
      heap[place] = heap[parent] as Entry;
      place = parent;
    }
    heap[place] = entry;
  };
  const pop = (): Entry | undefined => {
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const child = right < heap.length && before(heap[right] as Entry, heap[left] as Entry) ? right : left;
      if (!before(heap[child] as Entry, last)) break;
      heap[place] = heap[child] as Entry;
      place = child;
    }
    heap[place] = last;
    return first;
  };

  return {
    nowMs: () => Math.floor(wallOffsetMs + nowMs),
    monotonicMs: () => nowMs,
    after(delayMs, task): Timer {
      const entry: Entry = { atMs: nowMs + Math.max(0, delayMs), lot: random.next(), task };
      push(entry);
      return {
        cancel() {
          entry.task = undefined;
        },
      };
    },
    async runUntil(atMs) {
      await promisesSettled();
      while (!halted && heap.length > 0 && (heap[0] as Entry).atMs <= atMs) {
        const entry = pop() as Entry;
        const { task } = entry;
        if (!task) continue;
        entry.task = undefined;
        nowMs = Math.max(nowMs, entry.atMs);
        events++;
        task();
        await promisesSettled();
      }
      if (!halted) nowMs = Math.max(nowMs, atMs);
    },
    halt() {
      halted = true;
    },
    shiftWall(byMs) {
      wallOffsetMs += byMs;
    },
    events: () => events,
  };
}
