import type { ScheduleStatus, TaskEvent } from '../../api/index.ts';

export type History = readonly TaskEvent[];

const sameEvent = (one: TaskEvent, other: TaskEvent): boolean =>
  one === other ||
  (one.timestamp === other.timestamp &&
    one.status === other.status &&
    one.message === other.message &&
    one.scheduler === other.scheduler);

const sameHistory = (one: History, other: History): boolean =>
  one.length === other.length && one.every((event, at) => sameEvent(event, other[at]!));

/** Replaces a value by the latest one of its status if the two are equal, so that equal values share one object. */
function latestOf<T>(same: (one: T, other: T) => boolean): (status: ScheduleStatus, value: T) => T {
  const latest = new Map<ScheduleStatus, T>();
  return (status, value) => {
    const known = latest.get(status);
    if (known !== undefined && same(known, value)) return known;
    latest.set(status, value);
    return value;
  };
}

/**
 * Makes tasks that are stored one after the other share equal events, and equal histories, as one object: the tasks of
 * a job are created in one write, and updates that arrive together carry the same millisecond. Events take most of a
 * task's memory.
 * @param old the previous history of the task; its events are kept as they are.
 */
export function sharedHistories(): (history: History, old: History | undefined) => History {
  const shareEvent = latestOf(sameEvent);
  const shareHistory = latestOf(sameHistory);
  return (history, old) => {
    const last = history.at(-1);
    if (last === undefined || history === old) return history;
    const events = history.map((event, at) =>
      event === old?.[at] ? event : shareEvent(event.status, event),
    );
    return shareHistory(last.status, events);
  };
}
