import type { ScheduledTask, TaskQuery } from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';
import { AuroraError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import type { Storage } from '../storage/index.ts';
import type { BackupFiles } from './backup-files.ts';
import type { LoadedBackup } from './load-backup.ts';
import { makeRestored } from './restored-state.ts';

export interface RecoveryOptions {
  readonly files: Pick<BackupFiles, 'load'>;
  readonly storage: Pick<Storage, 'read' | 'replaceWith'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Called when the state was replaced: the scheduler must end and be started again. */
  onReplaced(reason: string): void;
}

/** A backup that can be inspected and edited before it becomes the state. All failures are AuroraError BACKUP. */
export interface StagedRecovery {
  /** Loads a backup; only one can be staged at a time. */
  stage(id: string | undefined): Promise<void>;
  /** The staged tasks that match the query. */
  tasks(query: Partial<TaskQuery>): readonly ScheduledTask[];
  /** Removes the staged tasks that match the query; returns how many. */
  deleteTasks(query: Partial<TaskQuery>): number;
  /** Replaces the scheduler's state by the staged one; the old state is lost and the scheduler ends. */
  commit(): Promise<void>;
  /** Drops the staged backup; never fails. */
  unload(): void;
}

type Staged = LoadedBackup & { readonly id: string };

const FULL = 'Another backup is already loaded.';

/** Source of the texts: the original's Recovery. */
export function recovery(options: RecoveryOptions): StagedRecovery {
  const { clock, files, log, onReplaced, random, storage } = options;
  let staged: Staged | undefined;
  /** The backup being loaded; tells whether it was unloaded meanwhile. */
  let loading: object | undefined;
  let committing = false;

  const loaded = (): Staged => {
    if (!staged) throw new AuroraError('BACKUP', 'No backup loaded.');
    if (committing) throw new AuroraError('BACKUP', 'The loaded backup is being committed.');
    return staged;
  };
  const find = (query: Partial<TaskQuery>) => loaded().tables.stores.tasks.find(query);

  return {
    async stage(id) {
      if (staged || loading) throw new AuroraError('BACKUP', FULL);
      const mine = {};
      loading = mine;
      try {
        const backup = await files.load(id);
        if (loading !== mine) throw new AuroraError('BACKUP', 'The backup was unloaded while it was read.');
        staged = { ...backup, id: id as string };
        const { doubled, takenMs, tables } = backup;
        log.warn({ id, takenMs, tasks: tables.stores.tasks.size, doubled }, 'a backup is staged');
      } finally {
        if (loading === mine) loading = undefined;
      }
    },
    tasks: find,
    deleteTasks(query) {
      const found = find(query);
      loaded().tables.fill(({ tasks }) => {
        for (const { assignedTask } of found) tasks.delete(assignedTask.taskId);
      });
      return found.length;
    },
    async commit() {
      const { id, tables, takenMs } = loaded();
      committing = true;
      try {
        // Keep the framework id, by which Mesos knows this scheduler; under another one it would lose every running task.
        const frameworkId = storage.read(({ framework }) => framework.id());
        if (frameworkId !== undefined) tables.fill(({ framework }) => framework.saveId(frameworkId));
        const { renewed, paused } = makeRestored(
          tables,
          { backup: id, takenMs, restoredMs: clock.nowMs() },
          random,
        );
        log.warn(
          { id, tasks: tables.stores.tasks.size, renewed, pausedUpdates: paused.length },
          'the state is being replaced by a backup',
        );
        await storage.replaceWith(tables);
      } finally {
        committing = false;
      }
      staged = undefined;
      onReplaced(`the state was replaced by backup ${id}; start the scheduler again to go on with it`);
    },
    unload() {
      if (committing) return;
      staged = undefined;
      loading = undefined;
    },
  };
}
