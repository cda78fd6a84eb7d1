import { dirname } from 'node:path';
import { segmentPath, UNFINISHED_SUFFIX } from './data-directory.ts';
import type { Disk, DiskFile } from './disk.ts';
import type { DurableMark, LogPosition } from './durable-mark.ts';
import { fileHeader, framed } from './frames.ts';

/** One write and sync takes at most about this much; more waits for the next. */
const BATCH_BYTES = 4 * 2 ** 20;

/** The end of the log, where records are added. */
export interface SegmentWriter {
  append(record: Uint8Array): Promise<void>;
  /** Everything appended from now on goes into a new segment; resolves with its number when it exists. */
  rotate(): Promise<number>;
  /** Waits for everything asked for, then closes the file. */
  close(): Promise<void>;
}

interface Waiting {
  /** Absent: a request for a new segment. */
  readonly record?: Uint8Array;
  readonly resolve: (segment: number) => void;
  readonly reject: (reason: unknown) => void;
}

/** Makes an empty segment; under its name it always has a whole header. */
export async function createSegment(disk: Disk, directory: string, number: number): Promise<DiskFile> {
  const path = segmentPath(directory, number);
  const file = await disk.open(`${path}${UNFINISHED_SUFFIX}`, 'create');
  try {
    await file.write(fileHeader('AURORLOG', number), 0);
    await file.datasync();
    await disk.rename(`${path}${UNFINISHED_SUFFIX}`, path);
    await disk.syncDirectory(dirname(path));
    return file;
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
  start: { readonly file: DiskFile; readonly at: LogPosition },
): SegmentWriter {
  let { file, at } = start;
  let waiting: Waiting[] = [];
  let pumping: Promise<void> | undefined;
  let failure: { readonly reason: unknown } | undefined;

  const writeBatch = async (batch: readonly Waiting[]) => {
    const bytes = framed(batch.flatMap(({ record }) => record ?? []));
    await file.write(bytes, at.offset);
    await file.datasync();
    at = { segment: at.segment, offset: at.offset + bytes.length };
    await mark.write(at);
  };
  const nextSegment = async () => {
    const next = await createSegment(disk, directory, at.segment + 1);
    await file.close();
    file = next;
    at = { segment: at.segment + 1, offset: await next.size() };
  };
  const settle = async (batch: readonly Waiting[]) => {
    if (!failure) {
      try {
        await (batch[0]!.record ? writeBatch(batch) : nextSegment());
      } catch (reason) {
        failure = { reason };
      }
    }
    for (const { resolve, reject } of batch) failure ? reject(failure.reason) : resolve(at.segment);
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
    async close() {
      await pumping;
      await file.close();
    },
  };
}
