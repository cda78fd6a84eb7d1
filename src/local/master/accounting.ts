import { add, type Pool, subtract, unallocated } from './resources/pool.ts';
import type { Agent, MasterFramework, MasterState } from './state.ts';

function hold(framework: MasterFramework, pool: Pool, sign: 1 | -1): void {
  for (const amount of pool) {
    if (!('milli' in amount)) continue;
    const role = amount.kind.allocatedTo ?? '*';
    let held = framework.held.get(role);
    if (!held) {
      held = new Map();
      framework.held.set(role, held);
    }
    held.set(amount.kind.name, (held.get(amount.kind.name) ?? 0) + sign * amount.milli);
  }
}

/** Takes resources for an offer out of the agent's available ones. */
export function reserveForOffer(framework: MasterFramework, agent: Agent, pool: Pool): void {
  agent.available = subtract(agent.available, unallocated(pool));
  hold(framework, pool, 1);
}

/** Returns offered resources to the agent. */
export function returnOffered(framework: MasterFramework, agent: Agent, pool: Pool): void {
  agent.available = add(agent.available, unallocated(pool));
  hold(framework, pool, -1);
}

/** Turns offered resources into used ones. */
export function useOffered(agent: Agent, pool: Pool): void {
  agent.used = add(agent.used, pool);
}

/** Marks resources as used without an offer: a returning agent reported them. */
export function useUnoffered(framework: MasterFramework, agent: Agent, pool: Pool): void {
  reserveForOffer(framework, agent, pool);
  useOffered(agent, pool);
}

/** Frees the resources of an ended task or executor. */
export function free(framework: MasterFramework, agent: Agent, pool: Pool): void {
  agent.used = subtract(agent.used, pool);
  returnOffered(framework, agent, pool);
}

/** Adds an agent's scalars to the cluster's total, or subtracts them. */
export function countCluster(master: MasterState, pool: Pool, sign: 1 | -1): void {
  for (const amount of pool) {
    if (!('milli' in amount)) continue;
    const before = master.clusterMilli.get(amount.kind.name) ?? 0;
    master.clusterMilli.set(amount.kind.name, before + sign * amount.milli);
  }
}

/** The dominant share: the largest fraction that these amounts are of the cluster's total of the same resource. */
export function dominantShare(master: MasterState, held: ReadonlyMap<string, number> | undefined): number {
  let share = 0;
  for (const [name, milli] of held ?? []) {
    const whole = master.clusterMilli.get(name) ?? 0;
    if (whole > 0) share = Math.max(share, milli / whole);
  }
  return share;
}
