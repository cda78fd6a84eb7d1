import type { TaskConfig } from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { OfferBook } from '../offers/offer-book.ts';
import type { Storage } from '../storage/index.ts';
import { attributeCounts } from './constraints.ts';
import { hostsOfJob } from './job-hosts.ts';
import type { NearestFit } from './nearest-fit.ts';
import { type Funnel, funnelWalk } from './nearest-fit-funnel.ts';
import type { Reservations } from './reservations.ts';
import type { TaskGroups } from './task-groups.ts';
import type { TaskRequest } from './task-request.ts';

export interface PendingViewOptions {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly book: Pick<OfferBook, 'inOrder'>;
  readonly groups: Pick<TaskGroups, 'all'>;
  readonly nearest: Pick<NearestFit, 'of'>;
  readonly reservations: Pick<Reservations, 'holder'>;
  readonly unavailabilityThresholdMs: number;
  requestOf(config: TaskConfig): TaskRequest;
}

/** Pending tasks of one configuration. */
export interface PendingGroup {
  readonly config: TaskConfig;
  readonly taskIds: readonly string[];
  readonly penaltyMs: number;
}

/** Why tasks are pending. */
export interface PendingView {
  groups(): readonly PendingGroup[];
  /** What the nearest fit that attempts have met lacked; empty when none was met in the last ten minutes. */
  reasons(config: TaskConfig): readonly string[];
  /** What becomes of every agent for a task of the configuration, judged now. */
  funnel(config: TaskConfig): Promise<Funnel>;
}

/** Offers that are judged before others get a turn: a few milliseconds. */
const SLICE_OFFERS = 1000;

/** Looks at what attempts know; costs nothing until somebody asks. */
export function pendingView(options: PendingViewOptions): PendingView {
  const { book, clock, groups, nearest, requestOf, reservations, storage } = options;
  return {
    groups: groups.all,
    reasons: (config) => nearest.of(config).map(({ reason }) => reason),
    async funnel(config) {
      const hosts = () => storage.read((stores) => [...hostsOfJob(stores, config.job)]);
      const request = requestOf(config);
      const walk = funnelWalk(request, {
        counts: attributeCounts(hosts, request.constraints.limited),
        nowMs: clock.nowMs(),
        unavailabilityThresholdMs: options.unavailabilityThresholdMs,
      });
      const offers = [...book.inOrder()];
      for (let from = 0; from < offers.length; from += SLICE_OFFERS) {
        if (from > 0) await new Promise<void>((resolve) => clock.after(0, resolve));
        for (const offer of offers.slice(from, from + SLICE_OFFERS)) {
          const holder = reservations.holder(offer.agentId);
          walk.look(offer, holder !== undefined && holder !== config);
        }
      }
      let known = 0;
      for (const _ of storage.read(({ hosts }) => hosts.all())) known++;
      return walk.result(known);
    },
  };
}
