import type { ScheduledTask, TaskConfig } from '../../api/index.ts';
import type { Offer } from '../../mesos/index.ts';
import type { FlagSlice } from '../flags/slices.ts';
import type { Executors } from '../launch/executors.ts';
import { executorOf } from '../launch/task-info.ts';
import { type KnownOffers, knownOffers } from '../offers/known-offers.ts';
import { type OfferBook, offerBook } from '../offers/offer-book.ts';
import { type OfferFlow, offerFlow } from '../offers/offer-flow.ts';
import type { OfferOrder } from '../offers/offer-order.ts';
import { EMPTY_BAG } from '../offers/resource-bag.ts';
import type { RevocableTypes } from '../offers/resource-pool.ts';
import { type Preemption, preemption } from '../preemptor/preemption.ts';
import { type AgentsForUpdates, agentsForUpdates } from '../scheduling/agents-for-updates.ts';
import { nearestFit } from '../scheduling/nearest-fit.ts';
import { type PendingView, pendingView } from '../scheduling/nearest-fit-view.ts';
import { followState, resumePending } from '../scheduling/pending-tasks.ts';
import type { Holders } from '../scheduling/reservations.ts';
import { schedulingRound } from '../scheduling/round.ts';
import { type TaskGroups, taskGroups } from '../scheduling/task-groups.ts';
import { type TaskRequest, taskRequest } from '../scheduling/task-request.ts';
import { type UnansweredLaunches, unansweredLaunches } from '../scheduling/unanswered-launches.ts';
import type { SlaGate } from '../sla/sla-gate.ts';
import type { StateEvent } from '../state/index.ts';
import type { Tiers } from '../tiers.ts';
import { fitsInPlace } from '../updater/forecast.ts';
import type { Part, World } from './part.ts';

export interface PlacingSettings extends World {
  readonly tiers: Tiers;
  readonly traceOf?: ((taskId: string) => string | undefined) | undefined;
  readonly executors: Executors;
  readonly order: OfferOrder;
  readonly offerFlags: FlagSlice<'offers'>;
  readonly placingFlags: FlagSlice<'placing'>;
  readonly preemptingFlags: FlagSlice<'preempting'>;
  readonly gate: SlaGate;
}

/** Places pending tasks, and answers questions about that. */
export interface Placing extends Part {
  readonly book: OfferBook;
  readonly flow: OfferFlow;
  /** The free resources, for read-only views. */
  readonly known: KnownOffers;
  /** Why tasks are pending. */
  readonly pending: PendingView;
  /** Whether the task's launch has not reached Mesos yet. */
  launching(taskId: string): boolean;
  /** To be called when an update replaces the task by one of the next configuration, on the same agent if possible. */
  replaced(task: ScheduledTask, next: TaskConfig): void;
  /** To be called when these offers were added to the book. */
  offered(offers: readonly Offer[]): void;
  start(): void;
  close(): void;
}

/** Computes what a group requests only once, as configurations are shared objects. */
function requestCache(make: (config: TaskConfig) => TaskRequest): (config: TaskConfig) => TaskRequest {
  const known = new WeakMap<TaskConfig, TaskRequest>();
  return (config) => {
    const request = known.get(config) ?? make(config);
    known.set(config, request);
    return request;
  };
}

/** Whether another number of tasks may be pending after this event. */
const mayChangePending = (event: StateEvent): boolean =>
  event.kind === 'taskStateChanged'
    ? event.oldState === 'PENDING' || event.task.status === 'PENDING'
    : event.kind === 'tasksDeleted';

/** What a task of a configuration requests, including its executor. */
const requestsFor = ({ executors, tiers }: PlacingSettings): ((config: TaskConfig) => TaskRequest) =>
  requestCache((config) => {
    const tier = tiers.byName.get(config.tier ?? tiers.defaultName);
    const overhead = executorOf(config, executors)?.overhead ?? EMPTY_BAG;
    return taskRequest(config, overhead, tier?.revocable ?? false);
  });

/** The resource types of which tasks in revocable tiers use the revocable kind. */
const revocableTypesOf = (flags: FlagSlice<'offers'>): RevocableTypes => ({
  cpus: flags.enableRevocableCpus,
  ramMb: flags.enableRevocableRam,
});

/** The offers that we hold. */
function heldOffers(settings: PlacingSettings): OfferBook {
  const { calls, offerFlags: flags, storage } = settings;
  return offerBook({
    ...settings,
    revocableTypes: revocableTypesOf(flags),
    holdMs: flags.holdOffersForever ? undefined : flags.minOfferHoldTimeMs,
    holdJitterMs: flags.offerHoldJitterWindowMs,
    modeOf: (host) => storage.read((stores) => stores.modes.of(host)),
    decline: calls.decline,
  });
}

interface Rounds {
  readonly requestOf: (config: TaskConfig) => TaskRequest;
  readonly book: OfferBook;
  readonly nearest: ReturnType<typeof nearestFit>;
  readonly launching: UnansweredLaunches;
  readonly preemption: Preemption;
  readonly keptForUpdates: AgentsForUpdates | undefined;
}

/** The groups of pending tasks, and the rounds that place them. */
function groupsWith(settings: PlacingSettings, rounds: Rounds): TaskGroups {
  const { executors, placingFlags: flags } = settings;
  const { book, preemption } = rounds;
  const place = schedulingRound({
    ...settings,
    ...rounds,
    ...preemption,
    reservations: holdersOf(preemption, rounds.keptForUpdates),
    launch: {
      executors,
      clusterName: flags.clusterName,
      populateDiscoveryInfo: flags.populateDiscoveryInfo,
      traceOf: settings.traceOf,
    },
    unavailabilityThresholdMs: flags.unavailabilityThresholdMs,
  });
  return taskGroups({
    ...settings,
    firstDelayMs: flags.firstScheduleDelayMs,
    initialPenaltyMs: flags.initialSchedulePenaltyMs,
    maxPenaltyMs: flags.maxSchedulePenaltyMs,
    maxTasksPerAttempt: flags.maxTasksPerScheduleAttempt,
    maxAttemptsPerSec: flags.maxScheduleAttemptsPerSec,
    maxAttemptsPerRound: flags.schedulingMaxBatchSize,
    arrivals: book.arrivals,
    canPlace: () => !rounds.launching.isFull() && (book.size > 0 || preemption.planned()),
    place,
  });
}

/** All groups for which agents are kept. */
const holdersOf = ({ reservations }: Preemption, keptForUpdates: AgentsForUpdates | undefined): Holders => ({
  holder: (agentId) => keptForUpdates?.holder(agentId) ?? reservations.holder(agentId),
});

/** Holds offers, groups pending tasks, matches the two, and preempts for a task where that is justified. */
export function placing(settings: PlacingSettings): Placing {
  const { clock, counters, events, offerFlags, placingFlags, preemptingFlags, random, storage } = settings;
  const requestOf = requestsFor(settings);
  const book = heldOffers(settings);
  const nearest = nearestFit(clock);
  const launching = unansweredLaunches(() => groups.wake());
  counters.gauge('launches_unanswered', () => launching.size);
  const keptForUpdates = placingFlags.enableUpdateAffinity
    ? agentsForUpdates(clock, placingFlags.updateAffinityReservationHoldMs, settings.counters, () =>
        groups.wake(),
      )
    : undefined;
  const preempting = preemption({
    ...settings,
    keptForUpdates,
    settings: preemptingFlags,
    book,
    requestOf,
    revocableTypes: revocableTypesOf(offerFlags),
  });
  const groups = groupsWith(settings, {
    requestOf,
    book,
    nearest,
    launching,
    preemption: preempting,
    keptForUpdates,
  });
  const flow = offerFlow({
    ...settings,
    idleDelayMs: offerFlags.idleOffersDelayMs,
    pending: () => storage.read(({ tasks }) => tasks.countInStatus('PENDING')) > 0,
    giveBack: book.giveBack,
  });
  const pending = pendingView({
    ...settings,
    book,
    groups,
    nearest,
    requestOf,
    reservations: holdersOf(preempting, keptForUpdates),
    unavailabilityThresholdMs: placingFlags.unavailabilityThresholdMs,
  });
  const unfollow = events.subscribe(followState({ groups, nearest, book }));
  const unfollowKept = events.subscribe((event) => keptForUpdates?.follow(event));
  const unfollowFlow = events.subscribe((event) => {
    if (mayChangePending(event)) flow.changed();
  });
  let stopPreempting: () => void = () => {};
  return {
    book,
    flow,
    known: knownOffers(clock, book, flow),
    pending,
    launching: launching.has,
    replaced(task, next) {
      const { instanceId, slaveId, task: old } = task.assignedTask;
      if (slaveId === undefined || !fitsInPlace(requestOf, old, next)) return;
      keptForUpdates?.keep(slaveId, { job: next.job, instanceId });
    },
    offered(offers) {
      preempting.offered(offers, groups);
      for (const { agent_id: agent } of offers)
        for (const { job, instanceId } of keptForUpdates?.holder(agent.value) ?? []) {
          const task = storage.read(({ tasks }) => tasks.activeInstance(job, instanceId));
          if (task?.status === 'PENDING') groups.retry(task.assignedTask.task);
        }
      groups.wake();
    },
    start() {
      resumePending(storage, groups, placingFlags.maxRescheduleDelayOnStartupMs, random);
      stopPreempting = preempting.start(groups);
    },
    close() {
      unfollow();
      unfollowFlow();
      unfollowKept();
      keptForUpdates?.close();
      flow.disconnected();
      stopPreempting();
      groups.close();
      book.clear();
    },
  };
}
