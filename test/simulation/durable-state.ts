import { type Log, memoryTables, type ReadStores } from '../../src/scheduler/storage/index.ts';

/** What the log surely holds at this moment: every record whose append has ended, in tables of its own. */
export interface DurableState {
  stores(): ReadStores;
  /** The log, watched; to be called at the start of each life. */
  watched(log: Log): Log;
}

export function durableState(): DurableState {
  let tables = memoryTables();
  return {
    stores: () => tables.stores,
    watched: (log) => ({
      ...log,
      recover(reader, options) {
        tables = memoryTables();
        return log.recover(
          {
            restart() {
              tables = memoryTables();
              return reader.restart();
            },
            apply(record) {
              tables.replay(record);
              return reader.apply(record);
            },
          },
          options,
        );
      },
      async append(record) {
        await log.append(record);
        tables.replay(record);
      },
    }),
  };
}
