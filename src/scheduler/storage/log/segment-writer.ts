import { dirname } from 'node:path';
import type { Clock } from '../../../base/clock.ts';
import { invariant } from '../../../base/invariant.ts';
import { damaged } from './damage.ts';
import { dataFiles, segmentPath, UNFINISHED_SUFFIX } from './data-directory.ts';
import type { Disk, DiskFile } from './disk.ts';
import type { DurableMark, LogPosition } from './durable-mark.ts';
import { encodeHeader, type FileHeader, framedBytes, HEADER_BYTES, writeFramed } from './frames.ts';

/** One write and sync takes at most about this much; the rest waits for the next. */
const BATCH_BYTES = 4 * 2 ** 20;

/**
 * A file is extended with zeros ahead of time: syncing bytes within its length costs one write, but syncing a changed
 * length costs a write to the file system's journal as well. A file grows by the size that it has, within these bounds.
 */
const LEAST_ROOM_BYTES = 64 * 1024;
const MOST_ROOM_BYTES = 2 ** 20;
/** A batch of this size is worth the cost of the journal. */
const LARGE_BATCH_BYTES = 256 * 1024;

/** The end of the log, where records are added. */
export interface SegmentWriter {
  append(record: Uint8Array): Promise<void>;
  /** Starts a new segment for everything appended from now on; resolves with its number once the file exists. */
  rotate(): Promise<number>;
  /** The position up to which everything is on disk. */
  durable(): LogPosition;
  /** Waits for everything that was requested, then closes the file. */
  close(): Promise<void>;
}

interface Waiting {
  /** Absent when the request is for a new segment. */
  readonly record?: Uint8Array;
  readonly resolve: (segment: number) => void;
  readonly reject: (reason: unknown) => void;
}

/** An open segment to which records are appended. */
export interface OpenSegment {
  readonly file: DiskFile;
  readonly number: number;
  readonly term: number;
  /** The header's bytes as they are in the file. */
  readonly header: Buffer;
}

/**
 * Creates an empty segment; it only appears under its name when its header is complete.
 * @throws AuroraError STORAGE when it exists already.
 */
export async function createSegment(
  disk: Disk,
  directory: string,
  about: Omit<FileHeader, 'kind'>,
): Promise<OpenSegment> {
  const header = encodeHeader({ kind: 'AURORLOG', ...about });
  const path = segmentPath(directory, about.number);
  // Checked first, because the rename would replace a segment that another process made.
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

/** Splits the waiting requests into batches of one write each; a request for a new segment is a batch of its own. */
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
 * Group commit: while one batch is written and synced, new requests wait and then make up the next batch. The first
 * failure is final, because after a failed sync it is unknown what is on the disk: every later request fails.
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
  /** For one batch after the other, since only one is on its way. Buffers of their own would be most of the garbage outside of V8's heap. */
  let memory: Buffer = Buffer.allocUnsafeSlow(LEAST_ROOM_BYTES);

  const memoryOf = (bytes: number): Buffer => {
    if (bytes > memory.length) memory = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * memory.length));
    return memory.subarray(0, bytes);
  };
  const writeBatch = async (batch: readonly Waiting[]) => {
    const records = batch.flatMap(({ record }) => record ?? []);
    const size = framedBytes(records);
    const isWithin = end + size <= length;
    const room = isWithin || size >= LARGE_BATCH_BYTES ? 0 : roomAfter(end + size);
    const bytes = memoryOf(size + room);
    writeFramed(bytes, segment.header, records);
    bytes.fill(0, size);
    await segment.file.write(bytes, end);
    await segment.file.datasync();
    end += size;
    invariant(isWithin ? end <= length : size > 0, 'a batch went beyond its segment', () => ({
      segment: segment.number,
      end,
      length,
    }));
    await mark.write({ segment: segment.number, offset: end });
  };
  /** Makes the segment longer than what is written; returns by how much. */
  const roomAfter = (written: number): number => {
    const room = Math.min(MOST_ROOM_BYTES, Math.max(LEAST_ROOM_BYTES, end));
    length = written + room;
    return room;
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
    // Let everything that is appended in this turn of the event loop share the first batch.
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
