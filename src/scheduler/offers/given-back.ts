import type { Clock } from '../../base/clock.ts';
import type { HostOffer } from './host-offer.ts';

/** What an agent had free when we gave its offer back. */
export interface GivenBackOffer {
  readonly offer: HostOffer;
  /** On the monotonic clock. */
  readonly atMs: number;
}

/** Offers that are ours no more, by agent: nothing can be launched on them, but they say what is free. */
export interface GivenBackOffers {
  /** The agent's offer goes back now. */
  add(offer: HostOffer): void;
  /** The agent offers again, or is gone. */
  forget(agentId: string): void;
  /** Mesos has offered whatever is free since `sinceMs`: agents that gave us nothing since then have nothing. */
  forgetBefore(sinceMs: number): void;
  all(): Iterable<GivenBackOffer>;
  readonly size: number;
}

/** One for each agent, so it is bounded by the cluster's size. */
export function givenBackOffers(clock: Clock): GivenBackOffers {
  const byAgent = new Map<string, GivenBackOffer>();
  return {
    add: (offer) => void byAgent.set(offer.agentId, { offer, atMs: clock.monotonicMs() }),
    forget: (agentId) => void byAgent.delete(agentId),
    forgetBefore(sinceMs) {
      for (const [agentId, { atMs }] of byAgent) if (atMs < sinceMs) byAgent.delete(agentId);
    },
    all: () => byAgent.values(),
    get size() {
      return byAgent.size;
    },
  };
}
