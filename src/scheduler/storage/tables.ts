import { inflateRawSync } from 'node:zlib';
import { AuroraError, messageOf } from '../../base/errors.ts';
import { type ByteReader, byteReader, byteWriter } from './bytes.ts';
import { cronProgressStore } from './cron-progress-store.ts';
import { hostStore } from './host-store.ts';
import { jobUpdateStore } from './job-update-store.ts';
import { modeStore } from './mode-store.ts';
import { KIND, type RecordHead, readHead, writeHead } from './record-format.ts';
import {
  cronJobStore,
  frameworkStore,
  maintenanceStore,
  quotaStore,
  restorationStore,
} from './small-stores.ts';
import { type StateView, stateView } from './state-view.ts';
import { type Gate, OP, type Table } from './store-table.ts';
import type { WriteStores } from './stores.ts';
import type { QueryIndex } from './task-query.ts';
import { taskStore } from './task-store.ts';

/** All stores together: what a transaction changes. */
export interface Tables {
  readonly stores: WriteStores;
  /** Changes are allowed only while it is open. */
  readonly gate: Gate;
  /** The current transaction as a record for the log; undefined when it changed nothing. */
  encodeChanges(madeMs: number): Uint8Array | undefined;
  keepChanges(): void;
  undoChanges(): void;
  /** The number of the last record that was encoded or replayed; 0 before the first. */
  lastRecord(): number;
  /**
   * Applies a record or a chunk of a snapshot. A record that has been applied before is ignored.
   * @throws AuroraError STORAGE when it cannot be decoded, or when records before it are missing.
   */
  replay(record: Uint8Array): void;
  /** Makes changes that are not recorded for the log; if `change` throws, none are made. */
  fill(change: (stores: WriteStores) => void): void;
  /** The whole state as it is now; the view must be closed. */
  view(): StateView;
}

/** The kind of a record or snapshot chunk, and when it was made. @throws AuroraError STORAGE */
export const headOf = (record: Uint8Array): RecordHead => readHead(byteReader(record));

/** What a store takes for a fault of its caller is one of the record here. */
const unreadable = (what: string, cause: unknown): AuroraError =>
  cause instanceof AuroraError && cause.code !== 'BUG'
    ? cause
    : new AuroraError('STORAGE', `${what} in the log cannot be applied: ${messageOf(cause)}`, { cause });

export interface TablesOptions {
  /** Called with the index that each task query used. */
  readonly queried?: ((by: QueryIndex) => void) | undefined;
}

export function memoryTables({ queried }: TablesOptions = {}): Tables {
  const gate: Gate = { open: false, changed: false };
  let lastRecord = 0;
  const modes = modeStore(gate);
  const parts = {
    tasks: taskStore(gate, queried),
    cronJobs: cronJobStore(gate),
    cronProgress: cronProgressStore(gate),
    quotas: quotaStore(gate),
    hosts: hostStore(gate, modes.store),
    modes,
    jobUpdates: jobUpdateStore(gate),
    maintenance: maintenanceStore(gate),
    framework: frameworkStore(gate),
    restoration: restorationStore(gate),
  };
  const stores: WriteStores = {
    tasks: parts.tasks.store,
    cronJobs: parts.cronJobs.store,
    cronProgress: parts.cronProgress.store,
    quotas: parts.quotas.store,
    hosts: parts.hosts.store,
    modes: parts.modes.store,
    jobUpdates: parts.jobUpdates.store,
    maintenance: parts.maintenance.store,
    framework: parts.framework.store,
    restoration: parts.restoration.store,
  };
  const tables: readonly Table<never>[] = Object.values(parts).map(({ table }) => table as Table<never>);
  const replayers: Table['replay'] = Object.assign({}, ...tables.map(({ replay }) => replay));
  const names = new Map<number, string>(Object.entries(OP).map(([name, op]) => [op, name]));

  const keepChanges = () => {
    for (const table of tables) table.keepChanges();
  };
  const undoChanges = () => {
    for (const table of tables) table.undoChanges();
  };
  const replayOps = (ops: ByteReader) => {
    let op = 0;
    try {
      while (!ops.done()) {
        op = ops.u8();
        const replayer = replayers[op];
        if (!replayer) throw new RangeError(`operation ${op} is not known to this version`);
        replayer(ops);
      }
    } catch (cause) {
      throw unreadable(names.get(op) ?? 'a record', cause);
    }
  };
  /** The ops of a record or chunk; undefined for a record that has been applied before. */
  const opsOf = (record: Uint8Array): ByteReader | undefined => {
    try {
      const reader = byteReader(record);
      const { kind, number } = readHead(reader);
      if (kind !== KIND.changes && kind !== KIND.snapshot)
        throw new RangeError(`kind ${kind} is not known to this version`);
      if (kind === KIND.changes && number <= lastRecord) return undefined;
      if (kind === KIND.changes && number !== lastRecord + 1)
        throw new RangeError(`record ${number} follows record ${lastRecord}`);
      lastRecord = number;
      return kind === KIND.changes ? reader : byteReader(inflateRawSync(reader.rest()));
    } catch (cause) {
      throw unreadable('a record', cause);
    }
  };

  /** Used for one record after the other. */
  const out = byteWriter();

  return {
    stores,
    gate,
    encodeChanges(madeMs) {
      out.clear();
      writeHead(out, { kind: KIND.changes, madeMs, number: lastRecord + 1 });
      const empty = out.size();
      for (const table of tables) table.encodeChanges(out);
      if (out.size() === empty) return undefined;
      lastRecord++;
      return out.take();
    },
    lastRecord: () => lastRecord,
    keepChanges,
    undoChanges,
    replay(record) {
      const ops = opsOf(record);
      if (!ops) return;
      gate.open = true;
      try {
        replayOps(ops);
      } finally {
        gate.open = false;
      }
      keepChanges();
    },
    fill(change) {
      gate.open = true;
      try {
        change(stores);
        keepChanges();
      } catch (error) {
        undoChanges();
        throw error;
      } finally {
        gate.open = false;
      }
    },
    view: () => stateView(tables),
  };
}
