import type { TaskConfig } from '../api/index.ts';
import type { SchedulerOptions } from './flags/parse.ts';
import { executorOf } from './launch/task-info.ts';
import { type OfferBook, offerBook } from './offers/offer-book.ts';
import { EMPTY_BAG } from './offers/resource-bag.ts';
import type { RevocableTypes } from './offers/resource-pool.ts';
import type { PartsSettings } from './parts-settings.ts';
import type { Preemption } from './preemptor/preemption.ts';
import type { NearestFit } from './scheduling/nearest-fit.ts';
import { schedulingRound } from './scheduling/round.ts';
import { type TaskGroups, taskGroups } from './scheduling/task-groups.ts';
import { type TaskRequest, taskRequest } from './scheduling/task-request.ts';
import type { StateManager } from './state/index.ts';

/** Configurations are shared objects, so what a group asks for is worked out once. */
function requestCache(make: (config: TaskConfig) => TaskRequest): (config: TaskConfig) => TaskRequest {
  const known = new WeakMap<TaskConfig, TaskRequest>();
  return (config) => {
    const request = known.get(config) ?? make(config);
    known.set(config, request);
    return request;
  };
}

/** Which resources tasks of revocable tiers have of their own kind. */
export const revocableTypes = (options: SchedulerOptions): RevocableTypes => ({
  cpus: options.enableRevocableCpus,
  ramMb: options.enableRevocableRam,
});

/** The offers that we hold. */
export function makeOffers({ options, calls, storage, ...world }: PartsSettings): OfferBook {
  return offerBook({
    ...world,
    revocableTypes: revocableTypes(options),
    holdMs: options.holdOffersForever ? undefined : options.minOfferHoldTimeMs,
    holdJitterMs: options.offerHoldJitterWindowMs,
    modeOf: (host) => storage.read((stores) => stores.hosts.get(host)?.mode ?? 'NONE'),
    decline: calls.decline,
  });
}

/** What tasks of a configuration ask for, executor included. */
export function makeRequests({ executors, tiers }: PartsSettings): (config: TaskConfig) => TaskRequest {
  return requestCache((config) => {
    const tier = tiers.byName.get(config.tier ?? tiers.defaultName);
    const overhead = executorOf(config, executors)?.overhead ?? EMPTY_BAG;
    return taskRequest(config, overhead, tier?.revocable ?? false);
  });
}

/** What places pending tasks, beside the settings. */
interface Placing {
  readonly requestOf: (config: TaskConfig) => TaskRequest;
  readonly book: OfferBook;
  readonly nearest: NearestFit;
  readonly state: StateManager;
  readonly launching: Set<string>;
  readonly preemption: Preemption;
}

/** The groups of pending tasks with what places them. */
export function makeGroups(settings: PartsSettings, placing: Placing): TaskGroups {
  const { executors, options } = settings;
  const { book, preemption } = placing;
  const place = schedulingRound({
    ...settings,
    ...placing,
    ...preemption,
    launch: {
      executors,
      clusterName: options.clusterName,
      populateDiscoveryInfo: options.populateDiscoveryInfo,
    },
    unavailabilityThresholdMs: options.unavailabilityThresholdMs,
  });
  return taskGroups({
    ...settings,
    firstDelayMs: options.firstScheduleDelayMs,
    initialPenaltyMs: options.initialSchedulePenaltyMs,
    maxPenaltyMs: options.maxSchedulePenaltyMs,
    maxTasksPerAttempt: options.maxTasksPerScheduleAttempt,
    maxAttemptsPerSec: options.maxScheduleAttemptsPerSec,
    maxAttemptsPerRound: options.schedulingMaxBatchSize,
    arrivals: book.arrivals,
    canPlace: () => book.size > 0 || preemption.planned(),
    place,
  });
}
