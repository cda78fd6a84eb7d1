/** Cache of encoded values, keyed by the value itself. Values are immutable: a changed task is another object. */
export interface RecentlyEncoded {
  /** The bytes of the value, from the cache or else made by `encode`. */
  of(value: object, encode: () => Uint8Array): Uint8Array;
}

/**
 * Remembers at most about `mostBytes` of encoded values, in two maps of half that size. When the young map is full, it
 * replaces the old one; values in the old map that were not asked for in the meantime are forgotten. A lookup costs at
 * most two searches, and forgetting costs nothing.
 */
export function recentlyEncoded(mostBytes: number): RecentlyEncoded {
  let young = new Map<object, Uint8Array>();
  let old = new Map<object, Uint8Array>();
  let youngBytes = 0;
  const keep = (value: object, bytes: Uint8Array) => {
    young.set(value, bytes);
    youngBytes += bytes.length;
    if (youngBytes < mostBytes / 2) return;
    old = young;
    young = new Map();
    youngBytes = 0;
  };
  return {
    of(value, encode) {
      const known = young.get(value);
      if (known) return known;
      const bytes = old.get(value) ?? encode();
      keep(value, bytes);
      return bytes;
    },
  };
}
