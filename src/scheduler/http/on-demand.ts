/** Makes the elements of a list that still holds the originals. */
interface Maker<T, U> {
  make(element: T): U;
  /** Whether `make` gives the same result for this element every time, so that its encoding may be cached. */
  isLasting(element: T): boolean;
}

const makers = new WeakMap<readonly unknown[], Maker<never, unknown>>();

/** Lists longer than this are written in slices. */
export const LARGE_LIST = 500;

/**
 * Like `list.map(make)`, for a reply that is written in slices. A list longer than LARGE_LIST comes back as a copy of
 * the original elements, and `makerOf` tells how to make each when it is written. Making 100,000 elements at once would
 * keep them alive just long enough for every garbage collection meanwhile to copy them.
 * @param make makes the element to send, which leaves out parts of the original.
 * @param isLasting whether `make` gives the same for this element every time, whoever asks.
 */
export function onDemand<T extends U, U>(
  list: readonly T[],
  make: (element: T) => U,
  isLasting: (element: T) => boolean,
): readonly U[] {
  if (list.length <= LARGE_LIST) return list.map(make);
  const own = list.slice();
  makers.set(own, { make, isLasting });
  return own;
}

/** How to make the elements of the list; undefined when they are ready as they are. */
export const makerOf = <U>(list: readonly U[]): Maker<U, U> | undefined =>
  makers.get(list) as Maker<U, U> | undefined;
