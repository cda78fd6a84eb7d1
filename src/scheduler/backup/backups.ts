import type { Clock, Timer } from '../../base/clock.ts';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Counters } from '../metrics/counters.ts';
import type { Storage } from '../storage/index.ts';
import type { BackupFiles } from './backup-files.ts';
import { takenMsOf } from './backup-name.ts';
import { encodeSnapshot, snapshotView } from './backup-writer.ts';

export interface BackupsOptions {
  readonly files: BackupFiles;
  readonly storage: Pick<Storage, 'read' | 'settled'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Pick<Counters, 'add' | 'time'>;
  readonly backupIntervalMs: number;
  /** The program's version, written to the file. */
  readonly version: string | undefined;
}

export interface Backups {
  /** Takes a backup now; resolves to its name. @throws AuroraError BACKUP when it could not be written */
  take(): Promise<string>;
  /** Stops starting backups. */
  close(): void;
}

/** How soon a failed backup is tried again, unless the interval is shorter. */
const RETRY_MS = 10 * 60_000;
/** How soon a state without any backup gets its first one. */
const FIRST_MS = 60_000;

/**
 * Takes backups, one at a time: on request, and when the newest file in the directory is an interval old, which also
 * holds across restarts. Failures are counted and logged; they never harm the scheduler.
 */
export function startBackups(options: BackupsOptions): Backups {
  const { backupIntervalMs: intervalMs, clock, counters, files, log, storage, version } = options;
  let last: Promise<unknown> = Promise.resolve();
  let timer: Timer | undefined;
  let closed = false;
  counters.add('scheduler_backup_success', 0);
  counters.add('scheduler_backup_failed', 0);

  const write = async (): Promise<string> => {
    const startedMs = clock.monotonicMs();
    const takenMs = clock.nowMs();
    try {
      const details = version === undefined ? {} : { 'build.version': version };
      const chunks = storage.read((stores) => encodeSnapshot(snapshotView(stores), { takenMs, details }));
      // The view may contain changes that are not durable yet; do not write it before they are.
      await storage.settled();
      const name = await files.write(chunks, takenMs);
      counters.add('scheduler_backup_success');
      counters.time('scheduler_backup', clock.monotonicMs() - startedMs);
      log.info({ name }, 'backup written');
      return name;
    } catch (cause) {
      counters.add('scheduler_backup_failed');
      log.error({ error: messageOf(cause) }, 'no backup could be written; those before it are untouched');
      throw new AuroraError('BACKUP', `no backup could be written: ${messageOf(cause)}`, { cause });
    }
  };
  const take = (): Promise<string> => {
    const taken = last.then(write);
    last = taken.catch(() => undefined);
    return taken;
  };
  const arm = (waitMs: number) => {
    timer?.cancel();
    if (closed) return;
    timer = clock.after(waitMs, () => {
      take().then(
        () => arm(intervalMs),
        () => arm(Math.min(intervalMs, RETRY_MS)),
      );
    });
  };
  const isEmpty = () =>
    storage.read(({ framework, tasks }) => framework.id() === undefined && tasks.size === 0);
  /** Time until the next backup; limited to the interval, because the clock may have been set back. */
  const waitMs = async (): Promise<number> => {
    const newest = (await files.list()).findLast((name) => takenMsOf(name) !== undefined);
    if (newest === undefined) return Math.min(intervalMs, isEmpty() ? intervalMs : FIRST_MS);
    const dueMs = (takenMsOf(newest) as number) + intervalMs;
    return Math.min(intervalMs, Math.max(0, dueMs - clock.nowMs()));
  };

  last = files
    .tidy()
    .catch((error) => log.error({ error: messageOf(error) }, 'unfinished backups could not be removed'));
  last
    .then(waitMs)
    .catch((error) => {
      log.error({ error: messageOf(error) }, 'the backup directory cannot be read');
      return intervalMs;
    })
    .then((ms) => {
      if (!timer) arm(ms);
    });
  return {
    async take() {
      const name = await take();
      arm(intervalMs);
      return name;
    },
    close() {
      closed = true;
      timer?.cancel();
    },
  };
}
