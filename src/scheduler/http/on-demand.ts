/** How the elements of a list are made that are not made yet. */
interface Maker<T, U> {
  make(element: T): U;
  /** Whether it makes the same of this element every time. */
  isLasting(element: T): boolean;
}

const makers = new WeakMap<readonly unknown[], Maker<never, unknown>>();

/** Replies with more elements are written in slices. */
export const LARGE_LIST = 500;

/**
 * `list.map(make)` for a reply that is written in slices: a long list comes back as it is, and `makerOf` says how its
 * elements are made. A hundred thousand of them at once would live just long enough to be copied by every collection
 * meanwhile.
 * @param make an element that says less.
 * @param isLasting whether `make` makes the same of the element every time, whoever asks.
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

/** How the elements of the list are made; undefined when they stand there as they are. */
export const makerOf = <U>(list: readonly U[]): Maker<U, U> | undefined =>
  makers.get(list) as Maker<U, U> | undefined;
