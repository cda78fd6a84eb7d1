import type { MaintenanceMode } from '../../api/index.ts';
import { keyedTable } from './keyed-table.ts';
import type { Stored } from './small-stores.ts';
import { type Gate, OP } from './store-table.ts';
import type { WriteModes } from './stores.ts';

/** Maintenance modes, by host; a host without an entry is in mode NONE. */
export function modeStore(gate: Gate): Stored<WriteModes, MaintenanceMode> {
  const table = keyedTable<MaintenanceMode>({
    gate,
    saveOp: OP.saveMode,
    deleteOp: OP.deleteMode,
    encode: (mode) => Buffer.from(mode),
    decode: (bytes) => Buffer.from(bytes).toString() as MaintenanceMode,
  });
  const of = (host: string): MaintenanceMode => table.values.get(host) ?? 'NONE';
  return {
    table,
    store: {
      of,
      all: () => table.values.entries(),
      set(host, mode) {
        if (of(host) === mode) return false;
        if (mode === 'NONE') table.delete(host);
        else table.save(host, mode);
        return true;
      },
    },
  };
}
