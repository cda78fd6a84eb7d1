import type { TaskConfig } from '../../api/index.ts';
import type { Offer } from '../../mesos/index.ts';
import type { RevocableTypes } from '../offers/resource-pool.ts';
import type { AttemptContext } from '../scheduling/attempt.ts';
import { type Reservations, reservations } from '../scheduling/reservations.ts';
import type { TaskGroups } from '../scheduling/task-groups.ts';
import type { SlaGate } from '../sla/sla-gate.ts';
import type { StateEvent } from '../state/index.ts';
import type { Tiers } from '../tiers.ts';
import { type ClaimOf, claims } from './claims.ts';
import {
  type PreemptContext,
  type PreemptorOptions,
  type PreemptorSettings,
  preemptFor,
  startPreemptor,
} from './preemptor.ts';
import { slotCache } from './slots.ts';

/** Names and defaults are those of the flags. */
export interface PreemptionSettings extends PreemptorSettings {
  readonly enablePreemptor: boolean;
  readonly slaAwarePreemption: boolean;
  readonly preemptionSlotHoldTimeMs: number;
  readonly offerReservationDurationMs: number;
  readonly unavailabilityThresholdMs: number;
}

type Given = 'storage' | 'book' | 'counters' | 'state' | 'clock' | 'log' | 'events' | 'keptForUpdates';

export interface PreemptionOptions extends Pick<PreemptContext & PreemptorOptions, Given> {
  readonly settings: PreemptionSettings;
  readonly tiers: Tiers;
  readonly revocableTypes: RevocableTypes;
  readonly requestOf: AttemptContext['requestOf'];
  readonly gate: Pick<SlaGate, 'look'>;
}

/** Everything about preemption that the rest of the scheduler uses. */
export interface Preemption {
  readonly reservations: Reservations;
  readonly preempt: AttemptContext['preempt'];
  /** Whether attempts have something to do even without offers. */
  planned(): boolean;
  /** Starts the search for preemptions, and follows the groups' tasks; returns a function that stops it. */
  start(groups: Pick<TaskGroups, 'waiting' | 'retry' | 'has' | 'wake'>): () => void;
  /** To be called with new offers; groups that hold a reservation of these agents are tried at once. */
  offered(offers: readonly Offer[], groups: Pick<TaskGroups, 'retry'>): void;
}

export function preemption(options: PreemptionOptions): Preemption {
  const { clock, counters, events, settings } = options;
  const kept = reservations(clock, settings.offerReservationDurationMs);
  const slots = slotCache(clock, settings.preemptionSlotHoldTimeMs);
  const claimOf: ClaimOf = claims(options.tiers, options.revocableTypes, options.requestOf);
  const context: PreemptContext = {
    ...options,
    ...settings,
    reservations: kept,
    slots,
    claimOf,
    lookAtSla: settings.slaAwarePreemption ? options.gate.look : undefined,
  };
  counters.gauge('preemption_slot_cache_size', () => slots.size);
  counters.gauge('reservation_cache_size', () => kept.size);

  /** Releases what was kept for tasks that were placed or are gone. */
  const follow = (groups: Pick<TaskGroups, 'has' | 'wake'>) => {
    const noneLeft = (config: TaskConfig) => {
      if (groups.has(config) || (kept.size === 0 && slots.size === 0)) return;
      kept.releaseAll(config);
      slots.drop(config);
      groups.wake();
    };
    return (event: StateEvent) => {
      if (event.kind === 'taskStateChanged' && event.oldState === 'PENDING') {
        const { slaveId, task } = event.task.assignedTask;
        if (slaveId !== undefined) kept.release(slaveId, task);
        noneLeft(task);
      } else if (event.kind === 'tasksDeleted') {
        for (const { status, assignedTask } of event.tasks)
          if (status === 'PENDING') noneLeft(assignedTask.task);
      }
    };
  };
  return {
    reservations: kept,
    preempt: (tx, config, taskIds, counts) => preemptFor(tx, config, taskIds, counts, context),
    planned: () => slots.size > 0,
    start(groups) {
      const unfollow = events.subscribe(follow(groups));
      const stop = settings.enablePreemptor ? startPreemptor({ ...context, ...options, groups }) : () => {};
      return () => {
        unfollow();
        stop();
      };
    },
    offered(offers, groups) {
      if (kept.size === 0) return;
      for (const { agent_id: agent } of offers) {
        const group = kept.holder(agent.value);
        if (group) groups.retry(group);
      }
    },
  };
}
