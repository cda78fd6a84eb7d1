import type { Generation, Log, LogReader } from '../../../src/scheduler/storage/index.ts';

/** A log in memory, for tests: what it took is there for the next one to recover. */
export interface MemoryLog extends Log {
  /** Appended since the last snapshot. */
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

interface Past {
  readonly startMs: number;
  readonly snapshot: readonly Uint8Array[] | undefined;
  readonly records: readonly Uint8Array[];
}

/** What an earlier log over the same records left. */
interface Before {
  readonly snapshot?: readonly Uint8Array[] | undefined;
  readonly startMs?: number;
  readonly term?: number;
  readonly past?: readonly Past[];
}

/** @param nowMs stamps the generations; all of them are kept. */
export function memoryLog(
  records: Uint8Array[] = [],
  before: Before = {},
  nowMs: () => number = Date.now,
): MemoryLog {
  let held = false;
  let waiting: Waiting[] = [];
  let { snapshot: base, startMs = Number.NEGATIVE_INFINITY, term = 0 } = before;
  const past = [...(before.past ?? [])];

  const readAll = (all: Omit<Past, 'startMs'>, reader: LogReader) => {
    if (all.snapshot) {
      reader.restart();
      for (const chunk of all.snapshot) if (reader.apply(chunk) === false) return;
    }
    for (const record of all.records) if (reader.apply(record) === false) return;
  };
  return {
    records,
    async recover(reader, { lead } = {}) {
      readAll({ snapshot: base, records: [...records] }, reader);
      await lead;
      const snapshotBytes = (base ?? []).reduce((sum, chunk) => sum + chunk.length, 0);
      return { term: ++term, snapshotBytes, records: records.length };
    },
    append: (record) =>
      new Promise((resolve, reject) => {
        if (held) waiting.push({ record, resolve, reject });
        else {
          records.push(record);
          resolve();
        }
      }),
    async writeSnapshot(chunks) {
      const beganMs = nowMs();
      const covered = records.length;
      const taken: Uint8Array[] = [];
      for await (const chunk of chunks) taken.push(chunk);
      past.push({ startMs, snapshot: base, records: records.splice(0, covered) });
      base = taken;
      startMs = beganMs;
    },
    failure: () => undefined,
    async generations() {
      const present: Past = { startMs, snapshot: base, records };
      return [...past, present].map(
        (one): Generation => ({
          startMs: one.startMs,
          read: async (reader) => readAll({ ...one, records: [...one.records] }, reader),
        }),
      );
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
    again: () => memoryLog([...records], { snapshot: base, startMs, term, past }, nowMs),
    close: async () => undefined,
  };
}
