import type { TaskConfig } from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';

/** A preemption that was found and waits for the group's next attempt. */
export interface Slot {
  readonly agentId: string;
  readonly victimIds: readonly string[];
}

/** Slots by the group for which they were found; each expires. */
export interface Slots {
  add(group: TaskConfig, slot: Slot): void;
  /** Removes and returns the group's oldest slot. */
  take(group: TaskConfig): Slot | undefined;
  /** The group's slots, oldest first. */
  of(group: TaskConfig): readonly Slot[];
  /** Whether any group has a slot on the agent. */
  has(agentId: string): boolean;
  drop(group: TaskConfig): void;
  readonly size: number;
}

/** @param holdMs how long a slot is kept */
export function slotCache(clock: Clock, holdMs: number): Slots {
  const byAgent = new Map<string, Slot & { readonly group: TaskConfig; readonly untilMs: number }>();

  const live = () => {
    // All slots are kept equally long, so the first to expire come first.
    for (const { agentId, untilMs } of byAgent.values()) {
      if (untilMs > clock.monotonicMs()) break;
      byAgent.delete(agentId);
    }
    return byAgent;
  };
  const of = (group: TaskConfig) => [...live().values()].filter((slot) => slot.group === group);
  return {
    add(group, slot) {
      byAgent.set(slot.agentId, { ...slot, group, untilMs: clock.monotonicMs() + holdMs });
    },
    take(group) {
      const [first] = of(group);
      if (first) byAgent.delete(first.agentId);
      return first;
    },
    of,
    has: (agentId) => live().has(agentId),
    drop(group) {
      for (const { agentId } of of(group)) byAgent.delete(agentId);
    },
    get size() {
      return live().size;
    },
  };
}
