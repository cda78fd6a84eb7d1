import type { turns } from '../../../../base/turns.ts';
import type { LogReader } from '../log.ts';
import { packer } from './entry.ts';
import { entryReader } from './entry-reader.ts';
import type { Fence } from './fence.ts';
import { fencedSeries } from './fenced-series.ts';
import type { ManifestGeneration, SnapshotPlace } from './manifest.ts';
import { answered, entriesPath, type LogPlace, snapshotPath } from './place.ts';

/** Small, because appends use the same connection. */
const WINDOW = { nodes: 2, bytes: 2 ** 20 };

/**
 * Writes the chunks of a snapshot below a name of its own; it becomes valid when the manifest names it.
 * @throws AuroraError STORAGE when the fence is lost, and whatever `chunks` throws.
 */
export async function writeSnapshotEntries(
  place: LogPlace,
  fence: Fence,
  id: string,
  maxEntryBytes: number,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<SnapshotPlace> {
  const parent = snapshotPath(place, id);
  await answered(place, 'making a snapshot of', () => place.session.makePath(parent, place.access));
  const series = fencedSeries({ place, fence, parent, first: 1, window: WINDOW });
  const pack = packer(maxEntryBytes);
  const flush = async () => {
    const added = series.add(pack.take(fence.term, series.next()).entry);
    // The failure also rejects what is awaited at the end.
    added.catch(() => {});
    if (!series.hasRoom()) await added;
  };
  try {
    for await (const chunk of chunks) {
      pack.add(chunk);
      while (pack.waitingBytes() >= maxEntryBytes) await flush();
    }
    while (pack.waiting() > 0) await flush();
  } finally {
    // Requests under way must have arrived before anybody removes the nodes.
    await series.flushed();
  }
  return { id, entries: series.next() - 1 };
}

/** How a reading ended; `gone`: an entry did not exist. */
export type ReadingEnd = 'whole' | 'enough' | 'gone';

/** Applies the chunks of a snapshot. */
export async function readSnapshotEntries(
  place: LogPlace,
  { id, entries }: SnapshotPlace,
  apply: LogReader['apply'],
  turn: ReturnType<typeof turns>,
): Promise<ReadingEnd> {
  return readRange(place, { parent: snapshotPath(place, id), first: 1, last: entries }, apply, turn);
}

interface Range {
  readonly parent: string;
  readonly first: number;
  readonly last: number;
}

/** Applies the records of a range of entries that must all exist. */
async function readRange(
  place: LogPlace,
  range: Range,
  apply: LogReader['apply'],
  turn: ReturnType<typeof turns>,
): Promise<ReadingEnd> {
  const reader = entryReader({ place, ...range });
  while (reader.position() <= range.last) {
    const entry = await reader.next();
    if (entry === undefined) return 'gone';
    for (const record of entry.records) {
      if (apply(record) === false) return 'enough';
      await turn();
    }
  }
  return 'whole';
}

/** Reads a generation up to entry `last`. */
export async function readGeneration(
  place: LogPlace,
  { snapshot, firstEntry }: ManifestGeneration,
  last: number,
  reader: LogReader,
  turn: ReturnType<typeof turns>,
): Promise<ReadingEnd> {
  if (snapshot) {
    reader.restart();
    const end = await readSnapshotEntries(place, snapshot, (chunk) => reader.apply(chunk), turn);
    if (end !== 'whole') return end;
  }
  const range = { parent: entriesPath(place), first: firstEntry, last };
  return readRange(place, range, (record) => reader.apply(record), turn);
}
