import { join } from 'node:path';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Disk } from '../storage/log/disk.ts';
import { BACKUP_PREFIX, backupName, checkedBackupId, takenMsOf, UNFINISHED_PREFIX } from './backup-name.ts';
import { type LoadedBackup, loadBackup } from './load-backup.ts';

export interface BackupFilesOptions {
  readonly directory: string;
  readonly disk: Disk;
  readonly log: Logger;
  /** How many backups are kept. */
  readonly most: number;
}

/** The directory of the backups. */
export interface BackupFiles {
  /** Names of the backups, oldest first; empty when the directory does not exist. */
  list(): Promise<string[]>;
  /**
   * Writes a backup durably and atomically, removes the oldest ones beyond the limit, and resolves to its name.
   * @throws what the disk throws; then no backup file is left behind
   */
  write(chunks: Iterable<Uint8Array>, takenMs: number): Promise<string>;
  /** @throws AuroraError BACKUP when there is no such backup or it cannot be read */
  load(id: string | undefined): Promise<LoadedBackup>;
  /** Removes unfinished backups that a crash left behind. */
  tidy(): Promise<void>;
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

export function backupFiles({ directory, disk, log, most }: BackupFilesOptions): BackupFiles {
  const entries = async (prefix: string): Promise<string[]> => {
    try {
      return (await disk.list(directory)).filter((name) => name.startsWith(prefix)).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  };
  const list = () => entries(BACKUP_PREFIX);

  const fill = async (path: string, chunks: Iterable<Uint8Array>) => {
    const file = await disk.open(path, 'create');
    try {
      let bytes = 0;
      for (const chunk of chunks) {
        await file.write(chunk, bytes);
        bytes += chunk.length;
      }
      await file.datasync();
    } finally {
      await file.close();
    }
  };
  const removeSurplus = async () => {
    // Keep files that somebody has renamed; they are not ours to remove.
    const names = (await list()).filter((name) => takenMsOf(name) !== undefined);
    const surplus = names.slice(0, Math.max(0, names.length - most));
    for (const name of surplus) await disk.remove(join(directory, name));
    if (surplus.length > 0) log.info({ names: surplus }, 'the oldest backups were removed');
  };

  return {
    list,
    async write(chunks, takenMs) {
      const name = backupName(takenMs);
      const unfinished = join(directory, `${UNFINISHED_PREFIX}${name}`);
      await disk.makeDirectory(directory);
      await disk.remove(unfinished);
      try {
        await fill(unfinished, chunks);
        await disk.rename(unfinished, join(directory, name));
      } catch (error) {
        // Report the failure of the write. An unfinished file that cannot be removed now is removed at the next start.
        await disk.remove(unfinished).catch(() => undefined);
        throw error;
      }
      await disk.syncDirectory(directory);
      await removeSurplus().catch((error) =>
        log.error({ error: messageOf(error) }, 'old backups could not be removed'),
      );
      return name;
    },
    async load(id) {
      const path = join(directory, checkedBackupId(id));
      try {
        return await loadBackup(disk, path);
      } catch (error) {
        if (error instanceof AuroraError && isMissing(error.cause))
          throw new AuroraError('BACKUP', `Backup ${path} does not exist.`, { cause: error.cause });
        throw error;
      }
    },
    async tidy() {
      for (const name of await entries(`${UNFINISHED_PREFIX}${BACKUP_PREFIX}`)) {
        log.info({ name }, 'an unfinished backup was removed');
        await disk.remove(join(directory, name));
      }
    },
  };
}
