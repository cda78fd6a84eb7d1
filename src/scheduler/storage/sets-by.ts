/** Sets of members by a key: the usual form of an index. Empty sets do not stay. */
export interface SetsBy<K, V> {
  add(key: K, member: V): void;
  remove(key: K, member: V): void;
  of(key: K): ReadonlySet<V>;
  /** The members under all keys. */
  members(): Iterable<V>;
}

export function setsBy<K, V>(): SetsBy<K, V> {
  const sets = new Map<K, Set<V>>();
  const none: ReadonlySet<V> = new Set();
  return {
    add(key, member) {
      const set = sets.get(key);
      if (set) set.add(member);
      else sets.set(key, new Set([member]));
    },
    remove(key, member) {
      const set = sets.get(key);
      if (set?.delete(member) && set.size === 0) sets.delete(key);
    },
    of: (key) => sets.get(key) ?? none,
    members: function* () {
      for (const set of sets.values()) yield* set;
    },
  };
}
