import { join } from 'node:path';
import type { Logger } from '../../../base/log.ts';
import { damaged } from './damage.ts';
import { dataFiles, segmentPath, snapshotPath } from './data-directory.ts';
import type { Disk } from './disk.ts';
import { type LogPosition, readDurableMark } from './durable-mark.ts';
import { frameReader, HEADER_BYTES, headerFault } from './frames.ts';

/** Which files make up the log. */
export interface RecoveryPlan {
  /** The snapshot to begin with. */
  readonly snapshot: number | undefined;
  /** The segments to replay, without gaps; none in a new directory. */
  readonly segments: readonly number[];
  readonly durable: LogPosition | undefined;
}

/**
 * Looks over the directory and clears away what a crash left: unfinished files, and what a snapshot has replaced.
 * @throws AuroraError STORAGE when a file that must be there is not.
 */
export async function planRecovery(disk: Disk, directory: string): Promise<RecoveryPlan> {
  // Names that a killed process gave may not be on the disk yet: what follows relies on them, a removal first of all.
  await disk.syncDirectory(directory);
  const files = dataFiles(await disk.list(directory));
  const durable = await readDurableMark(disk, directory);
  const snapshot = files.snapshots.at(-1);
  const first = snapshot ?? 1;
  const segments = files.segments.filter((number) => number >= first);
  const isNew = snapshot === undefined && files.segments.length === 0 && durable === undefined;
  const last = Math.max(first, segments.at(-1) ?? 0, durable?.segment ?? 0);
  for (let number = first; !isNew && number <= last; number++) {
    if (!segments.includes(number)) throw damaged(segmentPath(directory, number), 0, 'the file is missing');
  }
  for (const name of files.unfinished) await disk.remove(join(directory, name));
  await removeBefore(disk, directory, first);
  return { snapshot, segments, durable };
}

/** Gives up the files that snapshot `number` stands for. */
export async function removeBefore(disk: Disk, directory: string, number: number): Promise<void> {
  const files = dataFiles(await disk.list(directory));
  // Snapshots last: without its segments an older snapshot is of no use, but segments without it would be a gap.
  for (const old of files.segments) if (old < number) await disk.remove(segmentPath(directory, old));
  for (const old of files.snapshots) if (old < number) await disk.remove(snapshotPath(directory, old));
}

/**
 * The records of one segment. A last segment may end in a write that was cut short and never acknowledged: that tail
 * is cut off, with a line in the program's log.
 * @returns where the next record goes.
 * @throws AuroraError STORAGE when anything that is known to be durable is damaged or missing.
 */
export async function* readSegment(
  disk: Disk,
  path: string,
  number: number,
  durableOffset: number,
  isLast: boolean,
  logger: Logger,
): AsyncGenerator<Uint8Array, number> {
  const file = await disk.open(path, 'write');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    await file.read(header, 0);
    const headerDamage = headerFault(header, 'AURORLOG', number);
    if (headerDamage) throw damaged(path, 0, `the segment ${headerDamage}`);
    const reader = frameReader(file);
    for (let record = await reader.next(); record; record = await reader.next()) yield record;
    const end = reader.position();
    const reason = reader.fault()?.reason ?? 'the file ends here';
    if (end < durableOffset)
      throw damaged(path, end, `${reason}, but ${durableOffset} bytes were acknowledged`);
    if (reader.fault()) {
      if (!isLast) throw damaged(path, end, reason);
      const dropped = (await file.size()) - end;
      logger.warn(
        { file: path, offset: end, bytes: dropped, reason },
        'cut off a write that was never finished',
      );
      await file.truncate(end);
    }
    // What a killed process wrote may still be on its way to the disk.
    await file.datasync();
    return end;
  } finally {
    await file.close();
  }
}
