import type { TaskConfig } from '../../api/index.ts';
import type { Counters } from '../metrics/counters.ts';
import type { HostOffer } from '../offers/host-offer.ts';
import { fits } from '../offers/resource-bag.ts';
import type { OfferBlocks } from '../offers/sorted-offers.ts';
import { type FilterContext, vetoes } from './filter.ts';
import type { NearestFit } from './nearest-fit.ts';
import type { Holders } from './reservations.ts';
import type { TaskRequest } from './task-request.ts';
import type { UnfitOffers } from './unfit-offers.ts';
import { isStatic, type Veto, type VetoType } from './veto.ts';

export interface MatchContext {
  readonly counters: Counters;
  readonly nearest: NearestFit;
  readonly unfit: UnfitOffers;
  /** Agents that are kept for one group, or for instances. */
  readonly reservations: Holders;
}

/** Written out instead of built from parts, because vetoes are counted a hundred thousand times a second. */
const KIND_COUNTERS = {
  static: 'scheduling_veto_static',
  dynamic: 'scheduling_veto_dynamic',
  mixed: 'scheduling_veto_mixed',
} as const;

const TYPE_COUNTERS: Readonly<Record<VetoType, string>> = {
  DEDICATED_CONSTRAINT_MISMATCH: 'scheduling_veto_dedicated_constraint_mismatch',
  MAINTENANCE: 'scheduling_veto_maintenance',
  CONSTRAINT_MISMATCH: 'scheduling_veto_constraint_mismatch',
  LIMIT_NOT_SATISFIED: 'scheduling_veto_limit_not_satisfied',
  INSUFFICIENT_RESOURCES: 'scheduling_veto_insufficient_resources',
};

/** @returns whether all of them are static */
function countVetoes(found: readonly Veto[], counters: Counters): boolean {
  let statics = 0;
  for (const veto of found) {
    counters.add(TYPE_COUNTERS[veto.type]);
    if (isStatic(veto)) statics++;
  }
  const kind = statics === found.length ? 'static' : statics === 0 ? 'dynamic' : 'mixed';
  counters.add(KIND_COUNTERS[kind]);
  return kind === 'static';
}

/**
 * Finds offers for `wanted` tasks of one group and calls `place` for each task; `place` takes the task's resources out
 * of the offer and counts the task in `filter.counts`. Offers are walked in order, one task on each. When all have been
 * used and tasks are left, the walk is repeated over the offers that took a task, so tasks share an offer only when
 * there is no other. An offer with a veto is skipped for the rest of this walk; when all its vetoes are static, it is
 * never judged again for this group.
 *
 * An offer that is too small is skipped without computing its vetoes; those are computed only when tasks are left
 * without a place, because in a full cluster nearly all offers are too small.
 * @returns how many tasks were placed.
 */
export function matchOffers(
  config: TaskConfig,
  request: TaskRequest,
  blocks: OfferBlocks,
  wanted: number,
  filter: FilterContext,
  { counters, nearest, reservations, unfit }: MatchContext,
  place: (offer: HostOffer, nth: number) => void,
): number {
  const { revocableTier, total } = request;
  const useless = unfit.of(config);
  let placed = 0;
  let evaluated = 0;
  const isOpen = (offer: HostOffer): boolean => {
    const holder = reservations.holder(offer.agentId);
    return holder === undefined || holder === config;
  };
  const objects = (offer: HostOffer): boolean => {
    evaluated++;
    const found = vetoes(request, offer, filter);
    if (found.length === 0) return false;
    const isForGood = countVetoes(found, counters);
    nearest.vetoed(config, found);
    if (isForGood) useless.add(offer.arrival);
    return true;
  };

  /** Walks over these offers until every task has its place. @returns the offers that took a task, in one block. */
  const walk = (open: OfferBlocks): HostOffer[] => {
    const took: HostOffer[] = [];
    for (const offers of open) {
      for (const offer of offers) {
        if (placed === wanted) return took;
        if (useless.has(offer.arrival)) continue;
        if (!fits(total, offer.pool.available(revocableTier)) || !isOpen(offer) || objects(offer)) continue;
        place(offer, placed++);
        took.push(offer);
      }
    }
    return took;
  };
  for (let took = walk(blocks); took.length > 0 && placed < wanted; ) took = walk([took]);
  if (placed < wanted) {
    for (const offers of blocks)
      for (const offer of offers)
        if (!useless.has(offer.arrival) && !fits(total, offer.pool.available(revocableTier)) && isOpen(offer))
          objects(offer);
  }
  counters.add('veto_evaluated_offers', evaluated);
  return placed;
}
