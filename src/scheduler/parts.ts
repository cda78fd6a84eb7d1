import type { Hono } from 'hono';
import type { TaskConfig } from '../api/index.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { SchedulerOptions } from './flags/parse.ts';
import { httpApp } from './http/http-app.ts';
import { pages } from './http/pages/pages.ts';
import { adminCalls } from './http/rpc/admin.ts';
import { type Dispatch, dispatcher } from './http/rpc/dispatch.ts';
import { jobReads } from './http/rpc/read-jobs.ts';
import { taskReads } from './http/rpc/read-tasks.ts';
import { reconcileCalls } from './http/rpc/reconcile.ts';
import type { RpcSettings } from './http/rpc/settings.ts';
import { jobWrites } from './http/rpc/write-jobs.ts';
import type { Executors } from './launch/executors.ts';
import { executorOf } from './launch/task-info.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { MesosCalls } from './mesos/calls.ts';
import { type MesosSession, mesosSession } from './mesos/session.ts';
import { statusUpdates } from './mesos/status-updates.ts';
import type { Counters } from './metrics/counters.ts';
import { resourceVars } from './metrics/resource-vars.ts';
import { slotVars } from './metrics/slot-vars.ts';
import { storeVars } from './metrics/store-vars.ts';
import { taskVars } from './metrics/task-vars.ts';
import { type OfferBook, offerBook } from './offers/offer-book.ts';
import { offerFlow } from './offers/offer-flow.ts';
import type { OfferOrder } from './offers/offer-order.ts';
import { EMPTY_BAG } from './offers/resource-bag.ts';
import type { RevocableTypes } from './offers/resource-pool.ts';
import { type Preemption, preemption } from './preemptor/preemption.ts';
import { startTaskHistory } from './pruning/task-history.ts';
import { type Reconciliation, reconciliation } from './reconciliation/reconciliation.ts';
import { type NearestFit, nearestFit } from './scheduling/nearest-fit.ts';
import { type PendingView, pendingView } from './scheduling/nearest-fit-view.ts';
import { followState, resumePending } from './scheduling/pending-tasks.ts';
import { schedulingRound } from './scheduling/round.ts';
import { type TaskGroups, taskGroups } from './scheduling/task-groups.ts';
import { type TaskRequest, taskRequest } from './scheduling/task-request.ts';
import {
  type StateEvents,
  type StateManager,
  startWatchdogs,
  stateEvents,
  stateManager,
} from './state/index.ts';
import type { Storage } from './storage/index.ts';
import type { Tiers } from './tiers.ts';

/** What the parts are made from: flags already read and checked, and the world. */
export interface PartsSettings {
  readonly options: SchedulerOptions;
  readonly hostname: string;
  readonly tiers: Tiers;
  readonly executors: Executors;
  readonly order: OfferOrder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly counters: Counters;
  readonly storage: Storage;
  readonly calls: MesosCalls;
  readonly life: Lifecycle;
}

/** A scheduler without its connections: what Mesos talks to, what clients talk to. */
export interface SchedulerParts {
  readonly session: MesosSession;
  readonly http: Hono;
  /** Stops every timer; nothing acts by itself afterwards. */
  close(): void;
}

/** Configurations are shared objects, so what a group asks for is worked out once. */
function requestCache(make: (config: TaskConfig) => TaskRequest): (config: TaskConfig) => TaskRequest {
  const known = new WeakMap<TaskConfig, TaskRequest>();
  return (config) => {
    const request = known.get(config) ?? make(config);
    known.set(config, request);
    return request;
  };
}

const revocableTypes = (options: SchedulerOptions): RevocableTypes => ({
  cpus: options.enableRevocableCpus,
  ramMb: options.enableRevocableRam,
});

function makeOffers({ options, calls, storage, ...world }: PartsSettings): OfferBook {
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
function makeRequests({ executors, tiers }: PartsSettings): (config: TaskConfig) => TaskRequest {
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

function makeGroups(settings: PartsSettings, placing: Placing): TaskGroups {
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
    canPlace: () => book.size > 0 || preemption.planned(),
    place,
  });
}

function makeDispatch(
  settings: PartsSettings,
  pending: PendingView,
  state: StateManager,
  reconcile: Reconciliation,
): Dispatch {
  const { executors, life, options, storage, tiers } = settings;
  const rpc: RpcSettings = { storage, state, pending, validation: { options, tiers, executors } };
  return dispatcher({
    ...settings,
    handlers: {
      ...taskReads(rpc),
      ...jobReads(rpc),
      ...jobWrites(rpc),
      ...adminCalls(rpc),
      ...reconcileCalls(reconcile),
    },
    serverInfo: { clusterName: options.clusterName, statsUrlPrefix: options.vizJobUrlPrefix },
    notReady: () => (life.state() === 'DEAD' ? 'the scheduler is stopping' : undefined),
  });
}

function watch(settings: PartsSettings, state: StateManager, events: StateEvents): () => void {
  return startWatchdogs({
    ...settings,
    state,
    events,
    kill: settings.calls.kill,
    settings: settings.options,
  });
}

/** Makes every part of a scheduler and ties them together; nothing runs before Mesos' first event. */
export function schedulerParts(settings: PartsSettings): SchedulerParts {
  const { calls, clock, counters, hostname, life, log, options, random, storage } = settings;
  const events = stateEvents(log);
  const state = stateManager({
    clock,
    random,
    counters,
    events,
    kill: calls.kill,
    schedulerHost: hostname,
    flapping: options,
  });
  const book = makeOffers(settings);
  const nearest = nearestFit(clock);
  const launching = new Set<string>();
  const requestOf = makeRequests(settings);
  const preempting = preemption({
    ...settings,
    settings: options,
    state,
    events,
    book,
    requestOf,
    revocableTypes: revocableTypes(options),
  });
  const placing = { requestOf, book, nearest, state, launching, preemption: preempting };
  const groups = makeGroups(settings, placing);
  const updates = statusUpdates({ ...settings, state, maxBatch: options.maxStatusUpdateBatchSize });
  const reconcile = reconciliation({
    ...settings,
    settings: options,
    launching: (taskId) => launching.has(taskId),
  });
  const unfollow = events.subscribe(followState({ groups, nearest, book }));
  const flow = offerFlow({
    ...settings,
    idleDelayMs: options.idleOffersDelayMs,
    pending: () => storage.read(({ tasks }) => tasks.countInStatus('PENDING')) > 0,
    giveBack: book.giveBack,
  });
  const unfollowFlow = events.subscribe(flow.changed);
  let unwatch: () => void = () => {};
  let stopPreempting: () => void = () => {};
  let stopForgetting: () => void = () => {};
  const session = mesosSession({
    ...settings,
    state,
    book,
    updates,
    reconciliation: reconcile,
    flow,
    offered(offers) {
      preempting.offered(offers, groups);
      groups.wake();
    },
    subscribed() {
      if (!life.to('ACTIVE')) return;
      resumePending(storage, groups, options.maxRescheduleDelayOnStartupMs, random);
      unwatch = watch(settings, state, events);
      stopPreempting = preempting.start(groups);
      stopForgetting = startTaskHistory({ ...settings, state, events, settings: options });
      reconcile.start();
    },
  });
  storeVars(storage, counters);
  const uncount = events.subscribe(taskVars(storage, counters));
  const uncountResources = resourceVars({ ...settings, intervalMs: options.asyncTaskStatUpdateIntervalMs });
  slotVars(book, counters, clock, options.asyncSlotStatUpdateIntervalMs);
  const pending = pendingView({
    ...settings,
    book,
    groups,
    nearest,
    requestOf,
    reservations: preempting.reservations,
    unavailabilityThresholdMs: options.unavailabilityThresholdMs,
  });
  const http = httpApp({
    clock,
    dispatch: makeDispatch(settings, pending, state, reconcile),
    counters,
    log,
    pages: pages({ ...settings, book, pending, clusterName: options.clusterName }),
    corsOrigin: options.enableCorsFor,
    healthy: () => life.state() !== 'DEAD',
    leading: () => life.state() === 'ACTIVE',
  });
  const close = () => {
    unfollow();
    unfollowFlow();
    flow.disconnected();
    uncount();
    uncountResources();
    unwatch();
    stopPreempting();
    stopForgetting();
    updates.close();
    reconcile.close();
    groups.close();
    book.clear();
  };
  return { session, http, close };
}
