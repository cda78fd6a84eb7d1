import type { Clock } from '../../base/clock.ts';
import type { HostOffer } from './host-offer.ts';

/** What an agent had free when we returned its offer. */
export interface GivenBackOffer {
  readonly offer: HostOffer;
  /** When it was returned, on the monotonic clock. */
  readonly atMs: number;
}

/** Returned offers, by agent. Nothing can be launched on them, but they tell what is free. */
export interface GivenBackOffers {
  /** The agent's offer is returned now. */
  add(offer: HostOffer): void;
  /** The agent offers again, or has left. */
  forget(agentId: string): void;
  /**
   * Forgets offers returned before `sinceMs` (monotonic): since then Mesos has offered all that is free, so agents that
   * we have heard nothing of have nothing.
   */
  forgetBefore(sinceMs: number): void;
  all(): Iterable<GivenBackOffer>;
  ofAgent(agentId: string): GivenBackOffer | undefined;
  readonly size: number;
}

/** Holds at most one offer per agent, so its size is bounded by the cluster's. */
export function givenBackOffers(clock: Clock): GivenBackOffers {
  const byAgent = new Map<string, GivenBackOffer>();
  return {
    add: (offer) => void byAgent.set(offer.agentId, { offer, atMs: clock.monotonicMs() }),
    forget: (agentId) => void byAgent.delete(agentId),
    forgetBefore(sinceMs) {
      for (const [agentId, { atMs }] of byAgent) if (atMs < sinceMs) byAgent.delete(agentId);
    },
    all: () => byAgent.values(),
    ofAgent: (agentId) => byAgent.get(agentId),
    get size() {
      return byAgent.size;
    },
  };
}
