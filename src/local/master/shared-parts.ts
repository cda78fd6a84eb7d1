/** The cache is emptied when it has grown to this many different parts. */
const MOST_PARTS = 1_000;
/** So many parts are compared before one is looked up by its text, which takes several times as long. */
const MOST_RECENT = 8;

type Members = Readonly<Record<string, unknown>>;

function isSameList(a: readonly unknown[], b: unknown): boolean {
  if (!Array.isArray(b) || a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (!isSame(a[at], b[at])) return false;
  return true;
}

/** Whether two JSON values are equal. It makes no lists of names, because it runs several times for each task. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return isSameList(a, b);
  let more = 0;
  for (const name in a) {
    more++;
    if (!isSame((a as Members)[name], (b as Members)[name])) return false;
  }
  for (const _name in b) more--;
  return more === 0 && !Array.isArray(b);
}

/**
 * Returns a function that replaces equal values by one shared object. Tasks and executors of a framework differ in
 * little but their ids, and a master may have a million of them.
 */
export function sharedParts(): <T extends object>(part: T) => T {
  const known = new Map<string, object>();
  /** Those looked up last; the next one takes the place of the oldest. */
  const recent: object[] = [];
  let oldest = 0;
  const lookUp = (part: object): object => {
    const text = JSON.stringify(part);
    const same = known.get(text);
    if (same) return same;
    if (known.size >= MOST_PARTS) known.clear();
    known.set(text, part);
    return part;
  };
  return <T extends object>(part: T): T => {
    for (const other of recent) if (isSame(other, part)) return other as T;
    const same = lookUp(part);
    recent[oldest] = same;
    oldest = (oldest + 1) % MOST_RECENT;
    return same as T;
  };
}
