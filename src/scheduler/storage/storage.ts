import { type Clock, settledWithin } from '../../base/clock.ts';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { commitQueue } from './commit-queue.ts';
import { countedDeflate, countedLog, type StorageCounters } from './counted-log.ts';
import { recoverTables, tablesAt } from './history.ts';
import type { Log } from './log/log.ts';
import { type Deflate, deflateInThreads } from './snapshot-chunks.ts';
import { type SnapshotPolicy, snapshotSchedule } from './snapshot-schedule.ts';
import { snapshotWriter } from './snapshot-writer.ts';
import type { ReadStores, WriteStores } from './stores.ts';
import type { Tables } from './tables.ts';

/** What a write works with: the stores, and the door to the world that opens when the write is durable. */
export interface WriteTransaction extends WriteStores {
  /**
   * Runs `effect` once the write is durable: Mesos calls, acknowledgements, events. Effects run in the order of the
   * commits and, in one write, of these calls. An effect that throws is logged; the rest goes on.
   */
  afterCommit(effect: () => void): void;
}

/** A write that is applied, though maybe not durable yet. */
export interface Applied<T> {
  readonly result: T;
  /** Resolves, or rejects, as that of `write`; undefined when nothing was changed and no effect is to run. */
  readonly durable: Promise<void> | undefined;
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
   * @param changed called when it has changed something, which from then on may be in the log.
   * @throws AuroraError STORAGE (as rejection) when the storage is closed, and then nothing was applied; and when the
   * append failed: nobody knows then whether the record is in the log. The scheduler stops, an append is never retried.
   */
  write<T>(change: (tx: WriteTransaction) => T, changed?: () => void): Promise<T>;
  /**
   * The same for those who go on at once: with what `change` returned, or threw. A change that changes nothing costs
   * next to nothing.
   */
  apply<T>(change: (tx: WriteTransaction) => T): Applied<T>;
  /** Resolves when everything applied so far is durable and its effects have run. */
  settled(): Promise<void>;
  /** Why no write is taken any more; undefined while they are. What is refused for that was not applied. */
  refusesWrites(): AuroraError | undefined;
  /** Writes a snapshot now and trims the log; normally the storage decides by log bytes and time. */
  snapshot(): Promise<void>;
  /**
   * The state as it was at that moment of the wall clock, in tables of its own. Reads the log in slices that leave room
   * for everything else; with many tasks it takes seconds.
   * @throws AuroraError BAD_PARAMETER, which names the oldest moment in the log, when it does not go back that far.
   */
  stateAt(timeMs: number): Promise<ReadStores>;
  /**
   * Puts `tables` in the place of the whole state: refuses later writes, waits for those under way, makes a snapshot of
   * `tables` the end of the log and closes it. Reads go on showing the old state; the process has to end. When this
   * rejects before the snapshot may count, the log holds the old state, and writes are taken again; later it is fatal.
   */
  replaceWith(tables: Tables): Promise<void>;
  /**
   * Waits for writes under way, but only for a few seconds and not at all when the log has failed; gives up a snapshot
   * under way, then closes the log. Can be called again.
   */
  close(): Promise<void>;
}

export interface StorageOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called once when an append failed: the process must end, because what was applied may not be on disk. */
  readonly onFatal: (error: AuroraError) => void;
  readonly snapshots?: SnapshotPolicy | undefined;
  /** Compresses snapshots; default in other threads. */
  readonly deflate?: Deflate | undefined;
  /** Pending while another process leads: the state follows what that one appends. Default: leads at once. */
  readonly lead?: Promise<void> | undefined;
  readonly counters?: StorageCounters | undefined;
}

const NO_EFFECTS: readonly (() => void)[] = [];

/** So long `close` waits for what is under way. */
const CLOSE_LIMIT_MS = 5_000;

/**
 * Recovers the state from the log, follows the log until `lead` resolves, then opens the state for reads and writes.
 * @throws AuroraError STORAGE when the log is damaged, from a later version, or closed meanwhile.
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { clock, logger, counters, deflate = deflateInThreads } = options;
  const log = counters ? countedLog(options.log, counters, clock) : options.log;
  const queried =
    counters && ((by: string) => counters.add(by === 'all' ? 'task_queries_all' : `task_queries_by_${by}`));
  const { tables, ...recovery } = await recoverTables(log, options.lead, { queried });
  logger.info({ ...recovery, tasks: tables.stores.tasks.size }, 'state recovered from the log');
  let closed: AuroraError | undefined;
  const commits = commitQueue(clock, logger, (cause) => {
    closed = new AuroraError('STORAGE', `the log failed: ${messageOf(cause)}`, { cause });
    options.onFatal(closed);
    return closed;
  });

  const snapshots = snapshotWriter({
    log,
    clock,
    deflate: counters ? countedDeflate(deflate, counters, clock) : deflate,
    counters,
    firstBytes: recovery.snapshotBytes,
  });
  // Given up when the state is closed or replaced: it is needed no longer, and would keep others waiting.
  const snapshot = () =>
    snapshots.write(tables, () => {
      if (closed) throw closed;
    });
  const schedule = snapshotSchedule({ ...options, log, snapshot, snapshotBytes: snapshots.bytes });

  const { gate } = tables;
  /** Those of the write under way. */
  let effects: (() => void)[] = [];
  // One for all writes, of which there is one at a time: what is changed through it later is refused.
  const tx: WriteTransaction = {
    ...tables.stores,
    afterCommit(effect) {
      if (!gate.open) throw new AuroraError('BUG', 'an effect was added to a write that is over');
      effects.push(effect);
    },
  };
  const takeEffects = (): readonly (() => void)[] => {
    if (effects.length === 0) return NO_EFFECTS;
    const taken = effects;
    effects = [];
    return taken;
  };
  /** Applies `change`; what it throws has been undone. */
  const applied = <T>(change: (tx: WriteTransaction) => T) => {
    if (closed) throw closed;
    if (gate.open) throw new AuroraError('BUG', 'a write was started inside a write');
    gate.open = true;
    gate.changed = false;
    try {
      const result = change(tx);
      if (result instanceof Promise) throw new AuroraError('BUG', 'a write was asynchronous');
      if (!gate.changed) return { result, record: undefined, effects: takeEffects() };
      const record = tables.encodeChanges(clock.nowMs());
      tables.keepChanges();
      return { result, record, effects: takeEffects() };
    } catch (error) {
      effects = [];
      tables.undoChanges();
      throw error;
    } finally {
      gate.open = false;
    }
  };
  const commit = async (record: Uint8Array | undefined, effects: readonly (() => void)[]): Promise<void> => {
    await commits.add(record && log.append(record), effects);
    schedule.committed();
  };

  let closing: Promise<void> | undefined;
  const closeLog = () => {
    closing ??= log.close();
    return closing;
  };

  return {
    read: (look) => look(tables.stores),
    async write(change, changed) {
      const { result, record, effects } = applied(change);
      if (record) changed?.();
      // Without a change too: what it saw may not be durable yet.
      if (record || effects.length > 0) await commit(record, effects);
      else await commits.settled();
      return result;
    },
    apply(change) {
      const { result, record, effects } = applied(change);
      return { result, durable: record || effects.length > 0 ? commit(record, effects) : undefined };
    },
    settled: commits.settled,
    refusesWrites: () => closed,
    snapshot,
    stateAt: async (timeMs) => (await tablesAt(log, timeMs)).stores,
    async replaceWith(other) {
      if (closed) throw closed;
      const replaced = new AuroraError('STORAGE', 'the state was replaced by another one');
      closed = replaced;
      try {
        await commits.settled();
        await snapshots.write(other, undefined, { replaces: true });
      } catch (error) {
        const failure = log.failure();
        // A failed append has been told already.
        if (closed === replaced) {
          closed = failure;
          if (failure) options.onFatal(failure);
        }
        throw error;
      }
      await schedule.stop();
      // The new state is there; what cannot be closed goes with the process.
      await closeLog().catch((error) =>
        logger.error({ error: messageOf(error) }, 'the replaced log was not closed well'),
      );
    },
    async close() {
      const mayWait = closed === undefined;
      closed ??= new AuroraError('STORAGE', 'the storage is closed');
      // After a failure there is nothing left to wait for, and its reason has been told.
      const settled = commits.settled().catch(() => undefined);
      const idle = Promise.all([schedule.stop(), snapshots.idle(), settled]);
      if (!(await settledWithin(clock, mayWait ? CLOSE_LIMIT_MS : 0, idle)) && mayWait)
        logger.error(
          { limitMs: CLOSE_LIMIT_MS },
          'the log does not answer: closing it with writes under way',
        );
      await closeLog();
    },
  };
}
