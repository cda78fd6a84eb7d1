import type { HostOffer } from './host-offer.ts';
import type { OfferOrder } from './offer-order.ts';

/** Offers in their order, kept as a sorted array: the walk over all of them is what has to be quick. */
export interface SortedOffers {
  add(offer: HostOffer): void;
  remove(offer: HostOffer): void;
  /** A view; not to be kept across changes. */
  all(): readonly HostOffer[];
  clear(): void;
}

/** Adding and removing search by halving; many additions in a row are sorted once, when next looked at. */
export function sortedOffers(order: OfferOrder): SortedOffers {
  let sorted: HostOffer[] = [];
  let added: HostOffer[] = [];
  let removed = new Set<HostOffer>();

  const settle = (): HostOffer[] => {
    if (removed.size > 0) {
      sorted = sorted.filter((offer) => !removed.has(offer));
      removed = new Set();
    }
    if (added.length > 0) {
      added.sort(order);
      sorted = merged(sorted, added, order);
      added = [];
    }
    return sorted;
  };
  return {
    add: (offer) => void added.push(offer),
    remove(offer) {
      const fresh = added.indexOf(offer);
      if (fresh >= 0) added.splice(fresh, 1);
      else removed.add(offer);
    },
    all: settle,
    clear() {
      sorted = [];
      added = [];
      removed = new Set();
    },
  };
}

function merged(a: readonly HostOffer[], b: readonly HostOffer[], order: OfferOrder): HostOffer[] {
  const result: HostOffer[] = [];
  let i = 0;
  for (const next of b) {
    for (let head = a[i]; head && order(head, next) <= 0; head = a[++i]) result.push(head);
    result.push(next);
  }
  for (; i < a.length; i++) result.push(a[i] as HostOffer);
  return result;
}
