import { damaged } from '../damage.ts';
import { unpacker } from './entry.ts';
import { answered, entryPath, type LogPlace } from './place.ts';

/** How many entries are requested ahead at most; fewer while the reader is at the end of the log. */
const MOST_AHEAD = 8;

export interface EntryReaderOptions {
  readonly place: LogPlace;
  readonly parent: string;
  /** Number of the first entry. */
  readonly first: number;
  /** Number of the last entry wanted; default: no end. */
  readonly last?: number | undefined;
}

/** The content of one entry. */
export interface ReadEntry {
  /** The records that end in this entry. */
  readonly records: readonly Uint8Array[];
  /** Size of the entry in bytes. */
  readonly bytes: number;
}

export interface EntryReader {
  /** The next entry; undefined when it does not exist yet or is past `last`. */
  next(): Promise<ReadEntry | undefined>;
  /** Number of the entry that `next` will read. */
  position(): number;
  /** Term of the last entry read; 0 before the first. */
  term(): number;
}

/**
 * Reads entries in order, with several requests under way. A missing entry is requested again at the next call.
 * @throws AuroraError STORAGE (from `next`) when an entry is damaged, or two processes have written at the same time.
 */
export function entryReader({ place, parent, first, last = Infinity }: EntryReaderOptions): EntryReader {
  const { session, logger } = place;
  let position = first;
  let asked = first;
  let most = 1;
  let ahead: Promise<Buffer | undefined>[] = [];
  const unpack = unpacker((bytes) =>
    logger.warn({ path: parent, entry: position, bytes }, 'skipped a write that was never finished'),
  );

  const ask = (number: number) => {
    const path = entryPath(parent, number);
    const reading = answered(place, 'reading', () => session.read(path)).then((found) => found?.data);
    // A request sent ahead may fail before anybody awaits it.
    reading.catch(() => {});
    return reading;
  };
  return {
    async next() {
      while (asked <= last && ahead.length < most) ahead.push(ask(asked++));
      const entry = await ahead.shift();
      if (entry === undefined) {
        // Later entries were requested at the same time and may exist by now, but entries must be read in order.
        ahead = [];
        asked = position;
        most = 1;
        return undefined;
      }
      const records = unpack.feed(entry, position);
      if (!Array.isArray(records)) {
        const { offset, reason } = records as { offset: number; reason: string };
        throw damaged(entryPath(parent, position), offset, reason);
      }
      position++;
      most = Math.min(2 * most, MOST_AHEAD);
      return { records, bytes: entry.length };
    },
    position: () => position,
    term: unpack.term,
  };
}
