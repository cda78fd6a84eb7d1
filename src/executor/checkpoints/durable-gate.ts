import type { Companion } from '../companion.ts';
import type { TaskJournal } from './journal.ts';

/** Holds back the RUNNING report until the checkpoint is on the disk, or the journal no longer waits for the disk. */
export const durableGate = (journal: TaskJournal): Companion => ({
  name: 'checkpoint',
  gate: true,
  start: (task) => journal.whenDurable(() => task.pass()),
  stop: () => {},
});
