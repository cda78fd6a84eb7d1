import type {
  JobInstanceUpdateEvent,
  JobKey,
  JobUpdateEvent,
  JobUpdateKey,
  MaintenanceMode,
  ScheduledTask,
  ScheduleStatus,
} from '../../api/index.ts';
import type { Logger } from '../../base/log.ts';
import type { CronRun } from '../storage/cron-progress-store.ts';
import type { AgentAttributes } from '../storage/index.ts';

/** A change of the scheduler's state; published once it is durable, in the order of the commits. */
export type StateEvent =
  | {
      readonly kind: 'taskStateChanged';
      readonly task: ScheduledTask;
      /** INIT for a new task. */
      readonly oldState: ScheduleStatus;
    }
  | { readonly kind: 'tasksDeleted'; readonly tasks: readonly ScheduledTask[] }
  | { readonly kind: 'hostAttributesChanged'; readonly attributes: AgentAttributes }
  | { readonly kind: 'hostModeChanged'; readonly host: string; readonly mode: MaintenanceMode }
  | { readonly kind: 'updateChanged'; readonly key: JobUpdateKey; readonly event: JobUpdateEvent }
  | { readonly kind: 'instanceUpdated'; readonly key: JobUpdateKey; readonly event: JobInstanceUpdateEvent }
  | { readonly kind: 'cronRunDecided'; readonly job: JobKey; readonly run: CronRun };

/** Lets parts of the scheduler listen to each other's changes. */
export interface StateEvents {
  /** Calls `listener` with every event from now on, until the returned function is called. */
  subscribe(listener: (event: StateEvent) => void): () => void;
  publish(event: StateEvent): void;
}

/**
 * Listeners are called synchronously, in the order of subscription. If one throws, that is logged and the others are called.
 */
export function stateEvents(log: Logger, counters: { add(name: string): void }): StateEvents {
  const listeners = new Set<(event: StateEvent) => void>();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    publish(event) {
      if (listeners.size === 0) counters.add('event_bus_dead_events');
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          counters.add('event_bus_exceptions');
          log.error({ error, event: event.kind }, 'a subscriber failed');
        }
      }
    },
  };
}
