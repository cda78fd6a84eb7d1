import { type Clock, settledWithin } from '../../../../base/clock.ts';
import { AuroraError, messageOf } from '../../../../base/errors.ts';
import type { Logger } from '../../../../base/log.ts';
import type { Random } from '../../../../base/random.ts';
import { turns } from '../../../../base/turns.ts';
import type { NodeAccess, ZooKeeperSession } from '../../../../zookeeper/index.ts';
import { damaged } from '../damage.ts';
import type { Log, LogReader } from '../log.ts';
import { type EntryWriter, writer } from './entry-writer.ts';
import { type Fence, prepare, takeFence } from './fence.ts';
import { follower } from './follower.ts';
import { keepManifest, type ManifestKeeper } from './manifest-keeper.ts';
import { answered, entriesPath, entryPath, type LogPlace } from './place.ts';
import { readGeneration, writeSnapshotEntries } from './snapshots.ts';
import { removeUnnamedSnapshots, retained, trimEntries } from './trimming.ts';

export interface ZooKeeperLogOptions {
  /** Stays the caller's: it is to be closed after the log. A leader whose session is lost leads no more. */
  readonly session: ZooKeeperSession;
  /** Of the node that the log is below; made if need be. */
  readonly path: string;
  /** Of the nodes that are made; default open to everybody. */
  readonly access?: NodeAccess | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Older snapshots that are kept with their records, so that the past can be read; default 1. */
  readonly retainedSnapshots?: number | undefined;
  /** Size of the largest node, at most half of the servers' jute.maxbuffer; default 512 KB. */
  readonly maxEntryBytes?: number | undefined;
}

const RETAINED_SNAPSHOTS = 1;
/** So long `close` waits for what was appended. */
const CLOSE_LIMIT_MS = 3_000;
const MAX_ENTRY_BYTES = 512 * 1024;

interface Leadership {
  readonly fence: Fence;
  readonly keeper: ManifestKeeper;
  readonly writer: EntryWriter;
}

/** So far behind the end is looked for what must not be there. */
const GAP_ENTRIES = 32;

/** @throws AuroraError STORAGE when entries follow that cannot be reached: somebody has removed one by hand. */
async function refuseGap(place: LogPlace, end: number): Promise<void> {
  const parent = entriesPath(place);
  const beyond = Array.from({ length: GAP_ENTRIES }, (_, n) => entryPath(parent, end + 1 + n));
  const found = await answered(place, 'looking for the end of', () =>
    Promise.all(beyond.map((path) => place.session.exists(path))),
  );
  const next = beyond[found.indexOf(true)];
  if (next) throw damaged(entryPath(parent, end), 0, `the entry is missing, but ${next} is there`);
}

/** The log of several schedulers, in the ensemble that elects them: one leads and writes, the others follow. */
export async function openZooKeeperLog(options: ZooKeeperLogOptions): Promise<Log> {
  const { session, path, access = 'open', clock, random, logger } = options;
  const { retainedSnapshots = RETAINED_SNAPSHOTS, maxEntryBytes = MAX_ENTRY_BYTES } = options;
  const closing = new AbortController();
  const place: LogPlace = { session, path, access, clock, random, logger, signal: closing.signal };
  const closedError = () => new AuroraError('STORAGE', 'the log was closed', { where: path });
  let leadership: Leadership | undefined;
  let tidying: Promise<void> = Promise.resolve();
  let snapshots = 0;
  /** What `bytesWritten` was when the last snapshot was begun, less what had been there before us. */
  let bytesCovered = 0;

  const led = (): Leadership => {
    if (!leadership) throw new AuroraError('BUG', 'the log was used before it was read to its end');
    return leadership;
  };
  /** Removes what no generation needs; what a failure leaves is removed the next time. */
  const tidy = async ({ fence, keeper }: Leadership) => {
    try {
      await trimEntries(place, keeper);
      await removeUnnamedSnapshots(place, fence, keeper);
    } catch (error) {
      if (!closing.signal.aborted)
        logger.warn({ path, error: messageOf(error) }, 'the log in ZooKeeper could not be tidied up');
    }
  };
  const follow = async (reader: LogReader, lead: Promise<void> | undefined) => {
    const wake = new AbortController();
    const wakeUp = () => wake.abort();
    closing.signal.addEventListener('abort', wakeUp);
    if (lead === undefined) wakeUp();
    else void lead.then(wakeUp);
    const following = follower(place, reader);
    for (;;) {
      await following.catchUp();
      if (closing.signal.aborted) throw closedError();
      if (wake.signal.aborted) return following;
      await following.untilMore(wake.signal);
    }
  };

  return {
    async recover(reader, { lead } = {}) {
      closing.signal.throwIfAborted();
      await prepare(place);
      const following = await follow(reader, lead);
      const fence = await takeFence(place);
      // Nobody else writes any more: this is the end.
      await following.catchUp();
      await refuseGap(place, following.progress().nextEntry);
      const { nextEntry, bytesSinceSnapshot, ...read } = following.progress();
      // Whatever waits for ZooKeeper would wait for nothing: this leader writes no more.
      fence.onFailure((error) => closing.abort(error));
      const keeper = await keepManifest(place, fence);
      bytesCovered = -bytesSinceSnapshot;
      leadership = { fence, keeper, writer: writer({ place, fence, firstEntry: nextEntry, maxEntryBytes }) };
      tidying = tidy(leadership);
      return { ...read, term: fence.term };
    },
    append: async (record) => led().writer.append(record),
    async writeSnapshot(chunks, { replaces } = {}) {
      const startMs = clock.nowMs();
      const { fence, keeper, writer } = led();
      const before = bytesCovered;
      bytesCovered = writer.bytesWritten();
      const firstEntry = writer.boundary();
      const appended = writer.flushed();
      try {
        await tidying;
        const id = `${fence.term}-${++snapshots}`;
        const snapshot = await writeSnapshotEntries(place, fence, id, maxEntryBytes, chunks);
        await appended;
        const present = keeper.present();
        const [first, ...rest] = present.generations;
        const added = { snapshot, startMs, firstEntry, ...(replaces ? { replaces } : {}) };
        const generations = retained([first, ...rest, added], retainedSnapshots);
        await keeper.replace({ ...present, generations });
      } catch (error) {
        bytesCovered = before;
        if (!fence.failure()) tidying = tidy(led());
        throw error;
      }
      tidying = tidy(led());
      await tidying;
    },
    failure: () => leadership?.fence.failure(),
    async generations() {
      const { keeper, writer } = led();
      const { generations } = keeper.present();
      return generations.map((generation, index) => ({
        startMs: generation.startMs,
        async read(reader) {
          const last = (generations[index + 1]?.firstEntry ?? writer.lastEntry() + 1) - 1;
          const end = await readGeneration(place, generation, last, reader, turns(clock));
          if (end === 'gone')
            throw new AuroraError(
              'STORAGE',
              'this part of the past has been given up since it was looked for',
            );
        },
      }));
    },
    bytesSinceSnapshot: () => (leadership ? leadership.writer.bytesWritten() - bytesCovered : 0),
    async close() {
      // What is under way with a fence that failed never comes: `closing` has been aborted then.
      const flushed = leadership?.writer.flushed().catch(() => {});
      if (!closing.signal.aborted)
        await settledWithin(clock, CLOSE_LIMIT_MS, Promise.all([flushed, tidying]));
      closing.abort(closedError());
      leadership?.fence.fail(closedError());
    },
  };
}
