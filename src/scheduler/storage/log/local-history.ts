import type { Clock } from '../../../base/clock.ts';
import { AuroraError } from '../../../base/errors.ts';
import { turns } from '../../../base/turns.ts';
import { damaged } from './damage.ts';
import { dataFiles, generationStarts, segmentPath, snapshotPath } from './data-directory.ts';
import type { Disk } from './disk.ts';
import type { LogPosition } from './durable-mark.ts';
import { frameReader } from './frames.ts';
import type { Generation, LogReader } from './log.ts';
import { type OpenFile, openForReading } from './open-file.ts';
import { snapshotChunks } from './snapshot-file.ts';

interface HistoryOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly clock: Clock;
  /** The position up to which everything is on disk now. */
  readonly durable: () => LogPosition;
}

interface Files {
  readonly snapshot: number | undefined;
  readonly segments: readonly number[];
}

/** The generations whose files all exist; a crash while trimming may have left parts of older ones. */
export async function localGenerations(options: HistoryOptions): Promise<Generation[]> {
  const { disk, directory } = options;
  const files = dataFiles(await disk.list(directory));
  const starts = generationStarts(files);
  const generations: Generation[] = [];
  for (const [index, start] of starts.entries()) {
    const end = starts[index + 1] ?? Number.POSITIVE_INFINITY;
    const segments = files.segments.filter((number) => number >= start && number < end);
    const isWhole = segments.every((number, at) => number === start + at) && segments.length > 0;
    const reachesOn = end === Number.POSITIVE_INFINITY || segments.at(-1) === end - 1;
    if (!isWhole || !reachesOn) continue;
    const snapshot = files.snapshots.includes(start) ? start : undefined;
    generations.push({
      startMs: snapshot === undefined ? Number.NEGATIVE_INFINITY : await startOf(options, snapshot),
      read: (reader) => readGeneration(options, { snapshot, segments }, reader),
    });
  }
  return generations;
}

async function startOf({ disk, directory }: HistoryOptions, snapshot: number): Promise<number> {
  const { file, header } = await openForReading(
    disk,
    snapshotPath(directory, snapshot),
    'AURORSNP',
    snapshot,
  );
  await file.close();
  return header.startMs;
}

async function readGeneration(options: HistoryOptions, files: Files, reader: LogReader): Promise<void> {
  const { disk, directory, clock } = options;
  const durable = options.durable();
  const turn = turns(clock);
  const open: OpenFile[] = [];
  try {
    // Open all files first: an open file stays readable after it is trimmed.
    const snapshot =
      files.snapshot === undefined
        ? undefined
        : await opened(open, () =>
            openForReading(disk, snapshotPath(directory, files.snapshot!), 'AURORSNP', files.snapshot!),
          );
    const segments: OpenFile[] = [];
    for (const number of files.segments)
      segments.push(
        await opened(open, () => openForReading(disk, segmentPath(directory, number), 'AURORLOG', number)),
      );
    if (snapshot) {
      reader.restart();
      const path = snapshotPath(directory, files.snapshot!);
      for await (const chunk of snapshotChunks(path, snapshot)) {
        if (reader.apply(chunk) === false) return;
        await turn();
      }
    }
    for (const [index, segment] of segments.entries()) {
      const number = segment.header.number;
      const end = segments[index + 1]?.header.previousEnd ?? endOf(number, durable);
      const records = frameReader(segment.file, segment.bytes, end);
      for (let record = await records.next(); record; record = await records.next()) {
        if (reader.apply(record) === false) return;
        await turn();
      }
      const fault = records.fault();
      if (fault) throw damaged(segmentPath(directory, number), fault.offset, fault.reason);
    }
  } finally {
    await Promise.all(open.map(({ file }) => file.close()));
  }
}

/** Where to stop reading: in the segment being written, only what was durable when the reading began counts. */
const endOf = (number: number, durable: LogPosition): number | undefined =>
  number === durable.segment ? durable.offset : undefined;

async function opened(all: OpenFile[], open: () => Promise<OpenFile>): Promise<OpenFile> {
  try {
    const file = await open();
    all.push(file);
    return file;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new AuroraError(
      'STORAGE',
      'this part of the log was removed by a newer snapshot after it was listed',
    );
  }
}
