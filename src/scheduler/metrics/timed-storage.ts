import type { Clock } from '../../base/clock.ts';
import type { Storage } from '../storage/index.ts';
import type { Counters } from './counters.ts';

/** Wraps a storage to measure how long its reads and writes block everything else. */
export function timedStorage(
  storage: Storage,
  { clock, counters }: { readonly clock: Clock; readonly counters: Pick<Counters, 'time'> },
): Storage {
  const timed = <A, T>(name: string, work: (argument: A) => T) => {
    return (argument: A): T => {
      const startMs = clock.monotonicMs();
      try {
        return work(argument);
      } finally {
        counters.time(name, clock.monotonicMs() - startMs);
      }
    };
  };
  return {
    ...storage,
    read: (look) => storage.read(timed('mem_storage_read_operation', look)),
    write: (change, changed) => storage.write(timed('mem_storage_write_operation', change), changed),
    apply: (change) => storage.apply(timed('mem_storage_write_operation', change)),
  };
}
