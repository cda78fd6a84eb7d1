import type { Companion } from '../companion.ts';
import type { TaskJournal } from './journal.ts';

/** Nobody hears that a task is RUNNING before that is on the disk. */
export const durableGate = (journal: TaskJournal): Companion => ({
  name: 'checkpoint',
  gate: true,
  start: (task) => journal.whenDurable(() => task.pass()),
  stop: () => {},
});
