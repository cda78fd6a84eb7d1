import type { TaskConfig } from '../../api/index.ts';
import { AuroraError } from '../../base/errors.ts';
import { configKey } from './canonical.ts';

/** A configuration that tasks share. */
export interface PooledConfig {
  /** Stands for the configuration in the log; never reused for another one. */
  readonly id: number;
  readonly config: TaskConfig;
  readonly key: string;
  /** How many tasks have it. */
  uses: number;
  /** Whether the log already defines it under this id. */
  logged: boolean;
}

/** The distinct configurations of all stored tasks, each held once. */
export interface ConfigPool {
  /** The entry that equals `config`, created if necessary; the next `sweep` drops it if it is not used. */
  enter(config: TaskConfig): PooledConfig;
  /** The entry of a pooled object. @throws AuroraError BUG for any other object. */
  entryOf(pooled: TaskConfig): PooledConfig;
  use(entry: PooledConfig): void;
  release(entry: PooledConfig): void;
  /** Drops unused entries; called once in each transaction, so that replay drops them at the same point. */
  sweep(): void;
  /** Adds an entry that the log or a snapshot defines. */
  define(id: number, config: TaskConfig): void;
  /** @throws AuroraError STORAGE when the log never defined the id. */
  byId(id: number): PooledConfig;
  /** Like `entryOf`, but also finds dropped entries while anybody has called `keep`. */
  keptEntryOf(pooled: TaskConfig): PooledConfig;
  /** Keeps entries within reach of `keptEntryOf` until the returned function is called. */
  keep(): () => void;
}

export function configPool(): ConfigPool {
  const byKey = new Map<string, PooledConfig>();
  const byObject = new Map<TaskConfig, PooledConfig>();
  const byNumber = new Map<number, PooledConfig>();
  const unused = new Set<PooledConfig>();
  const forgotten = new Map<TaskConfig, PooledConfig>();
  const keepers = new Set<object>();
  let nextId = 1;

  const add = (entry: PooledConfig) => {
    byKey.set(entry.key, entry);
    byObject.set(entry.config, entry);
    byNumber.set(entry.id, entry);
    unused.add(entry);
    nextId = Math.max(nextId, entry.id + 1);
    return entry;
  };

  const known = (entry: PooledConfig | undefined): PooledConfig => {
    if (!entry) throw new AuroraError('BUG', 'a stored task has a configuration that is not in the pool');
    return entry;
  };

  return {
    enter(config) {
      const pooled = byObject.get(config);
      if (pooled) return pooled;
      const key = configKey(config);
      return byKey.get(key) ?? add({ id: nextId, config, key, uses: 0, logged: false });
    },
    entryOf: (pooled) => known(byObject.get(pooled)),
    keptEntryOf: (pooled) => known(byObject.get(pooled) ?? forgotten.get(pooled)),
    keep() {
      const keeper = {};
      keepers.add(keeper);
      return () => {
        keepers.delete(keeper);
        if (keepers.size === 0) forgotten.clear();
      };
    },
    use(entry) {
      entry.uses++;
      unused.delete(entry);
    },
    release(entry) {
      entry.uses--;
      if (entry.uses === 0) unused.add(entry);
    },
    sweep() {
      if (unused.size === 0) return;
      for (const entry of unused) {
        byKey.delete(entry.key);
        byObject.delete(entry.config);
        byNumber.delete(entry.id);
        if (keepers.size > 0) forgotten.set(entry.config, entry);
      }
      unused.clear();
    },
    define(id, config) {
      add({ id, config, key: configKey(config), uses: 0, logged: true });
    },
    byId(id) {
      const entry = byNumber.get(id);
      if (!entry)
        throw new AuroraError('STORAGE', `a task refers to configuration ${id}, which the log never defined`);
      return entry;
    },
  };
}
