import { dirname } from 'node:path';
import type { Clock } from '../../../base/clock.ts';
import { invariant } from '../../../base/invariant.ts';
import { damaged } from './damage.ts';
import { dataFiles, segmentPath, UNFINISHED_SUFFIX } from './data-directory.ts';
import type { Disk, DiskFile } from './disk.ts';
import type { DurableMark, LogPosition } from './durable-mark.ts';
import { encodeHeader, type FileHeader, framed, HEADER_BYTES } from './frames.ts';

/** One write and sync takes at most about this much; more waits for the next. */
const BATCH_BYTES = 4 * 2 ** 20;

/**
 * A file is made longer ahead of time, by zeros: syncing bytes that lie within its length costs one write, syncing new
 * length costs the file system's journal, too. As much again as the segment has, within these bounds.
 */
const LEAST_ROOM_BYTES = 64 * 1024;
const MOST_ROOM_BYTES = 2 ** 20;
/** A batch of this size is worth the journal. */
const LARGE_BATCH_BYTES = 256 * 1024;

/** The end of the log, where records are added. */
export interface SegmentWriter {
  append(record: Uint8Array): Promise<void>;
  /** Everything appended from now on goes into a new segment; resolves with its number when it exists. */
  rotate(): Promise<number>;
  /** Up to where everything is on disk. */
  durable(): LogPosition;
  /** Waits for everything asked for, then closes the file. */
  close(): Promise<void>;
}

interface Waiting {
  /** Absent: a request for a new segment. */
  readonly record?: Uint8Array;
  readonly resolve: (segment: number) => void;
  readonly reject: (reason: unknown) => void;
}

/** An open segment that records are added to. */
export interface OpenSegment {
  readonly file: DiskFile;
  readonly number: number;
  readonly term: number;
  /** The header as it stands in the file. */
  readonly header: Buffer;
}

/**
 * Makes an empty segment; under its name it always has a whole header.
 * @throws AuroraError STORAGE when it is there already.
 */
export async function createSegment(
  disk: Disk,
  directory: string,
  about: Omit<FileHeader, 'kind'>,
): Promise<OpenSegment> {
  const header = encodeHeader({ kind: 'AURORLOG', ...about });
  const path = segmentPath(directory, about.number);
  // To rename would put ours in its place.
  if (dataFiles(await disk.list(directory)).segments.includes(about.number))
    throw damaged(path, 0, 'another process has begun this segment: two schedulers write to one directory');
  const file = await disk.open(`${path}${UNFINISHED_SUFFIX}`, 'create');
  try {
    await file.write(header, 0);
    await file.datasync();
    await disk.rename(`${path}${UNFINISHED_SUFFIX}`, path);
    await disk.syncDirectory(dirname(path));
    return { file, header, number: about.number, term: about.term };
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}

/** Cuts what waits into runs that one write can take: a request for a new segment stands alone. */
function* batchesOf(waiting: readonly Waiting[]): Iterable<readonly Waiting[]> {
  let batch: Waiting[] = [];
  let bytes = 0;
  for (const item of waiting) {
    const full = item.record === undefined || bytes + item.record.length > BATCH_BYTES;
    if (full && batch.length > 0) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += item.record?.length ?? Number.POSITIVE_INFINITY;
  }
  if (batch.length > 0) yield batch;
}

/**
 * Group commit: while one batch is written and synced, what comes in waits, and all of it is the next batch. The first
 * failure is final, because after a failed sync nobody can say what is on the disk: everything fails from then on.
 */
export function segmentWriter(
  disk: Disk,
  directory: string,
  mark: DurableMark,
  clock: Clock,
  start: OpenSegment,
): SegmentWriter {
  let segment = start;
  let end = HEADER_BYTES;
  let length = HEADER_BYTES;
  let waiting: Waiting[] = [];
  let pumping: Promise<void> | undefined;
  let failure: { readonly reason: unknown } | undefined;

  const writeBatch = async (batch: readonly Waiting[]) => {
    const records = batch.flatMap(({ record }) => record ?? []);
    const bytes = framed(segment.header, records);
    const isWithin = end + bytes.length <= length;
    await segment.file.write(isWithin || bytes.length >= LARGE_BATCH_BYTES ? bytes : withRoom(bytes), end);
    await segment.file.datasync();
    end += bytes.length;
    invariant(isWithin ? end <= length : bytes.length > 0, 'a batch went beyond its segment', () => ({
      segment: segment.number,
      end,
      length,
    }));
    await mark.write({ segment: segment.number, offset: end });
  };
  const withRoom = (bytes: Buffer): Buffer => {
    const room = Math.min(MOST_ROOM_BYTES, Math.max(LEAST_ROOM_BYTES, end));
    length = end + bytes.length + room;
    return Buffer.concat([bytes, Buffer.alloc(room)]);
  };
  const nextSegment = async () => {
    const next = await createSegment(disk, directory, {
      number: segment.number + 1,
      term: segment.term,
      startMs: clock.nowMs(),
      previousEnd: end,
    });
    const { file } = segment;
    segment = next;
    end = HEADER_BYTES;
    length = HEADER_BYTES;
    await file.close();
  };
  const settle = async (batch: readonly Waiting[]) => {
    if (!failure) {
      try {
        await (batch[0]!.record ? writeBatch(batch) : nextSegment());
      } catch (reason) {
        failure = { reason };
      }
    }
    for (const { resolve, reject } of batch) failure ? reject(failure.reason) : resolve(segment.number);
  };
  const pump = async () => {
    // Whatever is appended before the next turn of the event loop shares the first batch.
    await Promise.resolve();
    while (waiting.length > 0) {
      const items = waiting;
      waiting = [];
      for (const batch of batchesOf(items)) await settle(batch);
    }
    pumping = undefined;
  };
  const enqueue = (record?: Uint8Array) =>
    new Promise<number>((resolve, reject) => {
      waiting.push(record ? { record, resolve, reject } : { resolve, reject });
      pumping ??= pump();
    });

  return {
    append: async (record) => void (await enqueue(record)),
    rotate: () => enqueue(),
    durable: () => ({ segment: segment.number, offset: end }),
    async close() {
      await pumping;
      await segment.file.close();
    },
  };
}
