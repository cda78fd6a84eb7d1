import { AuroraError } from '../../../../base/errors.ts';
import { turns } from '../../../../base/turns.ts';
import { damaged } from '../damage.ts';
import type { LogReader } from '../log.ts';
import { ENTRY_COST_BYTES } from './entry.ts';
import { type EntryReader, entryReader } from './entry-reader.ts';
import { type Manifest, newest } from './manifest.ts';
import { readManifest } from './manifest-keeper.ts';
import { answered, entriesPath, entryPath, type LogPlace, snapshotPath } from './place.ts';
import { readSnapshotEntries } from './snapshots.ts';

/** Reads the log from its newest snapshot on. */
export interface Follower {
  /**
   * Applies everything that is there; starts again from the newest snapshot when what comes next has been removed, or
   * when a snapshot of another state was written.
   */
  catchUp(): Promise<void>;
  /** Resolves when there may be more to read, and at once when `signal` fires. */
  untilMore(signal: AbortSignal): Promise<void>;
  /** What has been read so far. */
  progress(): Progress;
}

export interface Progress {
  /** Number of the entry that comes next. */
  readonly nextEntry: number;
  /** Of the snapshot that was begun with. */
  readonly snapshotBytes: number;
  readonly records: number;
  /** Of the entries that the newest snapshot does not stand for. */
  readonly bytesSinceSnapshot: number;
}

export function follower(place: LogPlace, reader: LogReader): Follower {
  const { session, logger, clock } = place;
  const turn = turns(clock);
  const parent = entriesPath(place);
  let manifest: Manifest | undefined;
  let manifestIsStale = true;
  let entries: EntryReader | undefined;
  let hasRead = false;
  /** Snapshots that were there when the reading began. */
  let known: ReadonlySet<string | undefined> = new Set();
  let snapshotBytes = 0;
  let records = 0;
  /** Sizes of the entries read, the last one being that before `entries.position()`. */
  let sizes: number[] = [];

  /** The watch is told before any later change is seen, so that an entry that is missing is not judged by an old one. */
  const currentManifest = async (): Promise<Manifest> => {
    while (manifest === undefined || manifestIsStale) {
      manifestIsStale = false;
      const found = await readManifest(place, () => {
        manifestIsStale = true;
      });
      manifest = found.manifest;
    }
    return manifest;
  };
  const unsubscribe = session.onState(() => {
    // A watch ends with its connection without being told.
    manifestIsStale = true;
  });
  place.signal.addEventListener('abort', unsubscribe, { once: true });

  /** Begins with the newest snapshot; when that is given up meanwhile, with the one that took its place. */
  const begin = async (): Promise<EntryReader> => {
    for (;;) {
      const present = await currentManifest();
      const { snapshot, firstEntry } = newest(present);
      known = new Set(present.generations.map((generation) => generation.snapshot?.id));
      // A reader that has taken nothing has nothing to forget.
      if (snapshot || hasRead) reader.restart();
      hasRead = true;
      snapshotBytes = 0;
      records = 0;
      sizes = [];
      const end =
        snapshot &&
        (await readSnapshotEntries(
          place,
          snapshot,
          (chunk) => {
            snapshotBytes += chunk.length;
            return reader.apply(chunk);
          },
          turn,
        ));
      if (end !== 'gone') return entryReader({ place, parent, first: firstEntry });
      if (newest(await currentManifest()).snapshot?.id === snapshot?.id)
        throw damaged(snapshotPath(place, snapshot?.id ?? ''), 0, 'an entry of the snapshot is missing');
    }
  };
  /** Whether another state has taken the place of what was read before the entry. */
  const wasReplaced = async (number: number) =>
    (await currentManifest()).generations.some(
      ({ firstEntry, replaces, snapshot }) => replaces && firstEntry <= number && !known.has(snapshot?.id),
    );
  const wasRemoved = async (number: number) => (await currentManifest()).oldestEntry > number;
  const sizesSinceSnapshot = (present: Manifest, nextEntry: number): number[] => {
    const entries = nextEntry - newest(present).firstEntry;
    return sizes.slice(sizes.length - Math.min(sizes.length, Math.max(0, entries)));
  };

  return {
    async catchUp() {
      for (;;) {
        entries ??= await begin();
        const next = entries.position();
        const entry = await entries.next();
        if (await wasReplaced(next)) {
          logger.info({ path: parent, entry: next }, 'the state was replaced: reading the newest snapshot');
          entries = undefined;
          continue;
        }
        if (entry) {
          sizes.push(entry.bytes + ENTRY_COST_BYTES);
          for (const record of entry.records) {
            records++;
            reader.apply(record);
            await turn();
          }
          continue;
        }
        const number = entries.position();
        if (!(await wasRemoved(number))) {
          sizes = sizesSinceSnapshot(await currentManifest(), number);
          return;
        }
        logger.info(
          { path: parent, entry: number },
          'what comes next was removed: reading the newest snapshot',
        );
        entries = undefined;
      }
    },
    async untilMore(signal) {
      const number = entries?.position() ?? 1;
      const stop = new AbortController();
      try {
        await new Promise<void>((resolve, reject) => {
          const more = () => resolve();
          const leave = session.onState(more);
          signal.addEventListener('abort', more, { signal: stop.signal });
          stop.signal.addEventListener('abort', leave);
          const path = entryPath(parent, number);
          answered(place, 'watching', () => session.exists(path, more))
            // One that was removed while we looked is told by the manifest only.
            .then(async (isThere) => (isThere || signal.aborted || (await wasRemoved(number))) && more())
            .catch(reject);
        });
      } finally {
        stop.abort();
      }
    },
    progress() {
      if (!entries || !manifest) throw new AuroraError('BUG', 'the log was not read yet');
      const nextEntry = entries.position();
      const bytesSinceSnapshot = sizesSinceSnapshot(manifest, nextEntry).reduce((sum, size) => sum + size, 0);
      return { nextEntry, snapshotBytes, records, bytesSinceSnapshot };
    },
  };
}
