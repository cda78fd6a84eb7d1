import { type JobKey, toNumber } from '../../api/index.ts';
import type { StateEvent } from '../state/index.ts';

/** The kinds of events that clients can see. */
export const EVENT_KINDS = ['task', 'taskDeleted', 'update', 'instance', 'host', 'cron'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** An event as clients see it: the values that filters use, and the text that is sent. */
export interface ShownEvent {
  readonly kind: EventKind;
  /** Undefined for events that do not belong to a job. */
  readonly job?: JobKey;
  /** JSON; written when the first client wants it, because there is an event for every change and often no client. */
  data(): string;
}

/** Keeps what the text is made of, and makes it once. */
class Shown implements ShownEvent {
  readonly kind: EventKind;
  readonly job?: JobKey;
  #members: (() => object) | undefined;
  #text = '';

  constructor(kind: EventKind, job: JobKey | undefined, members: () => object) {
    this.kind = kind;
    if (job) this.job = job;
    this.#members = members;
  }

  data(): string {
    if (this.#members) {
      const { kind, job } = this;
      this.#text = JSON.stringify({ kind, ...(job ? { job } : {}), ...this.#members() });
      this.#members = undefined;
    }
    return this.#text;
  }
}

const shown = (kind: EventKind, job: JobKey | undefined, members: () => object): ShownEvent =>
  new Shown(kind, job, members);

/**
 * What clients see of a change. Attributes are left out, because they change whenever an agent comes. Times are epoch
 * milliseconds.
 */
export function shownEvents(event: StateEvent, nowMs: number): readonly ShownEvent[] {
  switch (event.kind) {
    case 'taskStateChanged': {
      const { assignedTask, status, taskEvents } = event.task;
      const { instanceId, slaveHost, task, taskId } = assignedTask;
      return [
        shown('task', task.job, () => {
          const last = taskEvents.at(-1);
          return {
            instance: instanceId,
            taskId,
            oldStatus: event.oldState,
            status,
            timeMs: toNumber(last?.timestamp ?? nowMs),
            ...(last?.message ? { message: last.message } : {}),
            ...(slaveHost === undefined ? {} : { host: slaveHost }),
          };
        }),
      ];
    }
    case 'tasksDeleted':
      return event.tasks.map(({ assignedTask: { instanceId, task, taskId } }) =>
        shown('taskDeleted', task.job, () => ({ instance: instanceId, taskId, timeMs: nowMs })),
      );
    case 'updateChanged': {
      const { timestampMs, ...rest } = event.event;
      return [
        shown('update', event.key.job, () => ({
          update: event.key.id,
          ...rest,
          timeMs: toNumber(timestampMs),
        })),
      ];
    }
    case 'instanceUpdated': {
      const { instanceId, timestampMs, ...rest } = event.event;
      const members = { update: event.key.id, instance: instanceId, ...rest, timeMs: toNumber(timestampMs) };
      return [shown('instance', event.key.job, () => members)];
    }
    case 'hostModeChanged':
      return [shown('host', undefined, () => ({ host: event.host, mode: event.mode, timeMs: nowMs }))];
    case 'cronRunDecided':
      return [shown('cron', event.job, () => event.run)];
    case 'hostAttributesChanged':
      return [];
  }
}
