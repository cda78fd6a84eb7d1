import type { Random } from '../../base/random.ts';
import type { OfferBook } from '../offers/offer-book.ts';
import type { StateEvent } from '../state/index.ts';
import type { Storage } from '../storage/index.ts';
import type { NearestFit } from './nearest-fit.ts';
import type { TaskGroups } from './task-groups.ts';

export interface PendingTasksOptions {
  readonly groups: TaskGroups;
  readonly nearest: NearestFit;
  readonly book: OfferBook;
}

/** Updates groups, pending reasons and offers when the state changes. */
export function followState({ groups, nearest, book }: PendingTasksOptions): (event: StateEvent) => void {
  return (event) => {
    if (event.kind === 'hostModeChanged') return book.hostChanged(event.host);
    if (event.kind === 'taskStateChanged') {
      const { task, oldState } = event;
      if (task.status === 'PENDING') groups.add(task);
      else if (oldState === 'PENDING') {
        groups.remove(task);
        nearest.forget(task.assignedTask.task);
      }
      return;
    }
    if (event.kind !== 'tasksDeleted') return;
    for (const task of event.tasks) {
      if (task.status !== 'PENDING') continue;
      groups.remove(task);
      nearest.forget(task.assignedTask.task);
    }
  };
}

/** Adds the tasks that are pending at the start to their groups, with first attempts spread over `withinMs`. */
export function resumePending(storage: Storage, groups: TaskGroups, withinMs: number, random: Random): void {
  const pending = storage.read((stores) => stores.tasks.inStatus('PENDING'));
  for (const task of pending) groups.add(task, random.next() * withinMs);
}
