import { crc32 } from 'node:zlib';
import { markPath } from './data-directory.ts';
import type { Disk } from './disk.ts';
import { encodeHeader, HEADER_BYTES } from './frames.ts';

/** A place in the log. */
export interface LogPosition {
  readonly segment: number;
  readonly offset: number;
}

const BODY_BYTES = 16;

/**
 * How far the log is known to be durable, stored beside it. It is written after each sync and before anything is
 * acknowledged, but not synced itself: it survives a killed process, and may be slightly out of date after a power cut.
 * So damage before this position cannot be a write that was cut short, and a log that ends before it has lost data.
 */
export interface DurableMark {
  write(position: LogPosition): Promise<void>;
  close(): Promise<void>;
}

export async function openDurableMark(disk: Disk, directory: string): Promise<DurableMark> {
  const path = markPath(directory);
  const exists = (await disk.list(directory)).some((name) => path.endsWith(`/${name}`));
  const file = await disk.open(path, exists ? 'write' : 'create');
  const header = { kind: 'AURORMRK', number: 0, term: 0, startMs: 0, previousEnd: 0 } as const;
  try {
    if (!exists) await file.write(encodeHeader(header), 0);
  } catch (error) {
    await file.close().catch(() => {});
    throw error;
  }
  return {
    write(position) {
      const body = Buffer.alloc(BODY_BYTES);
      body.writeUInt32LE(position.segment, 0);
      body.writeDoubleLE(position.offset, 4);
      body.writeUInt32LE(crc32(body.subarray(0, 12)), 12);
      return file.write(body, HEADER_BYTES);
    },
    close: () => file.close(),
  };
}

/** The mark as last written; undefined when there is none or it cannot be read. */
export async function readDurableMark(disk: Disk, directory: string): Promise<LogPosition | undefined> {
  const path = markPath(directory);
  if (!(await disk.list(directory)).some((name) => path.endsWith(`/${name}`))) return undefined;
  const file = await disk.open(path, 'read');
  try {
    const body = Buffer.alloc(BODY_BYTES);
    const read = await file.read(body, HEADER_BYTES);
    if (read < BODY_BYTES || crc32(body.subarray(0, 12)) !== body.readUInt32LE(12)) return undefined;
    return { segment: body.readUInt32LE(0), offset: body.readDoubleLE(4) };
  } finally {
    await file.close();
  }
}
