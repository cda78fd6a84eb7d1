import type { HostOffer } from './host-offer.ts';
import type { OfferOrder, OfferRank } from './offer-order.ts';

/** Runs of offers, one behind the other: what is walked, so that nobody copies all offers to have them in a row. */
export type OfferBlocks = readonly (readonly HostOffer[])[];

/** Offers in the order that they had when they were added, however their pools shrink since. */
export interface SortedOffers {
  /** Later ones must have a greater `arrival`. */
  add(offer: HostOffer): void;
  remove(offer: HostOffer): void;
  /** A view; not to be kept across changes. */
  blocks(): OfferBlocks;
  /** Those with a greater `arrival` than this, in their order. */
  cameSince(arrival: number): readonly HostOffer[];
  clear(): void;
}

interface Block {
  readonly offers: HostOffer[];
  /** The rank of each. */
  readonly ranks: OfferRank[];
}

/** A full block becomes two. Adding moves half a block on average, and looks through the blocks by halving. */
const MOST_IN_BLOCK = 128;
/** When more than one offer in so many is new, a walk over all is cheaper than sorting the new ones. */
const FEW_NEW = 16;

function compared(rankA: OfferRank, a: HostOffer, rankB: OfferRank, b: HostOffer): number {
  for (let at = 0; at < rankA.length; at++) {
    const left = rankA[at] as number;
    const right = rankB[at] as number;
    if (left !== right) return left < right ? -1 : 1;
  }
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** The number below `count` of the first that `isBehind`; `count` when there is none. */
function firstBehind(count: number, isBehind: (at: number) => boolean): number {
  let low = 0;
  for (let high = count; low < high; ) {
    const middle = (low + high) >>> 1;
    if (isBehind(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Equal ranks keep the order of the offers' ids, so that none is lost and a run can be repeated. */
export function sortedOffers(order: OfferOrder): SortedOffers {
  const ranks = new Map<HostOffer, OfferRank>();
  const blocks: Block[] = [];
  const views: (readonly HostOffer[])[] = [];
  /** In the order of arrival; those that were removed stay until they are the most. */
  let arrived: HostOffer[] = [];

  const insertBlock = (at: number, block: Block) => {
    blocks.splice(at, 0, block);
    views.splice(at, 0, block.offers);
  };
  /** The last block that begins with this offer or one before it, and the place of the first one there not before it. */
  const placeOf = (offer: HostOffer, rank: OfferRank): [blockAt: number, at: number] => {
    const isBehind = ({ offers, ranks }: Block, at: number) =>
      compared(ranks[at] as OfferRank, offers[at] as HostOffer, rank, offer);
    const blockAt = Math.max(0, firstBehind(blocks.length, (n) => isBehind(blocks[n] as Block, 0) > 0) - 1);
    const block = blocks[blockAt] as Block;
    return [blockAt, firstBehind(block.offers.length, (n) => isBehind(block, n) >= 0)];
  };
  const split = (blockAt: number) => {
    const { offers, ranks } = blocks[blockAt] as Block;
    const from = offers.length >>> 1;
    insertBlock(blockAt + 1, { offers: offers.splice(from), ranks: ranks.splice(from) });
  };

  return {
    add(offer) {
      const rank = order(offer);
      ranks.set(offer, rank);
      arrived.push(offer);
      if (blocks.length === 0) return insertBlock(0, { offers: [offer], ranks: [rank] });
      const [blockAt, at] = placeOf(offer, rank);
      const block = blocks[blockAt] as Block;
      block.offers.splice(at, 0, offer);
      block.ranks.splice(at, 0, rank);
      if (block.offers.length > MOST_IN_BLOCK) split(blockAt);
    },
    remove(offer) {
      const rank = ranks.get(offer);
      if (!rank) return;
      const [blockAt, at] = placeOf(offer, rank);
      const block = blocks[blockAt] as Block;
      block.offers.splice(at, 1);
      block.ranks.splice(at, 1);
      if (block.offers.length === 0) {
        blocks.splice(blockAt, 1);
        views.splice(blockAt, 1);
      }
      ranks.delete(offer);
      if (arrived.length > 2 * ranks.size + MOST_IN_BLOCK) arrived = arrived.filter((one) => ranks.has(one));
    },
    blocks: () => views,
    cameSince(arrival) {
      const from = firstBehind(arrived.length, (at) => (arrived[at] as HostOffer).arrival > arrival);
      if ((arrived.length - from) * FEW_NEW > ranks.size)
        return views.flatMap((offers) => offers.filter((offer) => offer.arrival > arrival));
      const fresh = arrived.slice(from).filter((offer) => ranks.has(offer));
      return fresh.sort((a, b) => compared(ranks.get(a) as OfferRank, a, ranks.get(b) as OfferRank, b));
    },
    clear() {
      ranks.clear();
      blocks.length = 0;
      views.length = 0;
      arrived = [];
    },
  };
}
