import type { Clock, Timer } from '../../../base/clock.ts';

/** Deadlines that all are the same time after they were set, by key. */
export interface DelayLine<V> {
  /** Sets the deadline of a key anew. */
  set(key: string, value: V): void;
  /** `isWaiting` would tell the same later; until then the deadline may take memory. */
  delete(key: string): void;
  clear(): void;
}

export interface DelayLineOptions<V> {
  readonly clock: Clock;
  readonly delayMs: number;
  /** Whether what was set is still meant. */
  isWaiting(key: string, value: V): boolean;
  /** Called for what was set `delayMs` ago and is still meant. */
  due(key: string, value: V): void;
}

/** Memory for deadlines in the order in which they were set. */
interface Ring<V> {
  readonly keys: string[];
  readonly values: (V | undefined)[];
  readonly dues: Float64Array;
}

const ringOf = <V>(slots: number): Ring<V> => ({
  keys: new Array(slots).fill(''),
  values: new Array(slots).fill(undefined),
  dues: new Float64Array(slots),
});

/**
 * At most so many that were set last stand in a ring, and it is asked only when they leave it whether they are still meant.
 * Every task that starts sets two deadlines and is hardly ever late; to enter them into a map and to take them out again
 * costs several times as much. Powers of two.
 */
const [FEWEST_RECENT, MOST_RECENT] = [64, 16_384];

/**
 * Calls `due` for each key that was set `delayMs` ago. All cost O(1): deadlines come in the order in which they were set, so a
 * single timer waits for the first.
 */
export function delayLine<V>({ clock, delayMs, isWaiting, due }: DelayLineOptions<V>): DelayLine<V> {
  let ring = ringOf<V>(FEWEST_RECENT);
  let head = 0;
  let size = 0;
  /** Those that have left the ring and are still meant; all are due before those in the ring. */
  const late = new Map<string, { readonly dueMs: number; readonly value: V }>();
  let timer: Timer | undefined;

  const first = () => ({
    key: ring.keys[head] as string,
    value: ring.values[head] as V,
    dueMs: ring.dues[head] as number,
  });
  const shift = () => {
    ring.keys[head] = '';
    ring.values[head] = undefined;
    head = (head + 1) & (ring.keys.length - 1);
    size--;
  };
  const push = (key: string, value: V, dueMs: number) => {
    const at = (head + size++) & (ring.keys.length - 1);
    ring.keys[at] = key;
    ring.values[at] = value;
    ring.dues[at] = dueMs;
  };
  const grow = () => {
    const [old, from, count] = [ring, head, size];
    ring = ringOf(2 * count);
    head = size = 0;
    for (let nth = 0; nth < count; nth++) {
      const at = (from + nth) & (count - 1);
      push(old.keys[at] as string, old.values[at] as V, old.dues[at] as number);
    }
  };
  /** In a full ring. */
  const makeRoom = () => {
    const { key, value, dueMs } = first();
    const isMeant = isWaiting(key, value);
    if (isMeant && size < MOST_RECENT) return grow();
    shift();
    if (!isMeant) return;
    late.delete(key);
    late.set(key, { dueMs, value });
  };
  const run = () => {
    timer = undefined;
    const nowMs = clock.monotonicMs();
    const wait = (dueMs: number) => {
      // What was due may have set others, whose timer would be later.
      timer?.cancel();
      timer = clock.after(dueMs - nowMs, run);
    };
    for (const [key, { dueMs, value }] of late) {
      if (dueMs > nowMs) return wait(dueMs);
      late.delete(key);
      if (isWaiting(key, value)) due(key, value);
    }
    while (size > 0) {
      const { key, value, dueMs } = first();
      const isMeant = isWaiting(key, value);
      if (isMeant && dueMs > nowMs) return wait(dueMs);
      shift();
      if (isMeant) due(key, value);
    }
  };
  return {
    set(key, value) {
      if (size === ring.keys.length) makeRoom();
      push(key, value, clock.monotonicMs() + delayMs);
      timer ??= clock.after(delayMs, run);
    },
    delete(key) {
      if (late.size > 0) late.delete(key);
    },
    clear() {
      while (size > 0) shift();
      late.clear();
      timer?.cancel();
      timer = undefined;
    },
  };
}
