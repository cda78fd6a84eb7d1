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
  /** Owned by the caller, which closes it after the log. A leader whose session is lost leads no more. */
  readonly session: ZooKeeperSession;
  /** Path of the node that holds the log; created if necessary. */
  readonly path: string;
  /** Access rights of the nodes that are created; default: open to everybody. */
  readonly access?: NodeAccess | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** How many older snapshots are kept together with their records, so that the past can be read; default 1. */
  readonly retainedSnapshots?: number | undefined;
  /** Largest size of a node, at most half of the servers' jute.maxbuffer; default 512 KB. */
  readonly maxEntryBytes?: number | undefined;
}

const RETAINED_SNAPSHOTS = 1;
/** How long `close` waits for what was appended. */
const CLOSE_LIMIT_MS = 3_000;
const MAX_ENTRY_BYTES = 512 * 1024;

interface Leadership {
  readonly fence: Fence;
  readonly keeper: ManifestKeeper;
  readonly writer: EntryWriter;
}

/** How many entries beyond the end are checked for existence. */
const GAP_ENTRIES = 32;

/** @throws AuroraError STORAGE when there are entries beyond a gap: somebody has removed one by hand. */
async function refuseGap(place: LogPlace, end: number): Promise<void> {
  const parent = entriesPath(place);
  const beyond = Array.from({ length: GAP_ENTRIES }, (_, n) => entryPath(parent, end + 1 + n));
  const found = await answered(place, 'looking for the end of', () =>
    Promise.all(beyond.map((path) => place.session.exists(path))),
  );
  const next = beyond[found.indexOf(true)];
  if (next) throw damaged(entryPath(parent, end), 0, `the entry is missing, but ${next} is there`);
}

/** The log that several schedulers share, in the ensemble that elects them: one leads and writes, the others follow. */
export async function openZooKeeperLog(options: ZooKeeperLogOptions): Promise<Log> {
  const { session, path, access = 'open', clock, random, logger } = options;
  const { retainedSnapshots = RETAINED_SNAPSHOTS, maxEntryBytes = MAX_ENTRY_BYTES } = options;
  const closing = new AbortController();
  const place: LogPlace = { session, path, access, clock, random, logger, signal: closing.signal };
  const closedError = () => new AuroraError('STORAGE', 'the log was closed', { where: path });
  let leadership: Leadership | undefined;
  let tidying: Promise<void> = Promise.resolve();
  let snapshots = 0;
  /**
   * What `bytesWritten` was when the last snapshot was begun. Before our first one: minus the size of the entries that
   * the log already had after its newest snapshot.
   */
  let bytesCovered = 0;

  const led = (): Leadership => {
    if (!leadership) throw new AuroraError('BUG', 'the log was used before it was read to its end');
    return leadership;
  };
  /** Removes what no generation needs; after a failure, the next call removes the rest. */
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
      // Nobody else can write any more, so this reaches the real end.
      await following.catchUp();
      await refuseGap(place, following.progress().nextEntry);
      const { nextEntry, bytesSinceSnapshot, ...read } = following.progress();
      // This leader writes no more, so anything that waits for ZooKeeper would wait in vain.
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
              'this part of the log was removed by a newer snapshot after it was listed',
            );
        },
      }));
    },
    bytesSinceSnapshot: () => (leadership ? leadership.writer.bytesWritten() - bytesCovered : 0),
    async close() {
      // With a failed fence, nothing under way will finish, so there is nothing to wait for; `closing` is aborted then.
      const flushed = leadership?.writer.flushed().catch(() => {});
      if (!closing.signal.aborted)
        await settledWithin(clock, CLOSE_LIMIT_MS, Promise.all([flushed, tidying]));
      closing.abort(closedError());
      leadership?.fence.fail(closedError());
    },
  };
}
