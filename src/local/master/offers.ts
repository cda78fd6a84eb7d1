import type { InverseOffer, Offer } from '../../mesos/index.ts';
import { returnOffered } from './accounting.ts';
import { contains, type Pool } from './resources/pool.ts';
import { type ResourceForm, writeResources } from './resources/resource-form.ts';
import {
  type Agent,
  type InverseOfferRecord,
  type MasterFramework,
  type MasterState,
  type OfferRecord,
  tell,
} from './state.ts';

/** The form of resources that a framework understands. Source: golden/mesos facts 46, 47. */
const formOf = (framework: MasterFramework): ResourceForm => ({
  reservations: framework.capabilities.has('RESERVATION_REFINEMENT') ? 'refined' : 'plain',
  allocation: framework.capabilities.has('MULTI_ROLE'),
});

const urlOf = (agent: Agent) => ({
  scheme: 'http',
  address: { hostname: agent.info.hostname, ip: agent.ip, port: agent.info.port ?? 5051 },
  path: '/slave(1)',
});

/** An offer as a framework or an operator sees it. */
export function offerMessage(record: OfferRecord, form: ResourceForm): Offer {
  const { framework, agent } = record;
  const executorIds = agent.executors.idsOf(framework.id);
  return {
    id: { value: record.id },
    framework_id: { value: framework.id },
    agent_id: { value: agent.id },
    hostname: agent.info.hostname,
    url: urlOf(agent),
    ...(agent.info.domain ? { domain: agent.info.domain } : {}),
    resources: writeResources(record.pool, form),
    ...(agent.info.attributes?.length ? { attributes: agent.info.attributes } : {}),
    ...(executorIds.length ? { executor_ids: executorIds } : {}),
    ...(agent.unavailability ? { unavailability: agent.unavailability } : {}),
    ...(form.allocation ? { allocation_info: { role: record.role } } : {}),
  };
}

/** Sorts resources as Mesos' offers usually are: reserved before unreserved, ports and sets before scalars. */
function inOfferOrder(pool: Pool): Pool {
  const rank = (amount: Pool[number]) =>
    (amount.kind.reservations.length ? 0 : 2) + ('milli' in amount ? 1 : 0);
  return [...pool].sort((a, b) => rank(a) - rank(b));
}

/** Resources to be offered to one framework in one role on one agent. */
export interface Grant {
  readonly agent: Agent;
  readonly role: string;
  /** Allocated to `role`. */
  readonly pool: Pool;
}

/** Sends offers of resources that `reserveForOffer` has taken, in one OFFERS event. */
export function offer(master: MasterState, framework: MasterFramework, grants: readonly Grant[]): void {
  const form = formOf(framework);
  const messages = grants.map((grant) => {
    const record: OfferRecord = {
      id: `${master.id}-O${master.nextOffer++}`,
      framework,
      agent: grant.agent,
      role: grant.role,
      pool: inOfferOrder(grant.pool),
      timeout: undefined,
    };
    master.offers.set(record.id, record);
    framework.offers.add(record);
    grant.agent.offers.add(record);
    if (master.flags.offerTimeoutMs !== undefined)
      record.timeout = master.clock.after(master.flags.offerTimeoutMs, () => rescind(master, record));
    return offerMessage(record, form);
  });
  tell(framework, { type: 'OFFERS', offers: { offers: messages } });
}

function forget(master: MasterState, record: OfferRecord): void {
  record.timeout?.cancel();
  master.offers.delete(record.id);
  record.framework.offers.delete(record);
  record.agent.offers.delete(record);
}

/** Removes an offer that the framework used; the caller now owns its resources. */
export const takeOffer = forget;

/** Removes an offer silently and returns its resources. */
export function withdraw(master: MasterState, record: OfferRecord): void {
  forget(master, record);
  returnOffered(record.framework, record.agent, record.pool);
}

/** Removes an offer and tells the framework. */
export function rescind(master: MasterState, record: OfferRecord): void {
  withdraw(master, record);
  tell(record.framework, { type: 'RESCIND', rescind: { offer_id: { value: record.id } } });
}

/** The longest time of a filter. Source: Mesos' limit of 365 days. */
const LONGEST_REFUSAL_SECONDS = 365 * 86_400;
const DEFAULT_REFUSAL_SECONDS = 5;

/** The time of a filter as Mesos reads it: a negative or missing one means 5 seconds. */
function refusalSeconds(seconds: number | undefined): number {
  if (seconds === undefined || seconds < 0 || Number.isNaN(seconds)) return DEFAULT_REFUSAL_SECONDS;
  return Math.min(seconds, LONGEST_REFUSAL_SECONDS);
}

/**
 * Adds a filter: the framework does not want these resources, or fewer of the same, on this agent for a while, at least
 * for one allocation interval. 0 seconds add no filter.
 */
export function refuse(
  master: MasterState,
  framework: MasterFramework,
  agent: Agent,
  role: string,
  refused: Pool,
  seconds: number | undefined,
): void {
  const refusal = refusalSeconds(seconds);
  if (refusal === 0 || refused.length === 0) return;
  const nowMs = master.clock.monotonicMs();
  const untilMs = nowMs + Math.max(refusal * 1000, master.flags.allocationIntervalMs);
  let roles = framework.filters.get(agent.id);
  if (!roles) {
    roles = new Map();
    framework.filters.set(agent.id, roles);
  }
  const live = (roles.get(role) ?? []).filter((filter) => filter.untilMs > nowMs);
  roles.set(role, [...live, { refused, untilMs }]);
}

/** Whether one filter of the framework covers all of these resources. */
export function isRefused(
  master: MasterState,
  framework: MasterFramework,
  agent: Agent,
  role: string,
  pool: Pool,
): boolean {
  const filters = framework.filters.get(agent.id)?.get(role);
  if (!filters) return false;
  const nowMs = master.clock.monotonicMs();
  return filters.some((filter) => filter.untilMs > nowMs && contains(filter.refused, pool));
}

/** Asks a framework to give back its resources on agents that will become unavailable. */
export function offerInverse(
  master: MasterState,
  framework: MasterFramework,
  agents: readonly Agent[],
): void {
  const messages = agents.flatMap((agent): InverseOffer[] => {
    if (!agent.unavailability) return [];
    const record: InverseOfferRecord = { id: `${master.id}-O${master.nextOffer++}`, framework, agent };
    master.inverseOffers.set(record.id, record);
    framework.inverseOffers.add(record);
    agent.inverseOffers.add(record);
    return [
      {
        id: { value: record.id },
        url: urlOf(agent),
        framework_id: { value: framework.id },
        agent_id: { value: agent.id },
        unavailability: agent.unavailability,
      },
    ];
  });
  if (messages.length > 0)
    tell(framework, { type: 'INVERSE_OFFERS', inverse_offers: { inverse_offers: messages } });
}

/** Removes an inverse offer silently. */
export function takeInverseOffer(master: MasterState, record: InverseOfferRecord): void {
  master.inverseOffers.delete(record.id);
  record.framework.inverseOffers.delete(record);
  record.agent.inverseOffers.delete(record);
}

/** Removes an inverse offer and tells the framework. */
export function rescindInverse(master: MasterState, record: InverseOfferRecord): void {
  takeInverseOffer(master, record);
  tell(record.framework, {
    type: 'RESCIND_INVERSE_OFFER',
    rescind_inverse_offer: { inverse_offer_id: { value: record.id } },
  });
}

/** Handles an answer to an inverse offer. Accepted or not, the offer is repeated after the filter's time. */
export function answerInverse(
  master: MasterState,
  record: InverseOfferRecord,
  status: 'ACCEPT' | 'DECLINE',
  seconds: number | undefined,
): void {
  const { framework, agent } = record;
  takeInverseOffer(master, record);
  agent.inverseStatuses.set(framework.id, { status, atMs: master.clock.nowMs() });
  framework.inverseFilters.set(agent.id, master.clock.monotonicMs() + refusalSeconds(seconds) * 1000);
}
