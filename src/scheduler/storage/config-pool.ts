import type { TaskConfig } from '../../api/index.ts';
import { AuroraError } from '../../base/errors.ts';
import { configKey } from './canonical.ts';

/** A configuration that tasks share. */
export interface PooledConfig {
  /** Stands for the configuration in the log; never used again for another one. */
  readonly id: number;
  readonly config: TaskConfig;
  readonly key: string;
  /** Tasks that have it. */
  uses: number;
  /** The log has it under this id. */
  logged: boolean;
}

/** The distinct configurations of all stored tasks, each once. */
export interface ConfigPool {
  /** The entry that equals `config`, made if need be; unused ones go at the next `sweep`. */
  enter(config: TaskConfig): PooledConfig;
  /** The entry of a pooled object. @throws AuroraError BUG for any other object. */
  entryOf(pooled: TaskConfig): PooledConfig;
  use(entry: PooledConfig): void;
  release(entry: PooledConfig): void;
  /** Forgets entries that nobody uses any more; once a transaction, so that replay forgets them at the same point. */
  sweep(): void;
  /** Puts back what the log or a snapshot says. */
  define(id: number, config: TaskConfig): void;
  /** @throws AuroraError STORAGE when the log never defined it. */
  byId(id: number): PooledConfig;
  /** As `entryOf`, and while anybody keeps them also of those that were forgotten. */
  keptEntryOf(pooled: TaskConfig): PooledConfig;
  /** Entries stay within reach of `keptEntryOf` until the result is called. */
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
