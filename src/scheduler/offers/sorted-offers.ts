import type { HostOffer } from './host-offer.ts';
import type { OfferOrder, OfferRank } from './offer-order.ts';

/**
 * All offers in order, split into consecutive blocks, so that nobody has to copy them into one array to walk over them.
 */
export type OfferBlocks = readonly (readonly HostOffer[])[];

/** An offer in the order; needed to remove it. */
export interface SortedOffer {
  readonly offer: HostOffer;
  /** The offer's rank when it was added. */
  readonly rank: OfferRank;
  /** False once it is removed. */
  readonly isHeld: boolean;
}

/** Offers sorted by the rank that each had when it was added; it does not matter how their pools shrink later. */
export interface SortedOffers {
  /** Each added offer must have a greater `arrival` than those before. */
  add(offer: HostOffer): SortedOffer;
  remove(sorted: SortedOffer): void;
  /** This is a view: do not keep it across changes. */
  blocks(): OfferBlocks;
  /** The offers with a greater `arrival` than this, in order. */
  cameSince(arrival: number): readonly HostOffer[];
  clear(): void;
}

/** Offers with their ranks in one array of numbers, so that a search among 200,000 offers touches little memory. */
interface Ranked {
  readonly offers: HostOffer[];
  /** The ranks one after another, each with the same number of parts. */
  readonly ranks: number[];
}

/**
 * A block that grows beyond this is split in two. Adding moves half a block on average, and finds it by binary search.
 */
const MOST_IN_BLOCK = 128;
/** When more than 1 in FEW_NEW of the offers is new, walking over all is cheaper than sorting the new ones. */
const FEW_NEW = 16;

const byId = (a: HostOffer, b: HostOffer): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Compares ranks, then offer ids, so that the order is complete and runs can be repeated. */
function compared(a: SortedOffer, b: SortedOffer): number {
  for (let part = 0; part < a.rank.length; part++) {
    const left = a.rank[part] as number;
    const right = b.rank[part] as number;
    if (left !== right) return left < right ? -1 : 1;
  }
  return byId(a.offer, b.offer);
}

/** Compares the offer at index `at` with another one: negative when it is tried first. */
function comparedAt({ offers, ranks }: Ranked, at: number, { offer, rank }: SortedOffer): number {
  const from = at * rank.length;
  for (let part = 0; part < rank.length; part++) {
    const left = ranks[from + part] as number;
    const right = rank[part] as number;
    if (left !== right) return left < right ? -1 : 1;
  }
  return byId(offers[at] as HostOffer, offer);
}

function put({ offers, ranks }: Ranked, at: number, { offer, rank }: SortedOffer): void {
  offers.splice(at, 0, offer);
  ranks.splice(at * rank.length, 0, ...rank);
}

/** Cuts off and returns the second half. */
function half({ offers, ranks }: Ranked, width: number): Ranked {
  const from = offers.length >>> 1;
  return { offers: offers.splice(from), ranks: ranks.splice(from * width) };
}

/** Binary search: the first index below `count` for which `isBehind` holds; `count` when there is none. */
function firstBehind(count: number, isBehind: (at: number) => boolean): number {
  let low = 0;
  for (let high = count; low < high; ) {
    const middle = (low + high) >>> 1;
    if (isBehind(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function sortedOffers(order: OfferOrder): SortedOffers {
  const blocks: Ranked[] = [];
  const views: (readonly HostOffer[])[] = [];
  /** A copy of the first offer of each block. */
  const firsts: Ranked = { offers: [], ranks: [] };
  /** In order of arrival. Removed entries stay until they are more than about half of the list. */
  let arrived: { -readonly [K in keyof SortedOffer]: SortedOffer[K] }[] = [];
  let held = 0;

  /** The block begins with another offer. Offers are taken from the front, so this is what happens most. */
  const changeFirst = (blockAt: number, { offers, ranks }: Ranked, width: number) => {
    firsts.offers[blockAt] = offers[0] as HostOffer;
    for (let part = 0; part < width; part++) firsts.ranks[blockAt * width + part] = ranks[part] as number;
  };
  const insertBlock = (at: number, block: Ranked, width: number) => {
    blocks.splice(at, 0, block);
    views.splice(at, 0, block.offers);
    firsts.offers.splice(at, 0, block.offers[0] as HostOffer);
    firsts.ranks.splice(at * width, 0, ...block.ranks.slice(0, width));
  };
  const removeBlock = (at: number, width: number) => {
    blocks.splice(at, 1);
    views.splice(at, 1);
    firsts.offers.splice(at, 1);
    firsts.ranks.splice(at * width, width);
  };
  /**
   * Where the offer belongs: the last block that does not begin after it, and the first index there that is not before
   * it.
   */
  const placeOf = (one: SortedOffer): [blockAt: number, at: number] => {
    const behind = firstBehind(blocks.length, (n) => comparedAt(firsts, n, one) > 0);
    const blockAt = Math.max(0, behind - 1);
    const block = blocks[blockAt] as Ranked;
    return [blockAt, firstBehind(block.offers.length, (n) => comparedAt(block, n, one) >= 0)];
  };

  return {
    add(offer) {
      const one = { offer, rank: order(offer), isHeld: true };
      const width = one.rank.length;
      arrived.push(one);
      held++;
      if (blocks.length === 0) {
        insertBlock(0, { offers: [offer], ranks: [...one.rank] }, width);
        return one;
      }
      const [blockAt, at] = placeOf(one);
      const block = blocks[blockAt] as Ranked;
      put(block, at, one);
      if (at === 0) changeFirst(blockAt, block, width);
      if (block.offers.length > MOST_IN_BLOCK) insertBlock(blockAt + 1, half(block, width), width);
      return one;
    },
    remove(one: { -readonly [K in keyof SortedOffer]: SortedOffer[K] }) {
      if (!one.isHeld) return;
      const width = one.rank.length;
      const [blockAt, at] = placeOf(one);
      const block = blocks[blockAt] as Ranked;
      block.offers.splice(at, 1);
      block.ranks.splice(at * width, width);
      if (block.offers.length === 0) removeBlock(blockAt, width);
      else if (at === 0) changeFirst(blockAt, block, width);
      one.isHeld = false;
      held--;
      if (arrived.length > 2 * held + MOST_IN_BLOCK) arrived = arrived.filter(({ isHeld }) => isHeld);
    },
    blocks: () => views,
    cameSince(arrival) {
      const from = firstBehind(arrived.length, (at) => (arrived[at]?.offer.arrival as number) > arrival);
      if ((arrived.length - from) * FEW_NEW > held)
        return views.flatMap((offers) => offers.filter((offer) => offer.arrival > arrival));
      const fresh = arrived.slice(from).filter(({ isHeld }) => isHeld);
      return fresh.sort(compared).map(({ offer }) => offer);
    },
    clear() {
      blocks.length = views.length = 0;
      firsts.offers.length = firsts.ranks.length = 0;
      arrived = [];
      held = 0;
    },
  };
}
