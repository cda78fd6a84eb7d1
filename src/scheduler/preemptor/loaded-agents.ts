import type { ScheduledTask } from '../../api/index.ts';
import { addBags, EMPTY_BAG, NEAR_ZERO, type ResourceBag } from '../offers/resource-bag.ts';
import type { StateEvent } from '../state/index.ts';
import type { ReadStores, Storage } from '../storage/index.ts';
import { type Claim, type ClaimOf, EVICTABLE } from './claims.ts';

/** The sum over one kind of tasks on an agent. */
interface Sum {
  readonly frees: [forOthers: ResourceBag, forRevocable: ResourceBag];
  lowestPriority: number;
}

/** Sums over the preemptible tasks of all roles, and over each role's preemptible and other tasks. */
interface Sums {
  readonly preemptible: Sum;
  readonly preemptibleOf: Map<string, Sum>;
  readonly firmOf: Map<string, Sum>;
}

/** An agent with the sums of what its tasks would free; computed when needed. */
export interface LoadedAgent {
  readonly agentId: string;
  readonly host: string;
  sums: Sums | undefined;
}

const noTasks = (): Sum => ({
  frees: [EMPTY_BAG, EMPTY_BAG],
  lowestPriority: Number.POSITIVE_INFINITY,
});

function include(sum: Sum, claim: Claim): void {
  sum.frees[0] = addBags(sum.frees[0], claim.frees[0]);
  sum.frees[1] = addBags(sum.frees[1], claim.frees[1]);
  sum.lowestPriority = Math.min(sum.lowestPriority, claim.priority);
}

function includeIn(sums: Map<string, Sum>, claim: Claim): void {
  const sum = sums.get(claim.role) ?? noTasks();
  sums.set(claim.role, sum);
  include(sum, claim);
}

function sumsOf(tasks: readonly ScheduledTask[], claimOf: ClaimOf): Sums {
  const sums: Sums = { preemptible: noTasks(), preemptibleOf: new Map(), firmOf: new Map() };
  for (const { assignedTask } of tasks) {
    const claim = claimOf(assignedTask.task);
    includeIn(claim.preemptible ? sums.preemptibleOf : sums.firmOf, claim);
    if (claim.preemptible) include(sums.preemptible, claim);
  }
  return sums;
}

/** The tasks on the agent that can be preempted at all. */
export const evictableOn = (stores: ReadStores, { agentId, host }: LoadedAgent): ScheduledTask[] =>
  stores.tasks
    .onHost(host)
    .filter(({ status, assignedTask }) => EVICTABLE.has(status) && assignedTask.slaveId === agentId);

/** The agents that run tasks, kept up to date by events; the cost of an event does not depend on their number. */
export interface LoadedAgents {
  readonly list: readonly LoadedAgent[];
  /** Computes missing sums; returns whether there were any. */
  refresh(agent: LoadedAgent): boolean;
  /** Removes agents that are no longer stored and run nothing. */
  sweep(): void;
  listen(event: StateEvent): void;
}

export function loadedAgents(storage: Storage, claimOf: ClaimOf): LoadedAgents {
  let list: LoadedAgent[] = [];
  const byId = new Map<string, LoadedAgent>();

  const know = (agentId: string | undefined, host: string | undefined) => {
    if (agentId === undefined || host === undefined) return undefined;
    const known = byId.get(agentId);
    if (known) return known;
    const agent: LoadedAgent = { agentId, host, sums: undefined };
    byId.set(agentId, agent);
    list.push(agent);
    return agent;
  };
  storage.read(({ hosts }) => {
    for (const { slaveId, host } of hosts.all()) know(slaveId, host);
  });
  const tasksOn = (agent: LoadedAgent) => storage.read((stores) => evictableOn(stores, agent));
  return {
    get list() {
      return list;
    },
    refresh(agent) {
      if (agent.sums) return false;
      agent.sums = sumsOf(tasksOn(agent), claimOf);
      return true;
    },
    sweep() {
      const gone = (agent: LoadedAgent) =>
        storage.read(({ hosts }) => !hosts.ofAgent(agent.agentId)) && tasksOn(agent).length === 0;
      for (const { agentId } of list.filter(gone)) byId.delete(agentId);
      if (byId.size < list.length) list = [...byId.values()];
    },
    listen(event) {
      if (event.kind === 'hostAttributesChanged') {
        know(event.attributes.slaveId, event.attributes.host);
      } else if (event.kind === 'taskStateChanged') {
        const { oldState, task } = event;
        if (EVICTABLE.has(oldState) === EVICTABLE.has(task.status)) return;
        const agent = know(task.assignedTask.slaveId, task.assignedTask.slaveHost);
        if (agent) agent.sums = undefined;
      }
    },
  };
}

const within = (need: ResourceBag, have: ResourceBag, a: ResourceBag, b: ResourceBag): boolean =>
  need.cpus <= have.cpus + a.cpus + b.cpus + NEAR_ZERO &&
  need.ramMb <= have.ramMb + a.ramMb + b.ramMb + NEAR_ZERO &&
  need.diskMb <= have.diskMb + a.diskMb + b.diskMb + NEAR_ZERO &&
  need.ports <= have.ports + a.ports + b.ports &&
  need.gpus <= have.gpus + a.gpus + b.gpus + NEAR_ZERO &&
  need.ips <= have.ips + a.ips + b.ips + NEAR_ZERO;

/**
 * Whether it is worth examining the agent's tasks: all that `pending` may preempt there, plus what is free, would be
 * enough. May wrongly say yes, but never wrongly no.
 */
export function couldFit(sums: Sums, pending: Claim, free: ResourceBag): boolean {
  const own = (pending.preemptible ? sums.preemptibleOf : sums.firmOf).get(pending.role);
  const mine = own && own.lowestPriority < pending.priority ? own : undefined;
  const others = pending.preemptible ? undefined : sums.preemptible;
  if (!mine && (others?.lowestPriority ?? Number.POSITIVE_INFINITY) === Number.POSITIVE_INFINITY)
    return false;
  const which = pending.request.revocableTier ? 1 : 0;
  return within(
    pending.request.total,
    free,
    mine?.frees[which] ?? EMPTY_BAG,
    others?.frees[which] ?? EMPTY_BAG,
  );
}
