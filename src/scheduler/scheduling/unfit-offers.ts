/** By the `arrival` of offers: those that no task of a group can ever use, because every veto was static. */
export interface UnfitOffers {
  /** @param group its key, the configuration of its tasks. */
  of(group: object): Set<number>;
}

/** Offers come and go, their numbers stay in the sets: a set of this size starts over. */
const MOST_OFFERS = 50_000;

/**
 * Kept by group and not by offer: an attempt that walks past thousands of useless offers then looks at little else than
 * their numbers. A changed offer, or host, has a new number.
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
