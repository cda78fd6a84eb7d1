import type { Log } from '../../../src/scheduler/storage/index.ts';

/** A log in memory, for tests: what it took is there for the next one to recover. */
export interface MemoryLog extends Log {
  readonly records: Uint8Array[];
  /** While held, appends wait. */
  hold(): void;
  /** Lets the waiting appends through, in order; with an error they fail. */
  release(error?: Error): void;
  /** A log over what this one took. */
  again(): MemoryLog;
}

interface Waiting {
  readonly record: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

async function* each(items: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* items;
}

export function memoryLog(records: Uint8Array[] = [], snapshot?: readonly Uint8Array[]): MemoryLog {
  let held = false;
  let waiting: Waiting[] = [];
  let base = snapshot;
  return {
    records,
    recover: async () => ({ snapshot: base && each(base), records: each([...records]) }),
    append: (record) =>
      new Promise((resolve, reject) => {
        if (held) waiting.push({ record, resolve, reject });
        else {
          records.push(record);
          resolve();
        }
      }),
    async writeSnapshot(chunks) {
      const covered = records.length;
      const taken: Uint8Array[] = [];
      for await (const chunk of chunks) taken.push(chunk);
      base = taken;
      records.splice(0, covered);
    },
    bytesSinceSnapshot: () => records.reduce((sum, record) => sum + record.length, 0),
    hold() {
      held = true;
    },
    release(error) {
      held = false;
      const released = waiting;
      waiting = [];
      for (const { record, resolve, reject } of released) {
        if (error) reject(error);
        else {
          records.push(record);
          resolve();
        }
      }
    },
    again: () => memoryLog([...records], base),
    close: async () => undefined,
  };
}
