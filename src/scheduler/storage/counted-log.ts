import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../metrics/counters.ts';
import type { Log, LogReader } from './log/log.ts';
import type { Deflate } from './snapshot-chunks.ts';

/** What the storage counts with; feeds /vars. */
export type StorageCounters = Pick<Counters, 'add' | 'gauge' | 'time'>;

/** Counts what passes through the log. Source of the names: the original's log manager. */
export function countedLog(log: Log, counters: StorageCounters, clock: Clock): Log {
  let sinceSnapshot = 0;
  counters.gauge('scheduler_log_un_snapshotted_transactions', () => sinceSnapshot);
  for (const name of ['bytes_read', 'bytes_written', 'entries_read', 'entries_written', 'snapshots'])
    counters.add(`scheduler_log_${name}`, 0);

  const read = (bytes: Uint8Array) => {
    counters.add('scheduler_log_entries_read');
    counters.add('scheduler_log_bytes_read', bytes.length);
  };
  const written = (bytes: Uint8Array) => {
    counters.add('scheduler_log_entries_written');
    counters.add('scheduler_log_bytes_written', bytes.length);
  };
  const counting = (reader: LogReader): LogReader => ({
    restart: () => reader.restart(),
    apply(bytes) {
      read(bytes);
      return reader.apply(bytes);
    },
  });
  async function* passed(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      written(chunk);
      yield chunk;
    }
  }

  return {
    ...log,
    async recover(reader, options) {
      const recovery = await log.recover(counting(reader), options);
      sinceSnapshot = recovery.records;
      return recovery;
    },
    async append(record) {
      const startMs = clock.monotonicMs();
      sinceSnapshot++;
      written(record);
      await log.append(record);
      counters.time('log_manager_append', clock.monotonicMs() - startMs);
    },
    async writeSnapshot(chunks, options) {
      const startMs = clock.monotonicMs();
      const covered = sinceSnapshot;
      sinceSnapshot = 0;
      try {
        await log.writeSnapshot(passed(chunks), options);
      } catch (error) {
        sinceSnapshot += covered;
        throw error;
      }
      counters.add('scheduler_log_snapshots');
      counters.time('scheduler_log_snapshot', clock.monotonicMs() - startMs);
    },
  };
}

export const countedDeflate =
  (deflate: Deflate, counters: StorageCounters, clock: Clock): Deflate =>
  async (bytes) => {
    const startMs = clock.monotonicMs();
    const deflated = await deflate(bytes);
    counters.time('log_manager_deflate', clock.monotonicMs() - startMs);
    return deflated;
  };
