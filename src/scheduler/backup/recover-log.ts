import { basename } from 'node:path';
import { ACTIVE_STATES } from '../../api/index.ts';
import { type Clock, sleep } from '../../base/clock.ts';
import { AuroraError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { Log, ReadStores } from '../storage/index.ts';
import { type Disk, systemDisk } from '../storage/log/disk.ts';
import { deflateInThreads } from '../storage/snapshot-chunks.ts';
import { snapshotWriter } from '../storage/snapshot-writer.ts';
import { type LoadedBackup, loadBackup } from './load-backup.ts';
import { makeRestored, type RestoredState } from './restored-state.ts';

export interface RecoverLogOptions {
  readonly log: Log;
  /** Where the log is, for messages. */
  readonly target: string;
  /** Path of the backup file. */
  readonly from: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly disk?: Disk;
}

/** Counts of what was restored. */
export interface RecoveredState extends Omit<LoadedBackup, 'tables'>, RestoredState {
  readonly tasks: number;
  readonly activeTasks: number;
  readonly jobs: number;
  readonly cronJobs: number;
  readonly quotas: number;
  readonly updates: number;
  readonly agents: number;
  readonly maintenance: number;
  readonly frameworkId: string | undefined;
}

const countOf = (items: Iterable<unknown>): number => {
  let count = 0;
  for (const _ of items) count++;
  return count;
};

const counted = ({ tasks, cronJobs, quotas, jobUpdates, hosts, maintenance, framework }: ReadStores) => ({
  tasks: tasks.size,
  activeTasks: [...ACTIVE_STATES].reduce((sum, status) => sum + tasks.countInStatus(status), 0),
  jobs: countOf(tasks.jobs()),
  cronJobs: countOf(cronJobs.all()),
  quotas: countOf(quotas.all()),
  updates: countOf(jobUpdates.summaries()),
  agents: countOf(hosts.all()),
  maintenance: countOf(maintenance.all()),
  frameworkId: framework.id(),
});

/** What a recovery would restore, and what it would leave out: each path with its count. */
export interface CheckedBackup extends RecoveredState {
  readonly leftOut: ReadonlyMap<string, number>;
}

/**
 * Reads a backup like a recovery would, without writing anything.
 * @throws AuroraError BACKUP when it cannot be read
 */
export async function checkBackup({
  clock,
  disk = systemDisk,
  from,
  random,
}: Pick<RecoverLogOptions, 'clock' | 'disk' | 'from' | 'random'>): Promise<CheckedBackup> {
  const leftOut = new Map<string, number>();
  const { tables, takenMs, doubled } = await loadBackup(disk, from, (path) =>
    leftOut.set(path, (leftOut.get(path) ?? 0) + 1),
  );
  const made = makeRestored(tables, { backup: basename(from), takenMs, restoredMs: clock.nowMs() }, random);
  return { takenMs, doubled, ...made, ...counted(tables.stores), leftOut };
}

/** Time limit for finding out whether a log is empty, which takes a few requests. */
const LOOK_LIMIT_MS = 60_000;

/** Checks that the log is empty by reading only its beginning, so that a log led by another scheduler is not disturbed. */
async function assertEmpty({ clock, log, target }: RecoverLogOptions): Promise<void> {
  const refuse = () => {
    throw new AuroraError('BACKUP', 'the target holds a state already', {
      where: target,
      next: 'a backup is recovered into an empty log only: name another one, or move this one away',
    });
  };
  const done = new AbortController();
  const tooLate = sleep(clock, LOOK_LIMIT_MS, done.signal).then(() => {
    throw new AuroraError('NETWORK', 'the target does not answer', {
      where: target,
      next: 'see whether its servers are up',
    });
  });
  try {
    await Promise.race([log.recover({ restart: refuse, apply: refuse }), tooLate]);
  } finally {
    done.abort();
  }
}

/**
 * Makes a backup the state of an empty log. The caller keeps and closes the log.
 * @throws AuroraError BACKUP when the backup cannot be read or the log is not empty, NETWORK when the log does not
 * answer; nothing has changed then
 */
export async function recoverLog(options: RecoverLogOptions): Promise<RecoveredState> {
  const { clock, disk = systemDisk, from, log, random } = options;
  const { tables, takenMs, doubled } = await loadBackup(disk, from);
  await assertEmpty(options);
  const restoration = { backup: basename(from), takenMs, restoredMs: clock.nowMs() };
  const made = makeRestored(tables, restoration, random);
  const snapshots = snapshotWriter({
    log,
    clock,
    deflate: deflateInThreads,
    counters: undefined,
    first: { bytes: 0, tasks: 0 },
  });
  await snapshots.write(tables);
  return { takenMs, doubled, ...made, ...counted(tables.stores) };
}
