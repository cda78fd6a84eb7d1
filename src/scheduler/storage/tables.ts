import { AuroraError, messageOf } from '../../base/errors.ts';
import { type ByteWriter, byteReader, byteWriter } from './bytes.ts';
import { hostStore } from './host-store.ts';
import { jobUpdateStore } from './job-update-store.ts';
import {
  cronJobStore,
  frameworkStore,
  maintenanceStore,
  quotaStore,
  restorationStore,
} from './small-stores.ts';
import type { WriteStores } from './stores.ts';
import { type Gate, OP, type Table } from './table.ts';
import { taskStore } from './task-store.ts';

/** First byte of every record and snapshot chunk: how the ops after it are written. */
const RECORD_FORMAT = 1;
/** A snapshot is cut into records of about this size; encoding one takes about a millisecond. */
const SNAPSHOT_CHUNK_BYTES = 64 * 1024;

/** All stores together, as the one thing that a transaction changes. */
export interface Tables {
  readonly stores: WriteStores;
  /** Changes are allowed while this is open. */
  readonly gate: Gate;
  /** The present transaction as a record for the log; undefined when it changed nothing. */
  encodeChanges(): Uint8Array | undefined;
  keepChanges(): void;
  undoChanges(): void;
  /** Applies a record or a snapshot chunk. @throws AuroraError STORAGE when it cannot be understood. */
  replay(record: Uint8Array): void;
  /** Everything at this moment as chunks that `replay` takes; encoded when asked for, whatever changes meanwhile. */
  view(): Iterable<Uint8Array>;
}

function* chunksOf(steps: Iterable<Iterable<(out: ByteWriter) => void>>): Iterable<Uint8Array> {
  const out = byteWriter();
  out.u8(RECORD_FORMAT);
  for (const table of steps) {
    for (const step of table) {
      step(out);
      if (out.size() < SNAPSHOT_CHUNK_BYTES) continue;
      yield out.take();
      out.u8(RECORD_FORMAT);
    }
  }
  yield out.take();
}

export function memoryTables(): Tables {
  const gate: Gate = { open: false };
  const tasks = taskStore(gate);
  const cronJobs = cronJobStore(gate);
  const quotas = quotaStore(gate);
  const hosts = hostStore(gate);
  const jobUpdates = jobUpdateStore(gate);
  const maintenance = maintenanceStore(gate);
  const framework = frameworkStore(gate);
  const restoration = restorationStore(gate);
  const tables: readonly Table[] = [
    tasks,
    cronJobs,
    quotas,
    hosts,
    jobUpdates,
    maintenance,
    framework,
    restoration,
  ].map(({ table }) => table);
  const replayers: Table['replay'] = Object.assign({}, ...tables.map(({ replay }) => replay));
  const names = new Map<number, string>(Object.entries(OP).map(([name, op]) => [op, name]));

  return {
    stores: {
      tasks: tasks.store,
      cronJobs: cronJobs.store,
      quotas: quotas.store,
      hosts: hosts.store,
      jobUpdates: jobUpdates.store,
      maintenance: maintenance.store,
      framework: framework.store,
      restoration: restoration.store,
    },
    gate,
    encodeChanges() {
      const out = byteWriter();
      out.u8(RECORD_FORMAT);
      for (const table of tables) table.encodeChanges(out);
      return out.size() > 1 ? out.take() : undefined;
    },
    keepChanges() {
      for (const table of tables) table.keepChanges();
    },
    undoChanges() {
      for (const table of tables) table.undoChanges();
    },
    replay(record) {
      const reader = byteReader(record);
      let op = 0;
      gate.open = true;
      try {
        const format = reader.u8();
        if (format !== RECORD_FORMAT)
          throw new RangeError(`record format ${format} is not known to this version`);
        while (!reader.done()) {
          op = reader.u8();
          const replayer = replayers[op];
          if (!replayer) throw new RangeError(`operation ${op} is not known to this version`);
          replayer(reader);
        }
      } catch (cause) {
        const what = names.get(op) ?? 'a record';
        throw new AuroraError('STORAGE', `${what} in the log cannot be applied: ${messageOf(cause)}`, {
          cause,
        });
      } finally {
        gate.open = false;
      }
      for (const table of tables) table.keepChanges();
    },
    view: () => chunksOf(tables.map((table) => table.view())),
  };
}
