import { AuroraError } from '../../base/errors.ts';

/** What every backup's name begins with. Source of both: the original's StorageBackup. */
export const BACKUP_PREFIX = 'scheduler-backup-';
/** What stands before it while it is written. */
export const UNFINISHED_PREFIX = 'temp_';

const NAME = /^scheduler-backup-(\d{4})-(\d\d)-(\d\d)-(\d\d)-(\d\d)$/;

const two = (value: number): string => String(value).padStart(2, '0');

/** `scheduler-backup-yyyy-MM-dd-HH-mm` in the local time of this machine: names sort by time. */
export function backupName(takenMs: number): string {
  const at = new Date(takenMs);
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())];
  return `${BACKUP_PREFIX}${[...date, two(at.getHours()), two(at.getMinutes())].join('-')}`;
}

/** When a backup of that name was taken, to the minute; undefined for another name. */
export function takenMsOf(name: string): number | undefined {
  const [year, month, day, hour, minute] = (NAME.exec(name) ?? []).slice(1).map(Number);
  if (year === undefined || month === undefined) return undefined;
  return new Date(year, month - 1, day, hour, minute).getTime();
}

/**
 * The name of a file in the backup directory, and of nothing anywhere else.
 * @throws AuroraError BACKUP
 */
export function checkedBackupId(id: string | undefined): string {
  if (id === undefined || id === '') throw new AuroraError('BACKUP', 'the id of a backup is needed');
  const isName = /^[^/\\\0]+$/.test(id) && id !== '.' && id !== '..' && !id.startsWith(UNFINISHED_PREFIX);
  if (!isName)
    throw new AuroraError('BACKUP', `"${id}" is not the id of a backup`, {
      next: 'give the name of a file in the backup directory, as listBackups tells them',
    });
  return id;
}
