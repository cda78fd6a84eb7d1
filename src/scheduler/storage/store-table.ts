import { AuroraError } from '../../base/errors.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { Moment } from './moments.ts';

/** All of a table as it was at one moment. */
export interface TableView<V> extends Moment<V> {
  /** Writes the ops that make the value, into a table that has those before it. */
  write(out: ByteWriter, value: V): void;
}

/**
 * One kind of thing in memory, with what a transaction needs of it. A table remembers, for every key that the present
 * transaction touched, how it was before; from that come both the undo and the records of the log, so that several
 * changes of one thing in one transaction are one change on disk.
 */
export interface Table<V = unknown> {
  /** Writes the ops that lead from before the transaction to now. */
  encodeChanges(out: ByteWriter): void;
  /** The transaction stands: forgets how things were. */
  keepChanges(): void;
  /** Puts everything back as it was before the transaction. */
  undoChanges(): void;
  /** Everything at this moment, whatever changes while it is read. */
  view(): TableView<V>;
  /** How to replay each op of this table: what follows the op's number. */
  readonly replay: Readonly<Record<number, (op: ByteReader) => void>>;
}

/**
 * First byte of every op in the log. Numbers are never used twice: a new meaning takes a new number (8 and 9 are gone).
 * What a body holds is said where it is written.
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

/** Whether changes are allowed: only inside a write and while the log is replayed. */
export interface Gate {
  open: boolean;
  /** Something was changed since it was opened: only then is there anything to encode, to keep or to undo. */
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
