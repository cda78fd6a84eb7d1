/** What was encoded lately, by the value that it was made of. Values never change: a changed task is another value. */
export interface RecentlyEncoded {
  /** The bytes, made by `encode` unless they are remembered. */
  of(value: object, encode: () => Uint8Array): Uint8Array;
}

/**
 * Remembers `mostBytes` of encoded values at most. Those that nobody asked for while half as much was made are
 * forgotten: two maps take turns, so that a look costs one search and forgetting costs nothing.
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
