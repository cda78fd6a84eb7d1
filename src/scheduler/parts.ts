import type { Hono } from 'hono';
import { httpApp } from './http/http-app.ts';
import { pages } from './http/pages/pages.ts';
import { adminCalls } from './http/rpc/admin.ts';
import { type Dispatch, dispatcher } from './http/rpc/dispatch.ts';
import { jobReads } from './http/rpc/read-jobs.ts';
import { taskReads } from './http/rpc/read-tasks.ts';
import { reconcileCalls } from './http/rpc/reconcile.ts';
import type { RpcSettings } from './http/rpc/settings.ts';
import { jobWrites } from './http/rpc/write-jobs.ts';
import { type MesosSession, mesosSession } from './mesos/session.ts';
import { statusUpdates } from './mesos/status-updates.ts';
import { resourceVars } from './metrics/resource-vars.ts';
import { slotVars } from './metrics/slot-vars.ts';
import { storeVars } from './metrics/store-vars.ts';
import { taskVars } from './metrics/task-vars.ts';
import { offerFlow } from './offers/offer-flow.ts';
import type { PartsSettings } from './parts-settings.ts';
import { makeGroups, makeOffers, makeRequests, revocableTypes } from './placing-parts.ts';
import { preemption } from './preemptor/preemption.ts';
import { startTaskHistory } from './pruning/task-history.ts';
import { type Reconciliation, reconciliation } from './reconciliation/reconciliation.ts';
import { nearestFit } from './scheduling/nearest-fit.ts';
import { type PendingView, pendingView } from './scheduling/nearest-fit-view.ts';
import { followState, resumePending } from './scheduling/pending-tasks.ts';
import {
  type StateEvents,
  type StateManager,
  startWatchdogs,
  stateEvents,
  stateManager,
} from './state/index.ts';

/** A scheduler without its connections: what Mesos talks to, what clients talk to. */
export interface SchedulerParts {
  readonly session: MesosSession;
  readonly http: Hono;
  /** Stops every timer; nothing acts by itself afterwards. */
  close(): void;
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
    leader: settings.leader,
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
    session.close();
    updates.close();
    reconcile.close();
    groups.close();
    book.clear();
  };
  return { session, http, close };
}
