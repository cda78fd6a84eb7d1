import type { FlagSlice } from '../flags/slices.ts';
import type { OfferBook } from '../offers/offer-book.ts';
import type { OfferFlow } from '../offers/offer-flow.ts';
import { forgetAbsentHosts } from '../pruning/absent-hosts.ts';
import type { Part, World } from './part.ts';

export interface ForgettingSettings extends World {
  readonly flags: Pick<FlagSlice<'watching'>, 'historyPruneThresholdMs'>;
  readonly book: Pick<OfferBook, 'inOrder' | 'givenBack'>;
  readonly flow: Pick<OfferFlow, 'ask'>;
}

/** Forgets hosts that left the cluster, after the same time as ended tasks. */
export function forgetting({ book, flags, flow, ...world }: ForgettingSettings): Part {
  let stop: () => void = () => {};
  return {
    start() {
      stop = forgetAbsentHosts({
        ...world,
        ask: flow.ask,
        *offering() {
          for (const { agentId } of book.inOrder()) yield agentId;
          for (const { offer } of book.givenBack()) yield offer.agentId;
        },
        absentMs: flags.historyPruneThresholdMs,
      });
    },
    close: () => stop(),
  };
}
