/** The cache is emptied when it has grown to this many different parts. */
const MOST_PARTS = 1_000;

/**
 * Returns a function that replaces equal values by one shared object. Tasks and executors of a framework differ in
 * little but their ids, and a master may have a million of them.
 */
export function sharedParts(): <T extends object>(part: T) => T {
  const known = new Map<string, object>();
  return <T extends object>(part: T): T => {
    const text = JSON.stringify(part);
    const same = known.get(text);
    if (same) return same as T;
    if (known.size >= MOST_PARTS) known.clear();
    known.set(text, part);
    return part;
  };
}
