import { AuroraError } from '../../base/errors.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { Moment } from './moments.ts';

/** All values of a table as they were at one moment. */
export interface TableView<V> extends Moment<V> {
  /** Writes the ops that recreate the value in a table that already holds the values before it. */
  write(out: ByteWriter, value: V): void;
}

/**
 * One kind of object in memory, with what a transaction needs. For every key that the current transaction touched, a
 * table remembers the value before it. Both the undo and the log record are made from that, so several changes of one
 * object in one transaction are one change on disk.
 */
export interface Table<V = unknown> {
  /** Writes the ops that lead from the state before the transaction to the current one. */
  encodeChanges(out: ByteWriter): void;
  /** Commits the transaction: forgets the old values. */
  keepChanges(): void;
  /** Restores everything to the state before the transaction. */
  undoChanges(): void;
  /** Everything as it is now, whatever changes while it is read. */
  view(): TableView<V>;
  /** How to replay each op of this table: each function reads what follows the op's number. */
  readonly replay: Readonly<Record<number, (op: ByteReader) => void>>;
}

/**
 * The first byte of every op in the log. Numbers are never reused: a new meaning gets a new number (8 and 9 are
 * retired). The layout of an op's body is described where it is written.
 */
export const OP = {
  defineConfig: 1,
  saveTask: 2,
  deleteTask: 3,
  saveCronJob: 4,
  deleteCronJob: 5,
  saveQuota: 6,
  deleteQuota: 7,
  saveMaintenance: 10,
  deleteMaintenance: 11,
  saveFrameworkId: 12,
  deleteFrameworkId: 13,
  saveUpdate: 14,
  deleteUpdate: 15,
  addUpdateEvent: 16,
  addInstanceEvent: 17,
  saveAgent: 18,
  deleteAgent: 19,
  saveRestoration: 20,
  deleteRestoration: 21,
  saveMode: 22,
  deleteMode: 23,
  saveUpdateProgress: 30,
  saveUpdatePulse: 31,
  addUpdateFailure: 32,
  saveCronProgress: 40,
  deleteCronProgress: 41,
} as const;

/** Whether changes are allowed: only during a write and while the log is replayed. */
export interface Gate {
  open: boolean;
  /** Whether anything was changed since the gate was opened; if not, there is nothing to encode, keep or undo. */
  changed: boolean;
}

/**
 * To be called by a store before it changes.
 * @throws AuroraError BUG when a transaction's stores are used after its end.
 */
export function passGate(gate: Gate): void {
  if (!gate.open) throw new AuroraError('BUG', 'a store was changed outside a write');
  gate.changed = true;
}
