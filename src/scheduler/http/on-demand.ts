/** What makes the elements of a list, for lists that are not made yet. */
const makers = new WeakMap<readonly unknown[], (element: never) => unknown>();

/** Replies with more elements are written in slices. */
export const LARGE_LIST = 500;

/**
 * `list.map(make)` for a reply that is written in slices: a long list comes back as it is, and `sliceOf` makes its
 * elements. A hundred thousand of them at once would live just long enough to be copied by every collection meanwhile.
 * @param make an element that says less.
 */
export function onDemand<T extends U, U>(list: readonly T[], make: (element: T) => U): readonly U[] {
  if (list.length <= LARGE_LIST) return list.map(make);
  const own = list.slice();
  makers.set(own, make);
  return own;
}

/** `list.slice(from, to)`, its elements made. */
export function sliceOf<U>(list: readonly U[], from: number, to: number): readonly U[] {
  const make = makers.get(list) as ((element: U) => U) | undefined;
  const slice = list.slice(from, to);
  return make ? slice.map(make) : slice;
}
