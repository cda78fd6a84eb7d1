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
   * Applies everything that exists; starts over from the newest snapshot when the next entry has been removed, or when
   * a snapshot of a different state was written.
   */
  catchUp(): Promise<void>;
  /** Resolves when there may be more to read, or when `signal` fires. */
  untilMore(signal: AbortSignal): Promise<void>;
  /** What has been read so far. */
  progress(): Progress;
}

export interface Progress {
  /** Number of the next entry. */
  readonly nextEntry: number;
  /** Size of the snapshot that the reading last started from. */
  readonly snapshotBytes: number;
  readonly records: number;
  /** Size of the entries after the newest snapshot. */
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
  /** Snapshots that existed when the reading started. */
  let known: ReadonlySet<string | undefined> = new Set();
  let snapshotBytes = 0;
  let records = 0;
  /** Sizes of the entries read; the last one belongs to the entry before `entries.position()`. */
  let sizes: number[] = [];

  /**
   * Reads the manifest again if it may have changed. ZooKeeper notifies the watch before any later change becomes
   * visible, so a missing entry is never judged by an outdated manifest.
   */
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
    // A watch ends with its connection, without a notification.
    manifestIsStale = true;
  });
  place.signal.addEventListener('abort', unsubscribe, { once: true });

  /** Starts with the newest snapshot; if that is removed meanwhile, with its successor. */
  const begin = async (): Promise<EntryReader> => {
    for (;;) {
      const present = await currentManifest();
      const { snapshot, firstEntry } = newest(present);
      known = new Set(present.generations.map((generation) => generation.snapshot?.id));
      // A reader that has received nothing has nothing to discard.
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
  /** Whether a different state has replaced what was read before this entry. */
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
            // If the entry was removed while we looked, only the manifest says so.
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
