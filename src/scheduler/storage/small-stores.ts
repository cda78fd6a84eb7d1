import {
  decodeStruct,
  encodeStruct,
  type HostMaintenanceRequest,
  type JobConfiguration,
  normalise,
  type ResourceAggregate,
  type Struct,
  type StructName,
} from '../../api/index.ts';
import { type KeyedTable, keyedTable } from './keyed-table.ts';
import { jobKeyText } from './keys.ts';
import { setsBy } from './sets-by.ts';
import { type Gate, OP, type Table } from './store-table.ts';
import type {
  Restoration,
  WriteCronJobs,
  WriteFramework,
  WriteMaintenance,
  WriteQuotas,
  WriteRestoration,
} from './stores.ts';

/** A store with its table, which takes part in transactions. */
export interface Stored<S, V> {
  readonly store: S;
  readonly table: Table<readonly [key: string, value: V]>;
}

/** A table of API structs, in their binary encoding. */
export function structTable<N extends StructName>(
  gate: Gate,
  name: N,
  saveOp: number,
  deleteOp: number,
  changed?: (before: Struct<N> | undefined, after: Struct<N> | undefined) => void,
): KeyedTable<Struct<N>> {
  return keyedTable<Struct<N>>({
    gate,
    saveOp,
    deleteOp,
    ...(changed ? { changed } : {}),
    encode: (value) => encodeStruct(name, value as never),
    decode: (bytes) => normalise(name, decodeStruct(name, bytes) as never) as unknown as Struct<N>,
  });
}

/** Cron jobs, by job key; they can also be found by role. */
export function cronJobStore(gate: Gate): Stored<WriteCronJobs, JobConfiguration> {
  const byRole = setsBy<string, string>();
  let version = 0;
  const changed = (before: JobConfiguration | undefined, after: JobConfiguration | undefined) => {
    version++;
    if (before) byRole.remove(before.key.role, jobKeyText(before.key));
    if (after) byRole.add(after.key.role, jobKeyText(after.key));
  };
  const table = structTable(gate, 'JobConfiguration', OP.saveCronJob, OP.deleteCronJob, changed);
  return {
    table,
    store: {
      get: (key) => table.values.get(jobKeyText(key)),
      ofRole: (role) => [...byRole.of(role)].flatMap((key) => table.values.get(key) ?? []),
      all: () => table.values.values(),
      get size() {
        return table.values.size;
      },
      version: () => version,
      save: (job) => table.save(jobKeyText(job.key), job),
      delete: (key) => table.delete(jobKeyText(key)),
    },
  };
}

/** Quotas, by role. */
export function quotaStore(gate: Gate): Stored<WriteQuotas, ResourceAggregate> {
  const table = structTable(gate, 'ResourceAggregate', OP.saveQuota, OP.deleteQuota);
  return {
    table,
    store: {
      get: (role) => table.values.get(role),
      all: () => table.values.entries(),
      get size() {
        return table.values.size;
      },
      save: table.save,
      delete: table.delete,
    },
  };
}

/** Requests to drain hosts, by host. */
export function maintenanceStore(gate: Gate): Stored<WriteMaintenance, HostMaintenanceRequest> {
  const table = structTable(gate, 'HostMaintenanceRequest', OP.saveMaintenance, OP.deleteMaintenance);
  return {
    table,
    store: {
      get: (host) => table.values.get(host),
      all: () => table.values.values(),
      get size() {
        return table.values.size;
      },
      save: (request) => table.save(request.host, request),
      delete: table.delete,
    },
  };
}

/** The framework id, the only value of its table. */
export function frameworkStore(gate: Gate): Stored<WriteFramework, string> {
  const table = keyedTable<string>({
    gate,
    saveOp: OP.saveFrameworkId,
    deleteOp: OP.deleteFrameworkId,
    encode: (id) => Buffer.from(id),
    decode: (bytes) => Buffer.from(bytes).toString(),
  });
  return {
    table,
    store: {
      id: () => table.values.get(''),
      saveId: (id) => table.save('', id),
      deleteId: () => table.delete(''),
    },
  };
}

/** Where the state was restored from, the only value of its table; JSON, so that fields can be added later. */
export function restorationStore(gate: Gate): Stored<WriteRestoration, Restoration> {
  const table = keyedTable<Restoration>({
    gate,
    saveOp: OP.saveRestoration,
    deleteOp: OP.deleteRestoration,
    encode: (restoration) => Buffer.from(JSON.stringify(restoration)),
    decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()) as Restoration,
  });
  return {
    table,
    store: {
      get: () => table.values.get(''),
      save: (restoration) => table.save('', restoration),
      clear: () => void table.delete(''),
    },
  };
}
