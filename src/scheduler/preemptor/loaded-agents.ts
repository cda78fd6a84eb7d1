import type { ScheduledTask } from '../../api/index.ts';
import { addBags, EMPTY_BAG, NEAR_ZERO, type ResourceBag } from '../offers/resource-bag.ts';
import type { StateEvent } from '../state/index.ts';
import type { ReadStores, Storage } from '../storage/index.ts';
import { type Claim, type ClaimOf, EVICTABLE } from './claims.ts';

/** Tasks of one kind on an agent, added up. */
interface Sum {
  readonly frees: [forOthers: ResourceBag, forRevocable: ResourceBag];
  lowestPriority: number;
}

/** The preemptible tasks of all roles, and the tasks of each role, preemptible or not. */
interface Sums {
  readonly preemptible: Sum;
  readonly preemptibleOf: Map<string, Sum>;
  readonly firmOf: Map<string, Sum>;
}

/** An agent, with sums of what tasks on it would free; they are made when they are needed. */
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

/** The tasks on the agent that can be preempted, whoever asks. */
export const evictableOn = (stores: ReadStores, { agentId, host }: LoadedAgent): ScheduledTask[] =>
  stores.tasks
    .onHost(host)
    .filter(({ status, assignedTask }) => EVICTABLE.has(status) && assignedTask.slaveId === agentId);

/** The agents that run tasks, kept in step with the state; an event costs the same however many there are. */
export interface LoadedAgents {
  readonly list: readonly LoadedAgent[];
  /** Makes missing sums; true when there was something to do. */
  refresh(agent: LoadedAgent): boolean;
  /** Drops agents that are neither known nor used any more. */
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
 * Whether it is worth looking at the agent's tasks: everything that `pending` may preempt there, together with what is
 * free, is enough. Says too often yes, never too often no.
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
