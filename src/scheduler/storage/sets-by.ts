/** Members by key: the usual form of an index. A key with one member, the most frequent case, needs no set of its own. */
export interface SetsBy<K, V> {
  add(key: K, member: V): void;
  remove(key: K, member: V): void;
  /** A copy, in the order in which they were added. */
  of(key: K): readonly V[];
  /** Number of members under the key. */
  count(key: K): number;
  /** The members under all keys. */
  members(): Iterable<V>;
  clear(): void;
  /** Number of keys that have members. */
  readonly size: number;
}

const NONE: readonly never[] = [];

/** Members must not be sets themselves: that is how a single member is told from a set of them. */
export function setsBy<K, V extends string | object>(): SetsBy<K, V> {
  const sets = new Map<K, V | Set<V>>();
  return {
    add(key, member) {
      const known = sets.get(key);
      if (known === undefined) sets.set(key, member);
      else if (known instanceof Set) known.add(member);
      else if (known !== member) sets.set(key, new Set([known, member]));
    },
    remove(key, member) {
      const known = sets.get(key);
      if (known === member) sets.delete(key);
      else if (known instanceof Set && known.delete(member) && known.size === 0) sets.delete(key);
    },
    of(key) {
      const known = sets.get(key);
      if (known === undefined) return NONE;
      return known instanceof Set ? [...known] : [known];
    },
    count(key) {
      const known = sets.get(key);
      return known instanceof Set ? known.size : known === undefined ? 0 : 1;
    },
    members: function* () {
      for (const known of sets.values()) {
        if (known instanceof Set) yield* known;
        else yield known;
      }
    },
    clear: () => sets.clear(),
    get size() {
      return sets.size;
    },
  };
}
