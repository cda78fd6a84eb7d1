import type { ScheduledTask } from '../../api/index.ts';
import { NEAR_ZERO, RESOURCE_TYPES, type ResourceBag } from '../offers/resource-bag.ts';

/** A task that may be preempted for the task that needs a place. */
export interface Victim {
  readonly task: ScheduledTask;
  readonly preemptible: boolean;
  /** The resources of the victim that the other task could use. */
  readonly frees: ResourceBag;
  /** Whether it is of the same job, so that its end also makes room under limit constraints. */
  readonly peer: boolean;
}

/** What an agent lacks to take a task. */
export interface AgentLack {
  readonly need: ResourceBag;
  readonly have: ResourceBag;
  /** How many tasks of the same job must end because of limit constraints. */
  readonly peers: number;
}

/** How bad it is to preempt some tasks; its members are compared in this order. */
export interface Disturbance {
  /** The number of tasks in tiers that are not preemptible. */
  readonly firm: number;
  readonly highestPriority: number;
  readonly count: number;
  readonly size: number;
}

const priorityOf = ({ task }: Victim): number => task.assignedTask.task.priority;

/** Negative when preempting `a` disturbs less than preempting `b`. */
const byRank = (a: Victim, b: Victim): number =>
  Number(b.preemptible) - Number(a.preemptible) || priorityOf(a) - priorityOf(b);

/** Amounts that count as equally large. Source: the amounts that score the same in the original's vetoes. */
const WEIGHT: ResourceBag = {
  cpus: 16,
  ramMb: 24 * 1024,
  diskMb: 450 * 1024,
  ports: 1000,
  gpus: 4,
  ips: 128,
};

const sizeOf = ({ frees }: Victim): number =>
  RESOURCE_TYPES.reduce((sum, type) => sum + frees[type] / WEIGHT[type], 0);

/** How much of what is lacking the victim provides; at most 1 for each resource type. */
function usefulness({ frees, peer }: Victim, { need, have, peers }: AgentLack): number {
  let sum = peer && peers > 0 ? 1 / peers : 0;
  for (const type of RESOURCE_TYPES) {
    const lacking = need[type] - have[type];
    if (lacking > NEAR_ZERO) sum += Math.min(1, frees[type] / lacking);
  }
  return sum;
}

/** Whether the task fits once all of these victims have ended. */
export function suffice(victims: Iterable<Victim>, { need, have, peers }: AgentLack): boolean {
  let { cpus, ramMb, diskMb, ports, gpus, ips } = have;
  let gone = 0;
  for (const { frees, peer } of victims) {
    cpus += frees.cpus;
    ramMb += frees.ramMb;
    diskMb += frees.diskMb;
    ports += frees.ports;
    gpus += frees.gpus;
    ips += frees.ips;
    if (peer) gone++;
  }
  return (
    gone >= peers &&
    need.cpus <= cpus + NEAR_ZERO &&
    need.ramMb <= ramMb + NEAR_ZERO &&
    need.diskMb <= diskMb + NEAR_ZERO &&
    need.ports <= ports &&
    need.gpus <= gpus + NEAR_ZERO &&
    need.ips <= ips + NEAR_ZERO
  );
}

const without = (victims: readonly Victim[], one: Victim): Victim[] =>
  victims.filter((other) => other !== one);

/** Removes unneeded victims from the choice: the most disturbing first, then the least useful. */
function spared(chosen: readonly Victim[], lack: AgentLack): readonly Victim[] {
  const order = [...chosen].sort((a, b) => byRank(b, a) || usefulness(a, lack) - usefulness(b, lack));
  let left = chosen;
  for (const victim of order) {
    const fewer = without(left, victim);
    if (suffice(fewer, lack)) left = fewer;
  }
  return left;
}

/** Replaces each victim by the smallest task that also suffices and disturbs no more. */
function smallest(chosen: readonly Victim[], others: readonly Victim[], lack: AgentLack): readonly Victim[] {
  const bySize = [...others].sort((a, b) => sizeOf(a) - sizeOf(b));
  let result = chosen;
  for (const victim of chosen) {
    const rest = without(result, victim);
    const substitute = bySize.find(
      (other) =>
        !result.includes(other) &&
        sizeOf(other) < sizeOf(victim) &&
        byRank(other, victim) <= 0 &&
        suffice([...rest, other], lack),
    );
    if (substitute) result = [...rest, substitute];
  }
  return result;
}

/**
 * The tasks to preempt on an agent so that what is lacking becomes free. Prefers preemptible tiers, then low priority,
 * then few tasks, then small ones; none of the result can be left out. Undefined when even all of them are not enough;
 * empty when nothing is lacking.
 */
export function leastDisturbing(victims: readonly Victim[], lack: AgentLack): readonly Victim[] | undefined {
  const ranked = [...victims].sort((a, b) => byRank(a, b) || usefulness(b, lack) - usefulness(a, lack));
  const chosen: Victim[] = [];
  while (!suffice(chosen, lack)) {
    const next = ranked[chosen.length];
    if (!next) return undefined;
    chosen.push(next);
  }
  return spared(smallest(spared(chosen, lack), ranked, lack), lack);
}

export function disturbanceOf(victims: readonly Victim[]): Disturbance {
  return {
    firm: victims.filter(({ preemptible }) => !preemptible).length,
    highestPriority: Math.max(...victims.map(priorityOf)),
    count: victims.length,
    size: victims.reduce((sum, victim) => sum + sizeOf(victim), 0),
  };
}

/** Negative when `a` disturbs less. */
export const compareDisturbance = (a: Disturbance, b: Disturbance): number =>
  a.firm - b.firm || a.highestPriority - b.highestPriority || a.count - b.count || a.size - b.size;
