/** Lets everything that waits have its turn. */
export const yieldTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** `items.map(each)` that lets others have their turn after every `size` items; short lists are done at once. */
export async function mapInSlices<T, U>(
  items: readonly T[],
  size: number,
  each: (item: T) => U,
): Promise<U[]> {
  if (items.length <= size) return items.map(each);
  const made: U[] = [];
  for (let from = 0; from < items.length; from += size) {
    if (from > 0) await yieldTurn();
    for (const item of items.slice(from, from + size)) made.push(each(item));
  }
  return made;
}
