import type { JobKey, ScheduledTask } from '../../api/index.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { timerQueue } from '../../base/timer-queue.ts';
import type { Counters } from '../metrics/counters.ts';
import type { StateEvent } from '../state/index.ts';
import { jobKeyText } from '../storage/keys.ts';

/** An instance of a job, regardless of which task it has at the moment. */
export interface Instance {
  readonly job: JobKey;
  readonly instanceId: number;
}

/**
 * Agents that are kept for instances whose tasks an update ended there. The new task of such an instance is placed on
 * its agent or waits; meanwhile no other task gets the agent's offers. Several instances may share an agent.
 * Source: the original's UpdateAgentReserver.
 */
export interface AgentsForUpdates {
  keep(agentId: string, instance: Instance): void;
  /** The agent that is kept for the instance. */
  agentFor(instance: Instance): string | undefined;
  release(instance: Instance): void;
  /** The instances that the agent is kept for; undefined when there are none. */
  holder(agentId: string): ReadonlySet<Instance> | undefined;
  /** To be called with every event: releases the agents of instances whose tasks are no longer pending. */
  follow(event: StateEvent): void;
  close(): void;
}

const keyOf = ({ job, instanceId }: Instance): string => `${jobKeyText(job)}/${instanceId}`;

const instanceOf = ({ assignedTask: { instanceId, task } }: ScheduledTask): Instance => ({
  job: task.job,
  instanceId,
});

interface Kept {
  readonly instance: Instance;
  readonly agentId: string;
  readonly timer: Timer;
}

/**
 * @param holdMs how long an agent is kept at most.
 * @param freed called when an agent was released, so that others can use it again.
 */
export function agentsForUpdates(
  clock: Clock,
  holdMs: number,
  counters: Pick<Counters, 'add' | 'gauge'>,
  freed: () => void,
): AgentsForUpdates {
  const timers = timerQueue(clock);
  const byInstance = new Map<string, Kept>();
  const byAgent = new Map<string, Set<Instance>>();
  counters.gauge('update_affinity_cache_size', () => byInstance.size);
  for (const how of ['', 'expiration_', 'explicit_']) counters.add(`update_affinity_cache_${how}removals`, 0);

  const drop = (instance: Instance, how: 'expiration' | 'explicit'): boolean => {
    const key = keyOf(instance);
    const kept = byInstance.get(key);
    if (!kept) return false;
    kept.timer.cancel();
    byInstance.delete(key);
    const others = byAgent.get(kept.agentId);
    others?.delete(kept.instance);
    if (others?.size === 0) byAgent.delete(kept.agentId);
    counters.add('update_affinity_cache_removals');
    counters.add(`update_affinity_cache_${how}_removals`);
    return true;
  };
  const release = (instance: Instance) => {
    if (drop(instance, 'explicit')) freed();
  };
  return {
    keep(agentId, instance) {
      drop(instance, 'explicit');
      const timer = timers.after(holdMs, () => {
        if (drop(instance, 'expiration')) freed();
      });
      byInstance.set(keyOf(instance), { agentId, instance, timer });
      byAgent.set(agentId, (byAgent.get(agentId) ?? new Set()).add(instance));
    },
    agentFor: (instance) => (byInstance.size === 0 ? undefined : byInstance.get(keyOf(instance))?.agentId),
    release,
    holder: (agentId) => (byAgent.size === 0 ? undefined : byAgent.get(agentId)),
    follow(event) {
      if (byInstance.size === 0) return;
      if (event.kind === 'taskStateChanged' && event.oldState === 'PENDING') release(instanceOf(event.task));
      else if (event.kind === 'tasksDeleted')
        for (const task of event.tasks) if (task.status === 'PENDING') release(instanceOf(task));
    },
    close: timers.clear,
  };
}
