import type { Clock, Timer } from '../../../base/clock.ts';

/** Deadlines that all are the same time after they were set, by key. */
export interface DelayLine<V> {
  /** Sets the deadline of a key anew. */
  set(key: string, value: V): void;
  /** Need not be called where `isWaiting` tells the same, but what is called for in time takes no memory. */
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

/**
 * So many that were set last stand in a ring, and it is asked only when they leave it whether they are still meant. A power
 * of two. Every task that starts sets two deadlines and is hardly ever late; to enter them into a map and to take them out
 * again costs several times as much.
 */
const RECENT = 2_048;

/**
 * Calls `due` for each key that was set `delayMs` ago. All cost O(1): deadlines come in the order in which they were set, so a
 * single timer waits for the first.
 */
export function delayLine<V>({ clock, delayMs, isWaiting, due }: DelayLineOptions<V>): DelayLine<V> {
  const keys: string[] = new Array(RECENT).fill('');
  const values: (V | undefined)[] = new Array(RECENT).fill(undefined);
  const dues = new Float64Array(RECENT);
  let head = 0;
  let size = 0;
  /** Those that have left the ring and are still meant; all are due before those in the ring. */
  const late = new Map<string, { readonly dueMs: number; readonly value: V }>();
  let timer: Timer | undefined;

  const shift = () => {
    keys[head] = '';
    values[head] = undefined;
    head = (head + 1) & (RECENT - 1);
    size--;
  };
  /** Makes room in the ring. */
  const retire = () => {
    const [key, value, dueMs] = [keys[head] as string, values[head] as V, dues[head] as number];
    shift();
    if (!isWaiting(key, value)) return;
    late.delete(key);
    late.set(key, { dueMs, value });
  };
  const run = () => {
    timer = undefined;
    const nowMs = clock.monotonicMs();
    const wait = (dueMs: number) => {
      timer ??= clock.after(dueMs - nowMs, run);
    };
    for (const [key, { dueMs, value }] of late) {
      if (dueMs > nowMs) return wait(dueMs);
      late.delete(key);
      if (isWaiting(key, value)) due(key, value);
    }
    while (size > 0) {
      const [key, value, dueMs] = [keys[head] as string, values[head] as V, dues[head] as number];
      const isMeant = isWaiting(key, value);
      if (isMeant && dueMs > nowMs) return wait(dueMs);
      shift();
      if (isMeant) due(key, value);
    }
  };
  return {
    set(key, value) {
      if (size === RECENT) retire();
      const at = (head + size++) & (RECENT - 1);
      keys[at] = key;
      values[at] = value;
      dues[at] = clock.monotonicMs() + delayMs;
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
