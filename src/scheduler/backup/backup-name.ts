import { AuroraError } from '../../base/errors.ts';

/** The prefix of every backup's name. Source of both prefixes: the original's StorageBackup. */
export const BACKUP_PREFIX = 'scheduler-backup-';
/** The additional prefix of a backup while it is being written. */
export const UNFINISHED_PREFIX = 'temp_';

const NAME = /^scheduler-backup-(\d{4})-(\d\d)-(\d\d)-(\d\d)-(\d\d)$/;

const two = (value: number): string => String(value).padStart(2, '0');

/** `scheduler-backup-yyyy-MM-dd-HH-mm` in the machine's local time, so that names sort by time. */
export function backupName(takenMs: number): string {
  const at = new Date(takenMs);
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())];
  return `${BACKUP_PREFIX}${[...date, two(at.getHours()), two(at.getMinutes())].join('-')}`;
}

/** When the backup of that name was taken, to the minute, in epoch milliseconds; undefined for other names. */
export function takenMsOf(name: string): number | undefined {
  const [year, month, day, hour, minute] = (NAME.exec(name) ?? []).slice(1).map(Number);
  if (year === undefined || month === undefined) return undefined;
  return new Date(year, month - 1, day, hour, minute).getTime();
}

/**
 * Checks that an id is the name of a file in the backup directory and cannot lead anywhere else.
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
