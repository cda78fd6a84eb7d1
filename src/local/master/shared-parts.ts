import { isSameJson } from '../../base/same-json.ts';

/** The cache is emptied when it has grown to this many different parts. */
const MOST_PARTS = 1_000;
/** So many parts are compared before one is looked up by its text, which takes several times as long. */
const MOST_RECENT = 8;

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
    for (const other of recent) if (isSameJson(other, part)) return other as T;
    const same = lookUp(part);
    recent[oldest] = same;
    oldest = (oldest + 1) % MOST_RECENT;
    return same as T;
  };
}
