import type { MaintenanceMode } from '../../api/index.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { invariant } from '../../base/invariant.ts';
import type { Random } from '../../base/random.ts';
import { timerQueue } from '../../base/timer-queue.ts';
import type { Offer } from '../../mesos/index.ts';
import type { Counters } from '../metrics/counters.ts';
import { setsBy } from '../storage/sets-by.ts';
import { type GivenBackOffer, givenBackOffers } from './given-back.ts';
import { type HostOffer, hostOffer, inMode } from './host-offer.ts';
import type { OfferOrder } from './offer-order.ts';
import type { RevocableTypes } from './resource-pool.ts';
import { type OfferBlocks, type SortedOffer, sortedOffers } from './sorted-offers.ts';

export interface OfferBookOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly counters: Counters;
  readonly order: OfferOrder;
  readonly revocableTypes: RevocableTypes;
  /** How long to keep an unused offer; undefined keeps it until it is rescinded. */
  readonly holdMs: number | undefined;
  /** Random addition to `holdMs`, so that offers of one allocation are not all returned at once. */
  readonly holdJitterMs: number;
  /** The maintenance mode stored for a host. */
  modeOf(hostname: string): MaintenanceMode;
  /** Returns offers to Mesos. */
  decline(offerIds: readonly string[]): void;
}

/** The offers that are ours until they are used, returned or rescinded, or the connection ends. */
export interface OfferBook {
  add(offers: readonly Offer[]): void;
  rescind(offerId: string): void;
  /** Call when the host's maintenance mode may have changed; if so, its offers are sorted again. */
  hostChanged(hostname: string): void;
  /** Restores the offer's full pool, when what was taken out of it was not used after all. */
  renew(offer: HostOffer): void;
  /**
   * Returns all offers to Mesos, because no task needs one. They are remembered; see `givenBackOffers.forgetBefore`.
   */
  giveBack(offeringSinceMs: number | undefined): void;
  /** The returned offers of agents that have not offered anything since. */
  givenBack(): Iterable<GivenBackOffer>;
  /** The returned offer of this agent, unless it has offered something since. */
  givenBackOf(agentId: string): GivenBackOffer | undefined;
  /** Call when the agent has left the cluster. */
  agentGone(agentId: string): void;
  /** Call when the session has ended, which voids every offer. */
  clear(): void;
  /** What the agent offers at the moment. */
  ofAgent(agentId: string): HostOffer | undefined;
  /** All offers in the order in which to try them. This is a view: do not keep it across changes. */
  blocks(): OfferBlocks;
  /** A copy of all offers in that order, for readers. */
  inOrder(): readonly HostOffer[];
  /** The offers that came or changed after this `arrival`, in that order. */
  cameSince(arrival: number): readonly HostOffer[];
  /** The `arrival` of the offer that came or changed last. */
  arrivals(): number;
  /** Takes an offer out to launch tasks on it. Until `settle`, its offers that are rescinded are remembered. */
  claim(offer: HostOffer): void;
  /**
   * Ends a claim.
   * @returns the ids that are still valid: all of them, unless some were rescinded.
   */
  settle(offer: HostOffer): readonly string[];
  readonly size: number;
}

/** Most offers in one DECLINE call. */
const MAX_DECLINED = 1_000;

interface Held {
  readonly offer: HostOffer;
  readonly sorted: SortedOffer;
  readonly timer: Timer | undefined;
}

/**
 * When an agent has a second offer, it is joined to the first and can be used at once. The original declines both and
 * waits for Mesos to join them. The hold time of the first offer stays.
 */
export function offerBook(options: OfferBookOptions): OfferBook {
  const { clock, random, counters } = options;
  const sorted = sortedOffers(options.order);
  const byAgent = new Map<string, Held>();
  const agentOfOffer = new Map<string, string>();
  const agentsOfHost = setsBy<string, string>();
  const claimed = new Set<string>();
  const back = givenBackOffers(clock);
  const holds = timerQueue(clock);
  let arrivals = 0;
  counters.gauge('outstanding_offers', () => byAgent.size);
  counters.gauge('offers_given_back', () => back.size);

  const put = (offer: HostOffer, timer: Timer | undefined) => {
    invariant(!byAgent.has(offer.agentId), 'an agent has two entries in the offer book', () => ({
      agentId: offer.agentId,
      offers: offer.offers.map(({ id }) => id.value),
    }));
    byAgent.set(offer.agentId, { offer, sorted: sorted.add(offer), timer });
    for (const { id } of offer.offers) agentOfOffer.set(id.value, offer.agentId);
    agentsOfHost.add(offer.hostname, offer.agentId);
  };
  /** Removes the agent's offer from every index; its timer keeps running. */
  const pull = (agentId: string): Held | undefined => {
    const held = byAgent.get(agentId);
    if (!held) return undefined;
    byAgent.delete(agentId);
    for (const { id } of held.offer.offers) agentOfOffer.delete(id.value);
    agentsOfHost.remove(held.offer.hostname, agentId);
    sorted.remove(held.sorted);
    return held;
  };
  const expire = (agentId: string) => {
    const held = pull(agentId);
    if (!held) return;
    back.add(held.offer);
    options.decline(held.offer.offers.map(({ id }) => id.value));
  };
  const holdTimer = (agentId: string): Timer | undefined => {
    if (options.holdMs === undefined) return undefined;
    const holdMs = options.holdMs + random.next() * options.holdJitterMs;
    return holds.after(holdMs, () => expire(agentId));
  };
  const build = (offers: readonly [Offer, ...Offer[]], lot: number): HostOffer =>
    hostOffer(offers, options.modeOf(offers[0].hostname), lot, options.revocableTypes, ++arrivals);
  const rebuild = (agentId: string) => {
    const held = pull(agentId);
    if (!held) return;
    put(build(held.offer.offers, held.offer.lot), held.timer);
  };

  return {
    add(offers) {
      for (const offer of offers) {
        counters.add('scheduler_resource_offers');
        const agentId = offer.agent_id.value;
        back.forget(agentId);
        const before = pull(agentId);
        if (before) {
          put(build([...before.offer.offers, offer], before.offer.lot), before.timer);
        } else put(build([offer], random.next()), holdTimer(agentId));
      }
    },
    rescind(offerId) {
      counters.add('offers_rescinded');
      if (claimed.delete(offerId)) return;
      const agentId = agentOfOffer.get(offerId);
      const held = agentId === undefined ? undefined : pull(agentId);
      if (!held) return counters.add('offer_cancel_failures');
      const [first, ...rest] = held.offer.offers.filter(({ id }) => id.value !== offerId);
      if (first) put(build([first, ...rest], held.offer.lot), held.timer);
      else held.timer?.cancel();
    },
    hostChanged(hostname) {
      const mode = options.modeOf(hostname);
      for (const agentId of agentsOfHost.of(hostname)) {
        // Only the mode matters: attributes come with the offer, and new ones come with a new offer.
        if (byAgent.get(agentId)?.offer.mode === mode) continue;
        rebuild(agentId);
      }
    },
    renew: (offer) => rebuild(offer.agentId),
    giveBack(offeringSinceMs) {
      if (offeringSinceMs !== undefined) back.forgetBefore(offeringSinceMs);
      const ids: string[] = [];
      for (const agentId of [...byAgent.keys()]) {
        const held = pull(agentId);
        if (!held) continue;
        held.timer?.cancel();
        back.add(held.offer);
        for (const { id } of held.offer.offers) ids.push(id.value);
      }
      for (let at = 0; at < ids.length; at += MAX_DECLINED) options.decline(ids.slice(at, at + MAX_DECLINED));
    },
    clear() {
      holds.clear();
      byAgent.clear();
      agentOfOffer.clear();
      agentsOfHost.clear();
      claimed.clear();
      sorted.clear();
    },
    givenBackOf: back.ofAgent,
    *givenBack() {
      // The mode may have changed since; everything else is part of the offer itself.
      for (const { atMs, offer } of back.all())
        yield { atMs, offer: inMode(offer, options.modeOf(offer.hostname)) };
    },
    agentGone: back.forget,
    ofAgent: (agentId) => byAgent.get(agentId)?.offer,
    blocks: sorted.blocks,
    inOrder: () => sorted.blocks().flat(),
    cameSince: sorted.cameSince,
    arrivals: () => arrivals,
    claim(offer) {
      pull(offer.agentId)?.timer?.cancel();
      for (const { id } of offer.offers) claimed.add(id.value);
    },
    settle: (offer) => offer.offers.map(({ id }) => id.value).filter((id) => claimed.delete(id)),
    get size() {
      return byAgent.size;
    },
  };
}
