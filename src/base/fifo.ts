/**
 * A queue in a ring of memory: first in, first out. Arrays and sets do it, too, but they move to new memory while they are
 * used, and until the next collection of the whole heap V8 keeps alive what the old memory held: everything that ever
 * waited in a busy queue would survive.
 */
export interface Fifo<T> {
  readonly size: number;
  push(one: T): void;
  /** The one that waits longest. */
  first(): T | undefined;
  /** Removes the one that waits longest. */
  shift(): T | undefined;
  /** A copy of the first `most`, longest waiting first. Default: of all. */
  copy(most?: number): T[];
}

/** Slots of a new queue; a power of two, as is every later number. */
const SLOTS = 16;

export function fifo<T>(): Fifo<T> {
  let slots: (T | undefined)[] = new Array(SLOTS).fill(undefined);
  let head = 0;
  let size = 0;
  const at = (nth: number) => (head + nth) & (slots.length - 1);
  const copy = (most: number): T[] => {
    const some: T[] = [];
    for (let nth = 0; nth < Math.min(most, size); nth++) some.push(slots[at(nth)] as T);
    return some;
  };
  return {
    get size() {
      return size;
    },
    push(one) {
      if (size === slots.length) {
        slots = [...copy(size), ...new Array(size).fill(undefined)];
        head = 0;
      }
      slots[at(size++)] = one;
    },
    first: () => (size === 0 ? undefined : slots[head]),
    shift() {
      if (size === 0) return undefined;
      const one = slots[head];
      slots[head] = undefined;
      head = at(1);
      size--;
      return one;
    },
    copy: (most = size) => copy(most),
  };
}
