import { type JobKey, type ScheduledTask, toNumber } from '../../api/index.ts';
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

/**
 * A change of a task. Every change makes one of these and nobody reads most of them, so it holds only parts of the task
 * that exist anyway.
 */
class ShownTask implements ShownEvent {
  readonly kind = 'task';
  readonly #task: ScheduledTask['assignedTask'];
  readonly #last: ScheduledTask['taskEvents'][number] | undefined;
  readonly #status: ScheduledTask['status'];
  readonly #oldStatus: ScheduledTask['status'];
  /** Until the text is made: when the change was told of. */
  #made: number | string;

  constructor(
    { assignedTask, status, taskEvents }: ScheduledTask,
    oldStatus: ScheduledTask['status'],
    nowMs: number,
  ) {
    this.#task = assignedTask;
    this.#last = taskEvents.at(-1);
    this.#status = status;
    this.#oldStatus = oldStatus;
    this.#made = nowMs;
  }

  get job(): JobKey {
    return this.#task.task.job;
  }

  data(): string {
    if (typeof this.#made === 'string') return this.#made;
    const { instanceId, slaveHost, taskId } = this.#task;
    const last = this.#last;
    this.#made = JSON.stringify({
      kind: this.kind,
      job: this.job,
      instance: instanceId,
      taskId,
      oldStatus: this.#oldStatus,
      status: this.#status,
      timeMs: toNumber(last?.timestamp ?? this.#made),
      ...(last?.message ? { message: last.message } : {}),
      ...(slaveHost === undefined ? {} : { host: slaveHost }),
    });
    return this.#made;
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
    case 'taskStateChanged':
      return [new ShownTask(event.task, event.oldState, nowMs)];
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
