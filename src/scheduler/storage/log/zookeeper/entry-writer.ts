import { ENTRY_COST_BYTES, packer } from './entry.ts';
import type { Fence } from './fence.ts';
import { fencedSeries } from './fenced-series.ts';
import { entriesPath, type LogPlace } from './place.ts';

/** The leader's writing side of the log. */
export interface EntryWriter {
  append(record: Uint8Array): Promise<void>;
  /** Number of the entry that the next record starts in; everything appended before ends in an earlier entry. */
  boundary(): number;
  /** Number of the last entry that exists together with all entries before it. */
  lastEntry(): number;
  /** Resolves when everything appended so far exists. */
  flushed(): Promise<void>;
  /** Bytes of records written so far, plus a fixed cost for each entry. */
  bytesWritten(): number;
}

export interface WriterOptions {
  readonly place: LogPlace;
  readonly fence: Fence;
  readonly firstEntry: number;
  readonly maxEntryBytes: number;
}

/**
 * The ensemble combines requests under way into few syncs; records that wait for room in the window are packed into one
 * entry.
 */
const WINDOW_NODES = 32;
const WINDOW_BYTES = 4 * 2 ** 20;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function writer({ place, fence, firstEntry, maxEntryBytes }: WriterOptions): EntryWriter {
  const window = { nodes: WINDOW_NODES, bytes: WINDOW_BYTES };
  const series = fencedSeries({ place, fence, parent: entriesPath(place), first: firstEntry, window });
  const pack = packer(maxEntryBytes);
  let waiting: Waiting[] = [];
  let bytesWritten = 0;
  let pumping = false;
  let lastAppended: Promise<void> = Promise.resolve();

  fence.onFailure((error) => {
    for (const { reject } of waiting) reject(error);
    waiting = [];
  });

  const sendOne = () => {
    const { entry, records } = pack.take(fence.term, series.next());
    bytesWritten += ENTRY_COST_BYTES;
    const ending = waiting.splice(0, records);
    series.add(entry).then(
      () => {
        for (const { resolve } of ending) resolve();
        pump();
      },
      (error) => {
        for (const { reject } of ending) reject(error);
      },
    );
  };
  const pump = () => {
    while (pack.waiting() > 0 && series.hasRoom() && !fence.failure()) sendOne();
  };
  const soon = () => {
    if (pumping) return;
    pumping = true;
    // Let everything that is appended in this turn of the event loop share an entry.
    queueMicrotask(() => {
      pumping = false;
      pump();
    });
  };

  return {
    append(record) {
      const failure = fence.failure();
      if (failure) return Promise.reject(failure);
      bytesWritten += record.length;
      pack.add(record);
      lastAppended = new Promise((resolve, reject) => waiting.push({ resolve, reject }));
      soon();
      return lastAppended;
    },
    boundary() {
      while (pack.waiting() > 0 && !fence.failure()) sendOne();
      return series.next();
    },
    lastEntry: series.created,
    flushed: () => lastAppended,
    bytesWritten: () => bytesWritten,
  };
}
