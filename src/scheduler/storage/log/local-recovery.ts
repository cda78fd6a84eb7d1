import { join } from 'node:path';
import type { Logger } from '../../../base/log.ts';
import { damaged } from './damage.ts';
import {
  type DataFiles,
  dataFiles,
  FIRST_SEGMENT,
  generationStarts,
  segmentPath,
  snapshotPath,
} from './data-directory.ts';
import type { Disk, DiskFile } from './disk.ts';
import { type LogPosition, readDurableMark } from './durable-mark.ts';
import { frameReader } from './frames.ts';
import { openForReading } from './open-file.ts';

/** The files that make up the log. */
export interface RecoveryPlan {
  /** The snapshot to start from. */
  readonly snapshot: number | undefined;
  /** The segments to replay, without gaps; none in a new directory. */
  readonly segments: readonly number[];
  readonly durable: LogPosition | undefined;
}

/**
 * Inspects the directory and removes what a crash left: unfinished files, and files that need not be retained.
 * @throws AuroraError STORAGE when a required file is missing.
 */
export async function planRecovery(
  disk: Disk,
  directory: string,
  retainedSnapshots: number,
): Promise<RecoveryPlan> {
  // File names that a killed process created may not be durable yet; the steps below rely on them, above all the removals.
  await disk.syncDirectory(directory);
  const files = dataFiles(await disk.list(directory));
  const durable = await readDurableMark(disk, directory);
  const snapshot = files.snapshots.at(-1);
  const first = snapshot ?? FIRST_SEGMENT;
  const segments = files.segments.filter((number) => number >= first);
  const isNew = snapshot === undefined && files.segments.length === 0 && durable === undefined;
  const last = Math.max(first, segments.at(-1) ?? 0, durable?.segment ?? 0);
  for (let number = first; !isNew && number <= last; number++) {
    if (!segments.includes(number)) throw damaged(segmentPath(directory, number), 0, 'the file is missing');
  }
  for (const name of files.unfinished) await disk.remove(join(directory, name));
  await trim(disk, directory, files, retainedSnapshots);
  return { snapshot, segments, durable };
}

/** Removes what the newest snapshot replaces, except for `retainedSnapshots` generations before it. */
export async function trim(
  disk: Disk,
  directory: string,
  files: DataFiles,
  retainedSnapshots: number,
): Promise<void> {
  const starts = generationStarts(files);
  const keepFrom = starts.at(-1 - retainedSnapshots) ?? 0;
  // Snapshots last: a snapshot without its segments is merely useless, but segments without their snapshot would be a gap.
  for (const old of files.segments) if (old < keepFrom) await disk.remove(segmentPath(directory, old));
  for (const old of files.snapshots) if (old < keepFrom) await disk.remove(snapshotPath(directory, old));
}

/** Where a segment ends and which term wrote it. */
export interface SegmentEnd {
  readonly number: number;
  readonly term: number;
  readonly end: number;
}

/** What is known about a segment before it is read. */
export interface SegmentExpectation {
  readonly number: number;
  /** The end of the segment before it, as it was read. */
  readonly previous: SegmentEnd | undefined;
  /** The segment must reach at least to this offset. */
  readonly durableOffset: number;
  readonly isLast: boolean;
}

/**
 * Applies the records of one segment. The last segment may end in a write that was cut short and never acknowledged:
 * that tail is cut off, with a line in the program's log.
 * @throws AuroraError STORAGE when anything that is known to be durable is damaged or missing, or when two processes
 * have written at the same time.
 */
export async function replaySegment(
  disk: Disk,
  directory: string,
  { number, previous, durableOffset, isLast }: SegmentExpectation,
  logger: Logger,
  apply: (record: Uint8Array) => void | Promise<void>,
): Promise<SegmentEnd> {
  const path = segmentPath(directory, number);
  const { file, header, bytes } = await openForReading(disk, path, 'AURORLOG', number, 'write');
  try {
    if (previous) checkOrder(directory, previous, header.term, header.previousEnd);
    const reader = frameReader(file, bytes);
    for (let record = await reader.next(); record; record = await reader.next()) await apply(record);
    const end = reader.position();
    const reason = reader.fault()?.reason ?? 'the records end here';
    if (end < durableOffset)
      throw damaged(path, end, `${reason}, but ${durableOffset} bytes were acknowledged`);
    if (isLast) await cutTail(path, end, reader.fault()?.reason, file, logger);
    return { number, term: header.term, end };
  } finally {
    await file.close();
  }
}

/**
 * A segment's header says where the previous segment ended when this one was begun: nothing may have been written there
 * since.
 */
function checkOrder(directory: string, previous: SegmentEnd, term: number, previousEnd: number): void {
  const path = segmentPath(directory, previous.number);
  const twoWriters = (what: string) => damaged(path, previousEnd, `two processes wrote to it: ${what}`);
  if (term < previous.term) throw twoWriters(`term ${term} follows term ${previous.term}`);
  if (previous.end > previousEnd)
    throw twoWriters(`term ${previous.term} went on after term ${term} had begun`);
  if (previous.end < previousEnd)
    throw damaged(path, previous.end, `the records end here, but ${previousEnd} bytes were acknowledged`);
}

/** Removes what follows the last record: allocated room, and perhaps an unfinished write in it. */
async function cutTail(
  path: string,
  end: number,
  fault: string | undefined,
  file: DiskFile,
  logger: Logger,
): Promise<void> {
  const surplus = (await file.size()) - end;
  const reason = fault ?? ((await holdsBytes(file, end)) ? 'the head of a record is missing' : undefined);
  if (reason !== undefined)
    logger.warn(
      { file: path, offset: end, bytes: surplus, reason },
      'cut off a write that was never finished',
    );
  if (surplus > 0) await file.truncate(end);
  // What a killed process wrote may not be on the disk yet.
  await file.datasync();
}

/** Whether anything but zeros follows `from`. */
async function holdsBytes(file: DiskFile, from: number): Promise<boolean> {
  const piece = Buffer.alloc(64 * 1024);
  for (let at = from; ; ) {
    const count = await file.read(piece, at);
    if (count === 0) return false;
    if (piece.subarray(0, count).some(Boolean)) return true;
    at += count;
  }
}
