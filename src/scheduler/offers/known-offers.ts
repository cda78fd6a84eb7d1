import type { Clock } from '../../base/clock.ts';
import type { HostOffer } from './host-offer.ts';
import type { OfferBook } from './offer-book.ts';
import type { OfferFlow } from './offer-flow.ts';

/** What an agent has free, as far as we know. */
export interface KnownOffer {
  readonly offer: HostOffer;
  /** How long ago the offer was returned to Mesos, in milliseconds; undefined while it is ours. */
  readonly givenBackMs: number | undefined;
}

/** Offers for readers, such as capacity reports and forecasts. Nothing is launched on them. */
export interface KnownOffers {
  /**
   * Our own offers in the order in which they would be tried, then the returned ones. If any of these is old, Mesos is
   * asked to offer again, so that looking once more some seconds later shows fresh ones.
   */
  look(): readonly KnownOffer[];
  /** What this agent offers, or offered last; asks Mesos as `look` does. */
  ofAgent(agentId: string): HostOffer | undefined;
}

/** When a returned offer is older than this, `look` asks Mesos for new ones. */
const OLD_MS = 60_000;

export function knownOffers(clock: Clock, book: OfferBook, flow: Pick<OfferFlow, 'ask'>): KnownOffers {
  return {
    look() {
      const nowMs = clock.monotonicMs();
      const held = book.inOrder().map((offer): KnownOffer => ({ offer, givenBackMs: undefined }));
      const back = [...book.givenBack()].map(
        ({ atMs, offer }): KnownOffer => ({ offer, givenBackMs: Math.round(nowMs - atMs) }),
      );
      if (back.some(({ givenBackMs = 0 }) => givenBackMs >= OLD_MS)) flow.ask();
      return [...held, ...back];
    },
    ofAgent(agentId) {
      const held = book.ofAgent(agentId);
      if (held) return held;
      const back = book.givenBackOf(agentId);
      if (back && clock.monotonicMs() - back.atMs >= OLD_MS) flow.ask();
      return back?.offer;
    },
  };
}
