import { decodeStruct, encodeStruct, normalise, type Struct, type StructName } from '../../api/index.ts';
import { canonicalText } from './canonical.ts';
import { type KeyedTable, keyedTable } from './keyed-table.ts';
import { jobKeyText } from './keys.ts';
import type { WriteCronJobs, WriteFramework, WriteHosts, WriteMaintenance, WriteQuotas } from './stores.ts';
import { type Gate, OP, type Table } from './table.ts';

interface Stored<S> {
  readonly store: S;
  readonly table: Table;
}

function structTable<N extends StructName>(
  gate: Gate,
  name: N,
  saveOp: number,
  deleteOp: number,
): KeyedTable<Struct<N>> {
  return keyedTable<Struct<N>>({
    gate,
    saveOp,
    deleteOp,
    encode: (value) => encodeStruct(name, value as never),
    decode: (bytes) => normalise(name, decodeStruct(name, bytes) as never) as unknown as Struct<N>,
  });
}

/** Cron jobs, by job key. */
export function cronJobStore(gate: Gate): Stored<WriteCronJobs> {
  const table = structTable(gate, 'JobConfiguration', OP.saveCronJob, OP.deleteCronJob);
  return {
    table,
    store: {
      get: (key) => table.values.get(jobKeyText(key)),
      all: () => table.values.values(),
      save: (job) => table.save(jobKeyText(job.key), job),
      delete: (key) => table.delete(jobKeyText(key)),
    },
  };
}

/** Quotas, by role. */
export function quotaStore(gate: Gate): Stored<WriteQuotas> {
  const table = structTable(gate, 'ResourceAggregate', OP.saveQuota, OP.deleteQuota);
  return {
    table,
    store: {
      get: (role) => table.values.get(role),
      all: () => table.values.entries(),
      save: table.save,
      delete: table.delete,
    },
  };
}

/** Agents' attributes and maintenance modes, by host. */
export function hostStore(gate: Gate): Stored<WriteHosts> {
  const table = structTable(gate, 'HostAttributes', OP.saveHost, OP.deleteHost);
  const text = (value: Struct<'HostAttributes'>) => canonicalText('HostAttributes', value);
  return {
    table,
    store: {
      get: (host) => table.values.get(host),
      all: () => table.values.values(),
      save(attributes) {
        const old = table.values.get(attributes.host);
        if (old && (old === attributes || text(old) === text(attributes))) return false;
        table.save(attributes.host, attributes);
        return true;
      },
    },
  };
}

/** Requests to drain hosts, by host. */
export function maintenanceStore(gate: Gate): Stored<WriteMaintenance> {
  const table = structTable(gate, 'HostMaintenanceRequest', OP.saveMaintenance, OP.deleteMaintenance);
  return {
    table,
    store: {
      get: (host) => table.values.get(host),
      all: () => table.values.values(),
      save: (request) => table.save(request.host, request),
      delete: table.delete,
    },
  };
}

/** The framework id, the one value of its table. */
export function frameworkStore(gate: Gate): Stored<WriteFramework> {
  const table = keyedTable<string>({
    gate,
    saveOp: OP.saveFrameworkId,
    deleteOp: OP.deleteFrameworkId,
    encode: (id) => Buffer.from(id),
    decode: (bytes) => Buffer.from(bytes).toString(),
  });
  return {
    table,
    store: { id: () => table.values.get(''), saveId: (id) => table.save('', id) },
  };
}
