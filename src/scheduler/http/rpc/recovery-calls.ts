import { type ScheduledTask, toNumber, type Wire } from '../../../api/index.ts';
import { AuroraError } from '../../../base/errors.ts';
import type { BackupFiles } from '../../backup/backup-files.ts';
import type { Backups } from '../../backup/backups.ts';
import { restoreJob } from '../../backup/restore-job.ts';
import type { StagedRecovery } from '../../backup/staged-recovery.ts';
import { requiredJobKey } from '../../jobs/job-key.ts';
import type { ReadStores } from '../../storage/index.ts';
import { changed, type Handlers, ok, whileUpdating } from './outcome.ts';
import { page, queryOf } from './read-tasks.ts';
import type { RpcSettings } from './rpc-settings.ts';

export interface RecoveryCallSettings extends RpcSettings {
  readonly backups: Pick<Backups, 'take'>;
  readonly files: Pick<BackupFiles, 'list' | 'load'>;
  readonly recovery: StagedRecovery;
}

/** Reads past states one after another, because each read rebuilds a whole state in memory. */
function pastReader({ storage }: Pick<RpcSettings, 'storage'>) {
  let last: Promise<unknown> = Promise.resolve();
  return (timeMs: number, look: (stores: ReadStores) => readonly ScheduledTask[]) => {
    const read = last.then(async () => look(await storage.stateAt(timeMs)));
    last = read.catch(() => undefined);
    return read;
  };
}

/** Calls of the administrator about backups, recovery from them, and past states. */
export function recoveryCalls(settings: RecoveryCallSettings) {
  const { backups, files, recovery, storage } = settings;
  const past = pastReader(settings);
  const staged = (query: Wire<'TaskQuery'> | undefined) => {
    const wanted = queryOf(query);
    return page(recovery.tasks(wanted), wanted);
  };
  return {
    async performBackup() {
      await backups.take();
      return ok();
    },
    async listBackups() {
      return ok({ listBackupsResult: { backups: await files.list() } });
    },
    async stageRecovery({ backupId }) {
      await recovery.stage(backupId);
      return ok();
    },
    queryRecovery: ({ query }) => ok({ queryRecoveryResult: { tasks: staged(query) as ScheduledTask[] } }),
    deleteRecoveryTasks: ({ query }) => changed(recovery.deleteTasks(queryOf(query))),
    async commitRecovery() {
      await recovery.commit();
      return ok();
    },
    unloadRecovery() {
      recovery.unload();
      return ok();
    },
    async restoreJob({ backupId, job }) {
      const key = requiredJobKey(job);
      const { tables } = await files.load(backupId);
      return storage.write((tx) => {
        const updating = whileUpdating(tx, key);
        if (updating) return updating;
        const { changes, text } = restoreJob(tx, tables.stores, key, settings);
        return { ...changed(changes), details: [text] };
      });
    },
    async getTasksAt({ timestampMs, query }) {
      if (timestampMs === undefined) throw new AuroraError('API', 'a moment is needed');
      const wanted = queryOf(query);
      const tasks = await past(toNumber(timestampMs), (stores) => stores.tasks.find(wanted));
      return ok({ scheduleStatusResult: { tasks: page(tasks, wanted) } });
    },
  } satisfies Handlers;
}
