import { type Clock, settledWithin } from '../../base/clock.ts';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { commitQueue, type Effects, NO_EFFECTS } from './commit-queue.ts';
import { countedDeflate, countedLog, type StorageCounters } from './counted-log.ts';
import { recoverTables, tablesAt } from './history.ts';
import type { Log } from './log/log.ts';
import { type Deflate, deflateInThreads } from './snapshot-chunks.ts';
import { type SnapshotPolicy, snapshotSchedule } from './snapshot-schedule.ts';
import { snapshotWriter } from './snapshot-writer.ts';
import type { ReadStores, WriteStores } from './stores.ts';
import type { Tables } from './tables.ts';

/** What a write works with: the stores, and a way to act on the outside world once the write is durable. */
export interface WriteTransaction extends WriteStores {
  /**
   * Calls `effect` with `about` once the write is durable: Mesos calls, acknowledgements, events. Effects run in the order
   * of the commits and, within one write, of these calls. If an effect throws, that is logged and the others still run.
   */
  afterCommit(effect: () => void): void;
  afterCommit<T>(effect: (about: T) => void, about: T): void;
}

/** A write that is applied, but maybe not durable yet. */
export interface Applied<T> {
  readonly result: T;
  /** Resolves or rejects like the promise of `write`; undefined when nothing was changed and there are no effects. */
  readonly durable: Promise<void> | undefined;
}

/** The scheduler's state. The rule for writes: apply, append, then tell the outside world. */
export interface Storage {
  /** Reads the stores. The result may not be durable yet: await `settled` before it leaves the process. */
  read<T>(look: (stores: ReadStores) => T): T;
  /**
   * Applies `change` to the stores before this call returns, and appends what it changed to the log. Resolves with its
   * result when that is durable and its effects have run. Writes that arrive together share one append. `change` is
   * synchronous; when it throws, everything it did is undone, nothing is appended and the promise rejects with what it
   * threw.
   * @param changed called when `change` has changed something; from then on it may be in the log.
   * @throws AuroraError STORAGE (as rejection) when the storage is closed, in which case nothing was applied; and when
   * the append failed, in which case it is unknown whether the record is in the log. The scheduler then stops; an
   * append is never retried.
   */
  write<T>(change: (tx: WriteTransaction) => T, changed?: () => void): Promise<T>;
  /**
   * Like `write`, for callers that go on at once with what `change` returned or threw. A change that changes nothing
   * costs next to nothing.
   */
  apply<T>(change: (tx: WriteTransaction) => T): Applied<T>;
  /** Resolves when everything applied so far is durable and its effects have run. */
  settled(): Promise<void>;
  /** Why writes are refused; undefined while they are accepted. A refused write was not applied. */
  refusesWrites(): AuroraError | undefined;
  /** Writes a snapshot now and trims the log; normally the storage does so by itself, by log size and time. */
  snapshot(): Promise<void>;
  /**
   * The state as it was at that wall-clock time, in tables of its own. Reads the log in slices that leave room for
   * other work; with many tasks it takes seconds.
   * @throws AuroraError BAD_PARAMETER when the log does not reach back that far; it names the oldest moment that can be
   * read.
   */
  stateAt(timeMs: number): Promise<ReadStores>;
  /**
   * Replaces the whole state by `tables`: refuses further writes, waits for those under way, writes a snapshot of
   * `tables` at the end of the log and closes the log. Reads still show the old state, and the process has to end. If
   * this fails before the snapshot could be in force, the log holds the old state and writes are accepted again; a
   * later failure is fatal.
   */
  replaceWith(tables: Tables): Promise<void>;
  /**
   * Waits for writes under way, but only for a few seconds, and not at all when the log has failed. Abandons a snapshot
   * under way, then closes the log. Can be called again.
   */
  close(): Promise<void>;
}

export interface StorageOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called once, when an append failed: the process must end, because what was applied may not be on disk. */
  readonly onFatal: (error: AuroraError) => void;
  readonly snapshots?: SnapshotPolicy | undefined;
  /** Compresses snapshots; default: in other threads. */
  readonly deflate?: Deflate | undefined;
  /** Pending while another process leads: the state then follows what that leader appends. Default: lead at once. */
  readonly lead?: Promise<void> | undefined;
  readonly counters?: StorageCounters | undefined;
}

/** How long `close` waits for what is under way. */
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
    first: { bytes: recovery.snapshotBytes, tasks: tables.stores.tasks.size },
  });
  // Abandoned when the storage is closed or its state is replaced: then the snapshot is no longer needed and would only
  // delay others.
  const snapshot = () =>
    snapshots.write(tables, () => {
      if (closed) throw closed;
    });
  const schedule = snapshotSchedule({
    ...options,
    log,
    snapshot,
    snapshotBytes: () => snapshots.expectedBytes(tables.stores.tasks.size),
  });

  const { gate } = tables;
  /** The effects of the write under way. */
  let acts: ((about: never) => void)[] = [];
  let abouts: unknown[] = [];
  // One object serves all writes, because there is one at a time; changes made through it after the write are refused.
  const tx: WriteTransaction = {
    ...tables.stores,
    afterCommit(effect: (about: never) => void, about?: unknown) {
      if (!gate.open) throw new AuroraError('BUG', 'an effect was added to a write that is over');
      acts.push(effect);
      abouts.push(about);
    },
  };
  const takeEffects = (): Effects => {
    if (acts.length === 0) return NO_EFFECTS;
    const taken = { acts, about: abouts };
    acts = [];
    abouts = [];
    return taken;
  };
  /** Applies `change`; if it throws, its changes are undone. */
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
      takeEffects();
      tables.undoChanges();
      throw error;
    } finally {
      gate.open = false;
    }
  };
  const commit = async (record: Uint8Array | undefined, effects: Effects): Promise<void> => {
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
      // Even without a change: what it saw may not be durable yet.
      if (record || effects.acts.length > 0) await commit(record, effects);
      else await commits.settled();
      return result;
    },
    apply(change) {
      const { result, record, effects } = applied(change);
      return { result, durable: record || effects.acts.length > 0 ? commit(record, effects) : undefined };
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
        // A failed append has been reported already.
        if (closed === replaced) {
          closed = failure;
          if (failure) options.onFatal(failure);
        }
        throw error;
      }
      await schedule.stop();
      // The new state is durable; files that cannot be closed are closed with the process.
      await closeLog().catch((error) =>
        logger.error({ error: messageOf(error) }, 'the replaced log could not be closed'),
      );
    },
    async close() {
      const mayWait = closed === undefined;
      closed ??= new AuroraError('STORAGE', 'the storage is closed');
      // After a failure there is nothing left to wait for, and its reason has been reported.
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
