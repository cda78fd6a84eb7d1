import type { Hono } from 'hono';
import { messageOf } from '../base/errors.ts';
import { startBackingUp } from './backup/backup-parts.ts';
import { httpApp } from './http/http-app.ts';
import { pages } from './http/pages/pages.ts';
import { adminCalls } from './http/rpc/admin.ts';
import { type Dispatch, dispatcher } from './http/rpc/dispatch.ts';
import type { Handlers } from './http/rpc/outcome.ts';
import { jobReads } from './http/rpc/read-jobs.ts';
import { taskReads } from './http/rpc/read-tasks.ts';
import { reconcileCalls } from './http/rpc/reconcile.ts';
import type { RpcSettings } from './http/rpc/settings.ts';
import { jobWrites } from './http/rpc/write-jobs.ts';
import { type MesosSession, mesosSession } from './mesos/session.ts';
import { statusUpdates } from './mesos/status-updates.ts';
import { type UnknownTaskPolicy, unknownTaskPolicy, unknownTasks } from './mesos/unknown-tasks.ts';
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

function makeRpc(settings: PartsSettings, pending: PendingView, state: StateManager): RpcSettings {
  const { executors, options, storage, tiers } = settings;
  return { storage, state, pending, validation: { options, tiers, executors } };
}

function makeDispatch(
  settings: PartsSettings,
  rpc: RpcSettings,
  reconcile: Reconciliation,
  more: Handlers,
): Dispatch {
  const { life, options } = settings;
  return dispatcher({
    ...settings,
    handlers: {
      ...taskReads(rpc),
      ...jobReads(rpc),
      ...jobWrites(rpc),
      ...adminCalls(rpc),
      ...reconcileCalls(reconcile),
      ...more,
    },
    serverInfo: { clusterName: options.clusterName, statsUrlPrefix: options.vizJobUrlPrefix },
    notReady: () => (life.state() === 'DEAD' ? 'the scheduler is stopping' : undefined),
  });
}

/** What happens to running tasks that are not in the state; the flag `kill` makes a restored state a whole one. */
function policyOnUnknown({ log, options, storage }: PartsSettings): UnknownTaskPolicy {
  const restoration = storage.read((stores) => stores.restoration.get());
  const policy = unknownTaskPolicy(options.unknownTasks as UnknownTaskPolicy | undefined, restoration);
  if (restoration) {
    log.warn({ ...restoration, unknownTasks: policy }, 'this state was restored from a backup');
    if (options.unknownTasks === 'kill')
      storage
        .write((tx) => tx.restoration.clear())
        .catch((error) => log.error({ error: messageOf(error) }, 'the state still counts as restored'));
  }
  return policy;
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
  const policy = policyOnUnknown(settings);
  const unknown = unknownTasks({ ...settings, policy });
  const updates = statusUpdates({
    ...settings,
    state,
    unknown,
    maxBatch: options.maxStatusUpdateBatchSize,
  });
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
      // What runs and is kept is to be known soon, not in an hour.
      if (policy === 'keep') reconcile.implicit();
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
  const rpc = makeRpc(settings, pending, state);
  const backingUp = startBackingUp(settings, rpc);
  const http = httpApp({
    clock,
    dispatch: makeDispatch(settings, rpc, reconcile, backingUp.handlers),
    counters,
    log,
    pages: pages({ ...settings, book, pending, unknown, clusterName: options.clusterName }),
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
    backingUp.close();
    book.clear();
  };
  return { session, http, close };
}
