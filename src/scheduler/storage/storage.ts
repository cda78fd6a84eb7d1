import type { Clock } from '../../base/clock.ts';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { commitQueue } from './commit-queue.ts';
import type { Log } from './log/log.ts';
import { type SnapshotPolicy, snapshotSchedule } from './snapshot-schedule.ts';
import type { ReadStores, WriteStores } from './stores.ts';
import { memoryTables, type Tables } from './tables.ts';

/** What a write works with: the stores, and the door to the world that opens when the write is durable. */
export interface WriteTransaction extends WriteStores {
  /**
   * Runs `effect` once the write is durable: Mesos calls, acknowledgements, events. Effects run in the order of the
   * commits and, in one write, of these calls. An effect that throws is logged; the rest goes on.
   */
  afterCommit(effect: () => void): void;
}

/** The scheduler's state. Rule: apply, append, then speak. */
export interface Storage {
  /** Looks at the stores; may see what is applied but not durable yet: await `settled` before it leaves the process. */
  read<T>(look: (stores: ReadStores) => T): T;
  /**
   * Applies `change` to the stores at once, before this call returns, and appends what it changed to the log; resolves
   * with its result when that is durable and its effects have run. Writes that arrive together share one append.
   * `change` is synchronous. When it throws, everything it did is undone, nothing is appended and the promise rejects
   * with what it threw.
   * @throws AuroraError STORAGE (as rejection) when the log failed or the storage is closed; after a failed append the
   * scheduler stops, it is never retried.
   */
  write<T>(change: (tx: WriteTransaction) => T): Promise<T>;
  /** Resolves when everything applied so far is durable and its effects have run. */
  settled(): Promise<void>;
  /** Writes a snapshot now and trims the log; normally the storage decides by log bytes and time. */
  snapshot(): Promise<void>;
  /** Waits for what is under way, then closes the log. */
  close(): Promise<void>;
}

export interface StorageOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called once when an append failed: the process must end, because what was applied may not be on disk. */
  readonly onFatal: (error: AuroraError) => void;
  readonly snapshots?: SnapshotPolicy | undefined;
}

/** Brings the tables to where the log left them; returns the size of the snapshot it began with. */
async function replayAll(log: Log, tables: Tables, logger: Logger): Promise<number> {
  const { snapshotBytes, records } = await log.recover({ restart: () => {}, apply: tables.replay });
  logger.info({ snapshotBytes, records, tasks: tables.stores.tasks.size }, 'state recovered from the log');
  return snapshotBytes;
}

/** Passes chunks through and tells their size. */
function* measured(chunks: Iterable<Uint8Array>, tell: (bytes: number) => void): Iterable<Uint8Array> {
  let bytes = 0;
  for (const chunk of chunks) {
    bytes += chunk.length;
    yield chunk;
  }
  tell(bytes);
}

/**
 * Recovers the state from the log and opens it for reads and writes.
 * @throws AuroraError STORAGE when the log is damaged or from a later version.
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { log, logger } = options;
  const tables = memoryTables();
  let snapshotBytes = await replayAll(log, tables, logger);
  let closed: AuroraError | undefined;
  const commits = commitQueue(options.clock, logger, (cause) => {
    closed = new AuroraError('STORAGE', `the log failed: ${messageOf(cause)}`, { cause });
    options.onFatal(closed);
    return closed;
  });
  const snapshot = () => {
    const chunks = measured(tables.view(), (bytes) => {
      snapshotBytes = bytes;
    });
    return log.writeSnapshot(chunks);
  };
  const schedule = snapshotSchedule({ ...options, snapshot, snapshotBytes: () => snapshotBytes });

  /** Applies `change`; what it throws has been undone. */
  const apply = <T>(change: (tx: WriteTransaction) => T) => {
    if (closed) throw closed;
    if (tables.gate.open) throw new AuroraError('BUG', 'a write was started inside a write');
    const effects: (() => void)[] = [];
    tables.gate.open = true;
    try {
      const result = change({ ...tables.stores, afterCommit: (effect) => void effects.push(effect) });
      if (result instanceof Promise) throw new AuroraError('BUG', 'a write was asynchronous');
      const record = tables.encodeChanges();
      tables.keepChanges();
      return { result, record, effects };
    } catch (error) {
      tables.undoChanges();
      throw error;
    } finally {
      tables.gate.open = false;
    }
  };

  return {
    read: (look) => look(tables.stores),
    async write(change) {
      const { result, record, effects } = apply(change);
      await commits.add(record && log.append(record), effects);
      schedule.committed();
      return result;
    },
    settled: commits.settled,
    snapshot,
    async close() {
      closed ??= new AuroraError('STORAGE', 'the storage is closed');
      await schedule.stop();
      // After a failure there is nothing left to wait for, and its reason has been told.
      await commits.settled().catch(() => undefined);
      await log.close();
    },
  };
}
