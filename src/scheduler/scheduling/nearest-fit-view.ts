import type { TaskConfig } from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { HostOffer } from '../offers/host-offer.ts';
import type { OfferBook } from '../offers/offer-book.ts';
import { addBags, fits } from '../offers/resource-bag.ts';
import type { Storage } from '../storage/index.ts';
import { attributeCounts } from './constraints.ts';
import { type FilterContext, vetoes } from './filter.ts';
import { hostsOfJob } from './job-hosts.ts';
import type { NearestFit } from './nearest-fit.ts';
import { type Funnel, funnelWalk } from './nearest-fit-funnel.ts';
import type { Holders } from './reservations.ts';
import type { TaskGroups } from './task-groups.ts';
import type { TaskRequest } from './task-request.ts';

export interface PendingViewOptions {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly book: Pick<OfferBook, 'inOrder'>;
  readonly groups: Pick<TaskGroups, 'all'>;
  readonly nearest: Pick<NearestFit, 'of'>;
  readonly reservations: Holders;
  readonly unavailabilityThresholdMs: number;
  requestOf(config: TaskConfig): TaskRequest;
}

/** Pending tasks of one configuration. */
export interface PendingGroup {
  readonly config: TaskConfig;
  readonly taskIds: readonly string[];
  readonly penaltyMs: number;
}

/** Explains why tasks are pending. */
export interface PendingView {
  groups(): readonly PendingGroup[];
  /**
   * What the offer lacked that came nearest to fitting in past attempts; empty when none was seen in the last ten minutes.
   */
  reasons(config: TaskConfig): readonly string[];
  /** The funnel for a task of the configuration, computed now from all offers. */
  funnel(config: TaskConfig): Promise<Funnel>;
  /** How many of `wanted` new tasks of the configuration the present offers have room for. */
  room(config: TaskConfig, wanted: number): Promise<number>;
  /** The request of the configuration's tasks. */
  requestOf(config: TaskConfig): TaskRequest;
}

/** How many offers are judged before other work gets a turn: a few milliseconds' worth. */
const SLICE_OFFERS = 1000;

/** Reads what scheduling attempts know; costs nothing until it is asked. */
export function pendingView(options: PendingViewOptions): PendingView {
  const { book, clock, groups, nearest, requestOf, reservations, storage } = options;
  /**
   * Passes every offer to `look`, in slices, until `look` returns false; also says whether its agent is reserved for others.
   */
  const walk = async (config: TaskConfig, look: (offer: HostOffer, isReserved: boolean) => boolean) => {
    const offers = [...book.inOrder()];
    for (let from = 0; from < offers.length; from += SLICE_OFFERS) {
      if (from > 0) await new Promise<void>((resolve) => clock.after(0, resolve));
      for (const offer of offers.slice(from, from + SLICE_OFFERS)) {
        const holder = reservations.holder(offer.agentId);
        if (!look(offer, holder !== undefined && holder !== config)) return;
      }
    }
  };
  const filterFor = ({ config, constraints }: TaskRequest): FilterContext => ({
    counts: attributeCounts(
      () => storage.read((stores) => [...hostsOfJob(stores, config.job)]),
      constraints.limited,
    ),
    nowMs: clock.nowMs(),
    unavailabilityThresholdMs: options.unavailabilityThresholdMs,
  });
  return {
    groups: groups.all,
    requestOf,
    reasons: (config) => nearest.of(config).map(({ reason }) => reason),
    async funnel(config) {
      const request = requestOf(config);
      const collected = funnelWalk(request, filterFor(request));
      await walk(config, (offer, isReserved) => {
        collected.look(offer, isReserved);
        return true;
      });
      let known = 0;
      for (const _ of storage.read(({ hosts }) => hosts.all())) known++;
      return collected.result(known);
    },
    async room(config, wanted) {
      const request = requestOf(config);
      const filter = filterFor(request);
      let found = 0;
      await walk(config, (offer, isReserved) => {
        if (!isReserved) found += roomIn(offer, request, filter, wanted - found);
        return found < wanted;
      });
      return found;
    },
  };
}

/** How many tasks the offer can take; each one is added to the counts of the filter. */
function roomIn(offer: HostOffer, request: TaskRequest, filter: FilterContext, wanted: number): number {
  const have = offer.pool.available(request.revocableTier);
  let need = request.total;
  let found = 0;
  while (found < wanted && fits(need, have) && vetoes(request, offer, filter).length === 0) {
    filter.counts.add(offer.attributes);
    need = addBags(need, request.total);
    found++;
  }
  return found;
}
