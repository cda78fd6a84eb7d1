import { ACTIVE_STATES, type ScheduledTask, toNumber } from '../../api/index.ts';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { StoredUpdate, WriteStores } from '../storage/index.ts';
import type { Disk } from '../storage/log/disk.ts';
import { memoryTables, type Tables } from '../storage/tables.ts';
import type { BackupItem } from './backup-item.ts';
import type { LeaveOut } from './backup-reader.ts';
import { readBackup } from './read-backup.ts';

/** A backup in memory, separate from the scheduler's own state. */
export interface LoadedBackup {
  readonly tables: Tables;
  /** When it was taken, in epoch milliseconds; 0 when the backup does not say. */
  readonly takenMs: number;
  /** Active tasks that were left out because the backup also has a newer one of the same instance. */
  readonly doubled: readonly string[];
}

const READ_BYTES = 64 * 1024;
/** How many entries are saved at once: less than a millisecond of work. */
const BATCH = 50;

async function* chunksOf(disk: Disk, path: string): AsyncGenerator<Uint8Array> {
  const file = await disk.open(path, 'read');
  try {
    for (let at = 0; ; ) {
      const bytes = Buffer.allocUnsafe(READ_BYTES);
      const read = await file.read(bytes, at);
      if (read === 0) return;
      at += read;
      yield bytes.subarray(0, read);
    }
  } finally {
    await file.close();
  }
}

const lastEventMs = ({ taskEvents }: ScheduledTask): number => toNumber(taskEvents.at(-1)?.timestamp ?? 0);

/** Saves a task. If an instance has two active ones, which no scheduler should write, the newer one is kept. */
function saveTask({ tasks }: WriteStores, task: ScheduledTask, doubled: string[]): void {
  const { instanceId, task: config } = task.assignedTask;
  const holder = ACTIVE_STATES.has(task.status) ? tasks.activeInstance(config.job, instanceId) : undefined;
  if (holder && holder.assignedTask.taskId !== task.assignedTask.taskId) {
    const [older, newer] = lastEventMs(holder) > lastEventMs(task) ? [task, holder] : [holder, task];
    doubled.push(older.assignedTask.taskId);
    if (newer === holder) return;
    tasks.delete(holder.assignedTask.taskId);
  }
  tasks.save(task);
}

const byTime = (a: { timestampMs: number | bigint }, b: { timestampMs: number | bigint }): number =>
  toNumber(a.timestampMs) - toNumber(b.timestampMs);

function saveUpdate({ jobUpdates }: WriteStores, { details, run }: StoredUpdate) {
  const { update, updateEvents, instanceEvents } = details;
  const { key } = update.summary;
  jobUpdates.save(update);
  for (const event of [...updateEvents].sort(byTime)) jobUpdates.addEvent(key, event);
  for (const event of [...instanceEvents].sort(byTime)) jobUpdates.addInstanceEvent(key, event);
  for (const { direction, instanceId } of run.failures) jobUpdates.addFailure(key, direction, instanceId);
  if (run.progress) jobUpdates.saveProgress(key, run.progress);
  if (run.lastPulseMs !== undefined) jobUpdates.savePulse(key, run.lastPulseMs);
}

type Stored = Exclude<BackupItem, { kind: 'taken' }>;
type Saver<I> = (stores: WriteStores, item: I, doubled: string[]) => void;

const SAVERS: { readonly [K in Stored['kind']]: Saver<Extract<Stored, { kind: K }>> } = {
  task: (stores, { task }, doubled) => saveTask(stores, task, doubled),
  host({ hosts, modes }, { host: { mode, ...agent } }) {
    hosts.save(agent);
    if (mode !== undefined) modes.set(agent.host, mode);
  },
  cronJob: ({ cronJobs }, { job }) => cronJobs.save(job),
  frameworkId: ({ framework }, { id }) => framework.saveId(id),
  quota: ({ quotas }, { role, quota }) => quotas.save(role, quota),
  update: (stores, { update }) => saveUpdate(stores, update),
  maintenance: ({ maintenance }, { request }) => maintenance.save(request),
};

/**
 * Reads the backup file at `path` into new tables, in slices. `leaveOut` is called for everything that the tables do
 * not hold.
 * @throws AuroraError BACKUP naming the file, when it cannot be read or is no backup
 */
export async function loadBackup(disk: Disk, path: string, leaveOut?: LeaveOut): Promise<LoadedBackup> {
  const tables = memoryTables();
  const doubled: string[] = [];
  let takenMs = 0;
  let batch: Stored[] = [];
  const save = () => {
    tables.fill((stores) => {
      for (const item of batch) (SAVERS[item.kind] as Saver<Stored>)(stores, item, doubled);
    });
    batch = [];
  };
  const take = (item: BackupItem) => {
    if (item.kind === 'taken') takenMs = item.timestampMs;
    else if (batch.push(item) >= BATCH) save();
  };
  try {
    await readBackup(chunksOf(disk, path), take, leaveOut);
    save();
  } catch (cause) {
    throw new AuroraError('BACKUP', `the backup cannot be read: ${messageOf(cause)}`, { where: path, cause });
  }
  return { tables, takenMs, doubled };
}
