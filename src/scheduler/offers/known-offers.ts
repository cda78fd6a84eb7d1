import type { Clock } from '../../base/clock.ts';
import type { HostOffer } from './host-offer.ts';
import type { OfferBook } from './offer-book.ts';
import type { OfferFlow } from './offer-flow.ts';

/** What an agent has free, as far as we know. */
export interface KnownOffer {
  readonly offer: HostOffer;
  /** How long ago the offer went back to Mesos; undefined while it is ours. */
  readonly givenBackMs: number | undefined;
}

/** Offers for those who only look: reports of capacity, forecasts. Nothing is launched on what this shows. */
export interface KnownOffers {
  /**
   * Ours first, in the order in which they would be tried, then those that were given back. When these are old, Mesos is
   * asked for them again, so that who looks a second time, some seconds later, sees new ones.
   */
  look(): readonly KnownOffer[];
}

/** What was given back longer ago is asked for again when somebody looks. */
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
  };
}
