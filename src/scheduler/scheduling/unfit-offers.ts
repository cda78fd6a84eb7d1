/** The `arrival` numbers of offers that no task of a group can ever use, because every veto was static. */
export interface UnfitOffers {
  /** @param group the key of the group: the configuration of its tasks. */
  of(group: object): Set<number>;
}

/** Numbers of offers that are gone stay in the sets, so a set that reaches this size is started anew. */
const MOST_OFFERS = 50_000;

/**
 * Kept by group, not by offer: an attempt that skips thousands of useless offers then reads little more than their
 * numbers. An offer gets a new number when it, or its host, changes.
 */
export function unfitOffers(): UnfitOffers {
  const byGroup = new WeakMap<object, Set<number>>();
  return {
    of(group) {
      const known = byGroup.get(group);
      if (known && known.size < MOST_OFFERS) return known;
      const fresh = new Set<number>();
      byGroup.set(group, fresh);
      return fresh;
    },
  };
}
