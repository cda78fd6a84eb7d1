import type { Clock } from '../../base/clock.ts';
import type { StorageCounters } from './counted-log.ts';
import type { Log, SnapshotOptions } from './log/log.ts';
import { type Deflate, snapshotChunks } from './snapshot-chunks.ts';
import type { Tables } from './tables.ts';

interface SnapshotWriterOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly deflate: Deflate;
  readonly counters: StorageCounters | undefined;
  /** The snapshot that the log starts with. */
  readonly first: SnapshotSize;
}

interface SnapshotSize {
  readonly bytes: number;
  readonly tasks: number;
}

/** The most that is assumed of a task; those of a service with a thousand tasks take about 40 bytes. */
const MOST_OF_A_TASK = 40;

export interface SnapshotWriter {
  /**
   * Writes a snapshot that covers everything appended until its turn came; snapshots are written one at a time.
   * @param mayGoOn called when the turn has come and before each chunk; if it throws, the snapshot is abandoned and
   * this rejects with that error.
   */
  write(tables: Tables, mayGoOn?: () => void, options?: SnapshotOptions): Promise<void>;
  /**
   * About the size of a snapshot of a state with so many tasks, in bytes. The size of the last one alone tells little while a
   * million tasks come.
   */
  expectedBytes(tasks: number): number;
  /** Resolves when no snapshot is under way. */
  idle(): Promise<void>;
}

export function snapshotWriter(options: SnapshotWriterOptions): SnapshotWriter {
  const { log, clock, deflate, counters } = options;
  let size = options.first;
  let last: Promise<unknown> = Promise.resolve();

  /** Passes the pieces on and adds up the time it takes to make them. */
  function* timed(pieces: Iterable<Uint8Array>): Iterable<Uint8Array> {
    let spentMs = 0;
    let sinceMs = clock.monotonicMs();
    for (const piece of pieces) {
      spentMs += clock.monotonicMs() - sinceMs;
      yield piece;
      sinceMs = clock.monotonicMs();
    }
    counters?.time('snapshot_create', spentMs);
  }
  const writeOne = async (tables: Tables, mayGoOn: () => void, options?: SnapshotOptions) => {
    const view = tables.view();
    const tasks = tables.stores.tasks.size;
    const about = { madeMs: clock.nowMs(), number: tables.lastRecord() };
    let bytes = 0;
    const measured = async function* () {
      for await (const chunk of snapshotChunks(timed(view.ops()), about, deflate)) {
        mayGoOn();
        bytes += chunk.length;
        yield chunk;
      }
    };
    try {
      await log.writeSnapshot(measured(), options);
      size = { bytes, tasks };
    } finally {
      view.close();
    }
  };

  return {
    write(tables, mayGoOn = () => {}, options) {
      const written = last.then(() => {
        mayGoOn();
        return writeOne(tables, mayGoOn, options);
      });
      last = written.catch(() => undefined);
      return written;
    },
    expectedBytes(tasks) {
      const ofTask = size.tasks === 0 ? 0 : Math.min(MOST_OF_A_TASK, size.bytes / size.tasks);
      return size.bytes + ofTask * Math.max(0, tasks - size.tasks);
    },
    idle: async () => void (await last),
  };
}
