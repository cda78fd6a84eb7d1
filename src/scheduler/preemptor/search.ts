import type { ScheduledTask } from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../metrics/counters.ts';
import type { OfferBook } from '../offers/offer-book.ts';
import { EMPTY_BAG, type ResourceBag } from '../offers/resource-bag.ts';
import { type AttributeCounts, attributeCounts } from '../scheduling/constraints.ts';
import { type HostFacts, hostVeto, overLimits } from '../scheduling/filter.ts';
import { hostsOfJob, storedValues } from '../scheduling/job-hosts.ts';
import type { Holders, Reservations } from '../scheduling/reservations.ts';
import type { SlaGate, SlaLook } from '../sla/sla-gate.ts';
import type { ReadStores, Storage } from '../storage/index.ts';
import { type Claim, type ClaimOf, EVICTABLE, mayPreempt } from './claims.ts';
import { couldFit, evictableOn, type LoadedAgent, type LoadedAgents } from './loaded-agents.ts';
import type { Slot, Slots } from './slots.ts';
import {
  compareDisturbance,
  type Disturbance,
  disturbanceOf,
  leastDisturbing,
  type Victim,
} from './victims.ts';

export interface SearchContext {
  readonly storage: Storage;
  readonly book: OfferBook;
  readonly counters: Pick<Counters, 'add'>;
  readonly reservations: Reservations;
  /** Agents kept for instances of updates: what becomes free there is reserved for these. */
  readonly keptForUpdates?: Holders | undefined;
  readonly slots: Slots;
  readonly claimOf: ClaimOf;
  readonly unavailabilityThresholdMs: number;
  readonly clock: Clock;
  /** Shows which tasks are kept by their own SLA policies; undefined when preemption does not ask for these. */
  readonly lookAtSla?: SlaGate['look'] | undefined;
}

/** Where and for whom victims are searched. */
interface Search {
  readonly pending: Claim;
  readonly counts: AttributeCounts;
  readonly context: SearchContext;
  readonly sla: SlaLook | undefined;
}

/** How many fitting agents are compared for the least disturbance; comparing all would cost more than it gains. */
const COMPARED = 16;

/** Costs of work, in units of a glance at an agent: computing the sums of its tasks, and examining each of them. */
const SUMS_COST = 20;
const VICTIMS_COST = 20;
/** Where SLA policies count, the tasks of every job on the agent have to be counted. */
const SLA_COST = 300;
/** The work after which a search yields. */
const REPORTED_WORK = 500;

/** The agent's facts for constraints: from its offer if there is one, else from the stores. */
function factsOf(stores: ReadStores, context: SearchContext, agentId: string): HostFacts | undefined {
  const offer = context.book.ofAgent(agentId);
  if (offer) return offer;
  const stored = stores.hosts.ofAgent(agentId);
  return (
    stored && {
      attributes: storedValues(stored),
      mode: stores.modes.of(stored.host),
      unavailableFromMs: undefined,
    }
  );
}

/**
 * The free resources of an agent without an offer: no cpus and memory, otherwise Mesos would offer them. Ports are
 * never offered alone, so it may have any number of them; the offer will show whether there are enough.
 */
const NOT_OFFERED: ResourceBag = { ...EMPTY_BAG, ports: Number.POSITIVE_INFINITY };

const freeOn = (context: SearchContext, agentId: string, revocableTier: boolean): ResourceBag =>
  context.book.ofAgent(agentId)?.pool.available(revocableTier) ?? NOT_OFFERED;

/** Whether what becomes free on the agent is already kept for a group or an update. */
const isKept = ({ keptForUpdates, reservations }: SearchContext, agentId: string): boolean =>
  (reservations.holder(agentId) ?? keptForUpdates?.holder(agentId)) !== undefined;

/** The agent's facts for constraints; undefined if no task of the claim can run there. */
function hostFor(
  stores: ReadStores,
  agentId: string,
  { request }: Claim,
  nowMs: number,
  context: SearchContext,
): HostFacts | undefined {
  const facts = factsOf(stores, context, agentId);
  if (!facts) {
    context.counters.add('preemptor_missing_attributes');
    return undefined;
  }
  const { unavailabilityThresholdMs } = context;
  return hostVeto(request, facts, { nowMs, unavailabilityThresholdMs }) ? undefined : facts;
}

/**
 * Which of the `candidates` on the agent must be preempted for a task of the claim; see leastDisturbing. All of them may
 * go together, as far as SLA policies count.
 */
function victimsAmong(
  candidates: readonly ScheduledTask[],
  agentId: string,
  host: HostFacts,
  { pending, counts, context, sla }: Search,
): readonly Victim[] | undefined {
  const { request } = pending;
  let victims: Victim[] = [];
  for (const task of candidates) {
    const claim = context.claimOf(task.assignedTask.task);
    if (!mayPreempt(pending, claim) || (sla && sla.kept([task]).length > 0)) continue;
    victims.push({
      task,
      preemptible: claim.preemptible,
      frees: claim.frees[request.revocableTier ? 1 : 0],
      peer: isPeer(pending, claim),
    });
  }
  const lack = {
    need: request.total,
    have: freeOn(context, agentId, request.revocableTier),
    peers: overLimits(request, host, counts),
  };
  for (;;) {
    const chosen = leastDisturbing(victims, lack);
    const kept = chosen && sla?.kept(chosen.map(({ task }) => task));
    if (!kept || kept.length === 0) return chosen;
    // Each of them may go, but not all together: others are chosen in place of those that are too many.
    victims = victims.filter(({ task }) => !kept.includes(task));
  }
}

/**
 * Which of the slot's victims must now be preempted for a task of the claim. Undefined when the agent is no longer
 * suitable; empty when no task must be preempted.
 */
export function stillVictims(
  stores: ReadStores,
  { agentId, victimIds }: Slot,
  pending: Claim,
  counts: AttributeCounts,
  context: SearchContext,
): readonly Victim[] | undefined {
  if (isKept(context, agentId)) return undefined;
  const host = hostFor(stores, agentId, pending, context.clock.nowMs(), context);
  if (!host) return undefined;
  const candidates = victimIds.flatMap((id) => {
    const task = stores.tasks.get(id);
    return task && EVICTABLE.has(task.status) ? [task] : [];
  });
  const sla = context.lookAtSla?.(stores);
  return victimsAmong(candidates, agentId, host, { pending, counts, context, sla });
}

function isPeer(a: Claim, b: Claim): boolean {
  const { job } = a.config;
  const other = b.config.job;
  return job.role === other.role && job.environment === other.environment && job.name === other.name;
}

/** Counts the job's tasks by the attributes of their hosts, including tasks that already have a slot. */
function countsWithSlots(stores: ReadStores, { config, request }: Claim, slots: Slots): AttributeCounts {
  const hosts = function* () {
    yield* hostsOfJob(stores, config.job);
    for (const { agentId } of slots.of(config)) {
      const stored = stores.hosts.ofAgent(agentId);
      if (stored) yield storedValues(stored);
    }
  };
  return attributeCounts(hosts, request.constraints.limited);
}

/**
 * Searches for the agent on which a task of the claim disturbs least. Yields the work done since the last yield, so
 * that other work can run. The state may change meanwhile, so a slot is checked again before it is used. Starts after
 * the agent where the last search ended, so that all agents get their turn.
 */
export function* findSlot(
  pending: Claim,
  agents: LoadedAgents,
  startAt: number,
  context: SearchContext,
): Generator<number, { readonly slot: Slot | undefined; readonly endAt: number }> {
  const { revocableTier } = pending.request;
  const { list } = agents;
  const nowMs = context.clock.nowMs();
  const stores = context.storage.read((all) => all);
  const counts = countsWithSlots(stores, pending, context.slots);
  let best: { readonly disturbance: Disturbance; readonly slot: Slot } | undefined;
  let compared = 0;
  let work = 0;
  let sla = context.lookAtSla?.(stores);
  let at = startAt;
  for (let seen = 0; seen < list.length && compared < COMPARED; seen++) {
    at = (startAt + seen) % list.length;
    const agent = list[at] as LoadedAgent;
    const { agentId } = agent;
    work += agents.refresh(agent) ? SUMS_COST : 1;
    if (work >= REPORTED_WORK) {
      yield work;
      work = 0;
      sla = context.lookAtSla?.(stores);
    }
    if (!agent.sums || !couldFit(agent.sums, pending, freeOn(context, agentId, revocableTier))) continue;
    const host = hostFor(stores, agentId, pending, nowMs, context);
    if (!host || context.slots.has(agentId) || isKept(context, agentId)) continue;
    work += VICTIMS_COST + (sla ? SLA_COST : 0);
    const victims = victimsAmong(evictableOn(stores, agent), agentId, host, {
      pending,
      counts,
      context,
      sla,
    });
    if (!victims || victims.length === 0) continue;
    compared++;
    const disturbance = disturbanceOf(victims);
    if (best && compareDisturbance(best.disturbance, disturbance) <= 0) continue;
    best = {
      disturbance,
      slot: { agentId, victimIds: victims.map(({ task }) => task.assignedTask.taskId) },
    };
  }
  yield work;
  return { slot: best?.slot, endAt: at + 1 };
}
