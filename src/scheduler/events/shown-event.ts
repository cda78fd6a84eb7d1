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

function shown(kind: EventKind, job: JobKey | undefined, members: object): ShownEvent {
  let text: string | undefined;
  const ofJob = job ? { job } : {};
  return {
    kind,
    ...ofJob,
    data() {
      text ??= JSON.stringify({ kind, ...ofJob, ...members });
      return text;
    },
  };
}

/**
 * What clients see of a change. Attributes are left out, because they change whenever an agent comes. Times are epoch
 * milliseconds.
 */
export function shownEvents(event: StateEvent, nowMs: number): readonly ShownEvent[] {
  switch (event.kind) {
    case 'taskStateChanged': {
      const { assignedTask, status, taskEvents } = event.task;
      const { instanceId, slaveHost, task, taskId } = assignedTask;
      const last = taskEvents.at(-1);
      return [
        shown('task', task.job, {
          instance: instanceId,
          taskId,
          oldStatus: event.oldState,
          status,
          timeMs: toNumber(last?.timestamp ?? nowMs),
          ...(last?.message ? { message: last.message } : {}),
          ...(slaveHost === undefined ? {} : { host: slaveHost }),
        }),
      ];
    }
    case 'tasksDeleted':
      return event.tasks.map(({ assignedTask: { instanceId, task, taskId } }) =>
        shown('taskDeleted', task.job, { instance: instanceId, taskId, timeMs: nowMs }),
      );
    case 'updateChanged': {
      const { timestampMs, ...rest } = event.event;
      return [
        shown('update', event.key.job, { update: event.key.id, ...rest, timeMs: toNumber(timestampMs) }),
      ];
    }
    case 'instanceUpdated': {
      const { instanceId, timestampMs, ...rest } = event.event;
      const members = { update: event.key.id, instance: instanceId, ...rest, timeMs: toNumber(timestampMs) };
      return [shown('instance', event.key.job, members)];
    }
    case 'hostModeChanged':
      return [shown('host', undefined, { host: event.host, mode: event.mode, timeMs: nowMs })];
    case 'cronRunDecided':
      return [shown('cron', event.job, { ...event.run })];
    case 'hostAttributesChanged':
      return [];
  }
}
