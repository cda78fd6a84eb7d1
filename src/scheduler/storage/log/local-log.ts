import type { Clock } from '../../../base/clock.ts';
import { AuroraError, messageOf } from '../../../base/errors.ts';
import type { Logger } from '../../../base/log.ts';
import { turns } from '../../../base/turns.ts';
import { claimDirectory, type DirectoryClaim } from '../../../proc/directory-claim.ts';
import { dataFiles, FIRST_SEGMENT, snapshotPath } from './data-directory.ts';
import { type Disk, systemDisk } from './disk.ts';
import { type DurableMark, openDurableMark } from './durable-mark.ts';
import { FRAME_BYTES, HEADER_BYTES } from './frames.ts';
import { localGenerations } from './local-history.ts';
import { planRecovery, type RecoveryPlan, replaySegment, type SegmentEnd, trim } from './local-recovery.ts';
import type { Log, LogReader } from './log.ts';
import { openForReading } from './open-file.ts';
import { createSegment, type SegmentWriter, segmentWriter } from './segment-writer.ts';
import { snapshotChunks, writeSnapshotFile } from './snapshot-file.ts';

export interface LocalLogOptions {
  /** Created if necessary; used by one scheduler at a time. */
  readonly directory: string;
  readonly logger: Logger;
  /** Stamps the files, so that the past can be found by time. */
  readonly clock: Clock;
  /** How many older snapshots are kept together with their records, so that the past can be read; default 1. */
  readonly retainedSnapshots?: number | undefined;
  /** Default: the machine's file system. */
  readonly disk?: Disk;
  /** Keeps other processes off the directory until it is released; default: a claim on the machine's disk. */
  readonly claim?: typeof claimDirectory;
}

const RETAINED_SNAPSHOTS = 1;

/**
 * The log of a single scheduler: append-only segment files and snapshots in one directory.
 * @throws AuroraError DATA_DIR_LOCKED when another process has the directory open.
 */
export async function openLocalLog(options: LocalLogOptions): Promise<Log> {
  const { directory, logger, clock, disk = systemDisk, claim = claimDirectory } = options;
  const retainedSnapshots = options.retainedSnapshots ?? RETAINED_SNAPSHOTS;
  let failure: AuroraError | undefined;
  await disk.makeDirectory(directory);
  const held: DirectoryClaim = await claim(directory, {
    clock,
    onLost(error) {
      failure ??= error;
    },
  });
  let writer: SegmentWriter | undefined;
  let mark: DurableMark | undefined;
  let term = 0;
  let bytesSinceSnapshot = 0;
  let recovering: Promise<unknown> = Promise.resolve();
  const closing = new AbortController();
  const closed = new Promise<void>((resolve) => closing.signal.addEventListener('abort', () => resolve()));

  const opened = (): SegmentWriter => {
    // A process that was suspended for long may have lost the directory meanwhile; it finds out here at the latest.
    held.held();
    if (failure) throw failure;
    if (!writer) throw new AuroraError('BUG', 'the log was used before it was read to its end');
    return writer;
  };
  const readSnapshot = async (number: number, reader: LogReader): Promise<number> => {
    const path = snapshotPath(directory, number);
    const snapshot = await openForReading(disk, path, 'AURORSNP', number);
    const turn = turns(clock);
    let bytes = 0;
    try {
      reader.restart();
      for await (const chunk of snapshotChunks(path, snapshot)) {
        bytes += chunk.length;
        reader.apply(chunk);
        await turn();
      }
    } finally {
      await snapshot.file.close();
    }
    return bytes;
  };
  const readSegments = async ({ segments, durable }: RecoveryPlan, reader: LogReader) => {
    const turn = turns(clock);
    let previous: SegmentEnd | undefined;
    let records = 0;
    for (const number of segments) {
      const durableOffset = durable?.segment === number ? durable.offset : 0;
      const about = { number, previous, durableOffset, isLast: number === segments.at(-1) };
      previous = await replaySegment(disk, directory, about, logger, (record) => {
        records++;
        bytesSinceSnapshot += FRAME_BYTES + record.length;
        reader.apply(record);
        return turn();
      });
    }
    return { records, previous };
  };
  const lead = async (previous: SegmentEnd | undefined) => {
    term = (previous?.term ?? 0) + 1;
    const number = (previous?.number ?? FIRST_SEGMENT - 1) + 1;
    const about = { number, term, startMs: clock.nowMs(), previousEnd: previous?.end ?? 0 };
    const segment = await createSegment(disk, directory, about);
    try {
      mark = await openDurableMark(disk, directory);
      await mark.write({ segment: number, offset: HEADER_BYTES });
    } catch (error) {
      await segment.file.close().catch(() => {});
      throw error;
    }
    writer = segmentWriter(disk, directory, mark, clock, segment);
  };
  const recover = async (reader: LogReader, mayLead: Promise<void> | undefined) => {
    const plan = await planRecovery(disk, directory, retainedSnapshots);
    const snapshotBytes = plan.snapshot === undefined ? 0 : await readSnapshot(plan.snapshot, reader);
    const { records, previous } = await readSegments(plan, reader);
    await Promise.race([mayLead, closed]);
    if (closing.signal.aborted) throw new AuroraError('STORAGE', 'the log was closed', { where: directory });
    await lead(previous);
    return { term, snapshotBytes, records };
  };

  return {
    recover(reader, { lead: mayLead } = {}) {
      const recovery = recover(reader, mayLead);
      recovering = recovery.catch(() => {});
      return recovery;
    },
    async append(record) {
      bytesSinceSnapshot += record.length;
      await opened().append(record);
    },
    async writeSnapshot(chunks, { replaces } = {}) {
      const startMs = clock.nowMs();
      let mayCount = false;
      const covered = bytesSinceSnapshot;
      bytesSinceSnapshot = 0;
      try {
        const number = await opened().rotate();
        const path = snapshotPath(directory, number);
        await writeSnapshotFile(disk, path, { number, term, startMs }, chunks, () => {
          mayCount = true;
        });
        await trim(disk, directory, dataFiles(await disk.list(directory)), retainedSnapshots);
      } catch (error) {
        bytesSinceSnapshot += covered;
        // Records of the old state must not follow the new one.
        if (!replaces || !mayCount) throw error;
        failure = new AuroraError(
          'STORAGE',
          `it is unknown whether the new state was written: ${messageOf(error)}`,
          {
            where: directory,
            next: 'start the scheduler again and check which state it has',
            cause: error,
          },
        );
        throw failure;
      }
    },
    failure: () => failure,
    generations: () => localGenerations({ disk, directory, clock, durable: opened().durable }),
    bytesSinceSnapshot: () => bytesSinceSnapshot,
    async close() {
      closing.abort();
      await recovering;
      try {
        await writer?.close();
      } finally {
        await (mark?.close() ?? Promise.resolve()).finally(held.release);
      }
    },
  };
}
