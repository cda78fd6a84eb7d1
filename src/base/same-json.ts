type Members = Readonly<Record<string, unknown>>;

function isSameList(a: readonly unknown[], b: unknown): boolean {
  if (!Array.isArray(b) || a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (!isSameJson(a[at], b[at])) return false;
  return true;
}

/**
 * Whether two values that were read from JSON are equal, in whatever order their members are. It makes no lists of names,
 * because it runs several times for each task and each offer.
 */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return isSameList(a, b);
  let more = 0;
  for (const name in a) {
    more++;
    // The one name that an object without such a member has, too, with an object behind it.
    if (name === '__proto__' && !Object.hasOwn(b, name)) return false;
    if (!isSameJson((a as Members)[name], (b as Members)[name])) return false;
  }
  for (const _name in b) more--;
  return more === 0 && !Array.isArray(b);
}
