import { AuroraError } from '../../../base/errors.ts';
import type { Logger } from '../../../base/log.ts';
import { segmentPath, snapshotPath } from './data-directory.ts';
import { type Disk, systemDisk } from './disk.ts';
import { type DurableMark, openDurableMark } from './durable-mark.ts';
import { HEADER_BYTES } from './frames.ts';
import { lockDirectory } from './lock.ts';
import type { Log } from './log.ts';
import { planRecovery, type RecoveryPlan, readSegment, removeBefore } from './recovery.ts';
import { createSegment, type SegmentWriter, segmentWriter } from './segment-writer.ts';
import { readSnapshotFile, writeSnapshotFile } from './snapshot-file.ts';

export interface LocalLogOptions {
  /** Made if need be; belongs to one scheduler at a time. */
  readonly directory: string;
  readonly logger: Logger;
  /** Default: the machine's. */
  readonly disk?: Disk;
  /** Keeps other processes off the directory until the result is called; default a lock file on the machine's disk. */
  readonly lock?: (directory: string) => () => void;
}

/**
 * The log of a single scheduler: append-only segment files and snapshots in one directory.
 * @throws AuroraError DATA_DIR_LOCKED when another process has the directory open.
 */
export async function openLocalLog(options: LocalLogOptions): Promise<Log> {
  const { directory, logger, disk = systemDisk, lock = lockDirectory } = options;
  await disk.makeDirectory(directory);
  const unlock = lock(directory);
  let writer: SegmentWriter | undefined;
  let mark: DurableMark | undefined;
  let bytesSinceSnapshot = 0;

  const openWriter = async (segment: number, end: number | undefined) => {
    const file =
      end === undefined
        ? await createSegment(disk, directory, segment)
        : await disk.open(segmentPath(directory, segment), 'write');
    const at = { segment, offset: end ?? HEADER_BYTES };
    mark = await openDurableMark(disk, directory);
    await mark.write(at);
    writer = segmentWriter(disk, directory, mark, { file, at });
  };
  const records = async function* ({ segments, durable }: RecoveryPlan): AsyncIterable<Uint8Array> {
    const last = segments.at(-1);
    let end: number | undefined;
    for (const number of segments) {
      const durableOffset = durable?.segment === number ? durable.offset : 0;
      const path = segmentPath(directory, number);
      end = yield* readSegment(disk, path, number, durableOffset, number === last, logger);
      bytesSinceSnapshot += end - HEADER_BYTES;
    }
    await openWriter(last ?? 1, end);
  };
  const opened = (): SegmentWriter => {
    if (!writer) throw new AuroraError('BUG', 'the log was used before it was read to its end');
    return writer;
  };

  return {
    async recover() {
      const plan = await planRecovery(disk, directory);
      const { snapshot } = plan;
      return {
        snapshot:
          snapshot === undefined
            ? undefined
            : readSnapshotFile(disk, snapshotPath(directory, snapshot), snapshot),
        records: records(plan),
      };
    },
    async append(record) {
      bytesSinceSnapshot += record.length;
      await opened().append(record);
    },
    async writeSnapshot(chunks) {
      const covered = bytesSinceSnapshot;
      bytesSinceSnapshot = 0;
      try {
        const number = await opened().rotate();
        await writeSnapshotFile(disk, snapshotPath(directory, number), number, chunks);
        await removeBefore(disk, directory, number);
      } catch (error) {
        bytesSinceSnapshot += covered;
        throw error;
      }
    },
    bytesSinceSnapshot: () => bytesSinceSnapshot,
    async close() {
      await writer?.close();
      await mark?.close();
      unlock();
    },
  };
}
