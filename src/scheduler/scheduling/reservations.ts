import type { TaskConfig } from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';

/** Says for whom an agent is reserved; no other group is placed there. */
export interface Holders {
  holder(agentId: string): object | undefined;
}

/**
 * Agents that are reserved for one group of tasks, because others were preempted there for it. A group is identified by
 * its configuration object.
 */
export interface Reservations extends Holders {
  reserve(agentId: string, group: TaskConfig): void;
  /** The group that the agent is reserved for. */
  holder(agentId: string): TaskConfig | undefined;
  /** How many agents are reserved for the group. */
  countOf(group: TaskConfig): number;
  /** Releases the agent if it is reserved for this group. */
  release(agentId: string, group: TaskConfig): void;
  releaseAll(group: TaskConfig): void;
  readonly size: number;
}

/** @param holdMs how long an agent stays reserved at most. */
export function reservations(clock: Clock, holdMs: number): Reservations {
  const byAgent = new Map<string, { readonly group: TaskConfig; readonly untilMs: number }>();

  const forgetExpired = () => {
    // All are held for the same time, so the first entries expire first.
    for (const [agentId, { untilMs }] of byAgent) {
      if (untilMs > clock.monotonicMs()) return;
      byAgent.delete(agentId);
    }
  };
  const holder = (agentId: string) => {
    if (byAgent.size === 0) return undefined;
    const held = byAgent.get(agentId);
    return held && held.untilMs > clock.monotonicMs() ? held.group : undefined;
  };
  const agentsOf = (group: TaskConfig): string[] => {
    forgetExpired();
    return [...byAgent].filter(([, held]) => held.group === group).map(([agentId]) => agentId);
  };
  const release = (agentId: string, group: TaskConfig) => {
    if (byAgent.get(agentId)?.group === group) byAgent.delete(agentId);
  };
  return {
    reserve(agentId, group) {
      byAgent.delete(agentId);
      byAgent.set(agentId, { group, untilMs: clock.monotonicMs() + holdMs });
    },
    holder,
    countOf: (group) => agentsOf(group).length,
    release,
    releaseAll(group) {
      for (const agentId of agentsOf(group)) release(agentId, group);
    },
    get size() {
      forgetExpired();
      return byAgent.size;
    },
  };
}
