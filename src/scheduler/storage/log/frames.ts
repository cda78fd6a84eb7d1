import { crc32 } from 'node:zlib';
import type { DiskFile } from './disk.ts';

/**
 * Files of the local log. Each begins with a header: eight letters that say what it is, the format's version and the
 * file's number (32 bit each, little endian). Then records: length and CRC-32 (32 bit each), payload. The checksum
 * covers the length too, so that a damaged length is not followed.
 */
export const HEADER_BYTES = 16;
const FRAME_BYTES = 8;
const FORMAT_VERSION = 1;
/** Nothing we write comes near; a larger length is damage. */
const LARGEST_RECORD_BYTES = 2 ** 30;
const READ_BYTES = 2 ** 20;

export type FileKind = 'AURORLOG' | 'AURORSNP' | 'AURORMRK';

export function fileHeader(kind: FileKind, number: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(kind, 'latin1');
  header.writeUInt32LE(FORMAT_VERSION, 8);
  header.writeUInt32LE(number, 12);
  return header;
}

/** What is wrong with a file's header, or undefined. */
export function headerFault(header: Buffer, kind: FileKind, number: number): string | undefined {
  if (header.toString('latin1', 0, 8) !== kind) return `does not begin with ${kind}`;
  const version = header.readUInt32LE(8);
  if (version !== FORMAT_VERSION)
    return `has format version ${version}, this version reads ${FORMAT_VERSION}`;
  return header.readUInt32LE(12) === number ? undefined : `says it is file number ${header.readUInt32LE(12)}`;
}

const checksum = (length: Uint8Array, payload: Uint8Array): number => crc32(payload, crc32(length));

/** The records one after another as they stand in the file. */
export function framed(records: readonly Uint8Array[]): Buffer {
  const size = records.reduce((sum, record) => sum + FRAME_BYTES + record.length, 0);
  const out = Buffer.allocUnsafe(size);
  let at = 0;
  for (const record of records) {
    out.writeUInt32LE(record.length, at);
    out.writeUInt32LE(checksum(out.subarray(at, at + 4), record), at + 4);
    out.set(record, at + FRAME_BYTES);
    at += FRAME_BYTES + record.length;
  }
  return out;
}

/** Where and why the records of a file stop making sense. */
export interface FrameFault {
  readonly offset: number;
  readonly reason: string;
}

export interface FrameReader {
  /** The next record, or undefined at the end of the file or at the fault. */
  next(): Promise<Buffer | undefined>;
  /** End of the last good record. */
  position(): number;
  fault(): FrameFault | undefined;
}

/** Reads a file's records in order, a large piece at a time; stops at the first that is cut short or damaged. */
export function frameReader(file: DiskFile): FrameReader {
  let piece: Buffer = Buffer.alloc(0);
  let pieceStart = HEADER_BYTES;
  let position = HEADER_BYTES;
  let fault: FrameFault | undefined;

  /** `bytes` from the present position on; fewer at the end of the file. */
  const ahead = async (bytes: number): Promise<Buffer> => {
    const have = piece.subarray(position - pieceStart);
    if (have.length >= bytes) return have.subarray(0, bytes);
    const larger = Buffer.allocUnsafe(Math.max(READ_BYTES, bytes));
    have.copy(larger);
    let filled = have.length;
    while (filled < bytes) {
      const count = await file.read(larger.subarray(filled), position + filled);
      if (count === 0) break;
      filled += count;
    }
    piece = larger.subarray(0, filled);
    pieceStart = position;
    return piece.subarray(0, bytes);
  };
  const stop = (reason: string) => {
    fault = { offset: position, reason };
    return undefined;
  };

  return {
    async next() {
      if (fault) return undefined;
      const frame = await ahead(FRAME_BYTES);
      if (frame.length === 0) return undefined;
      if (frame.length < FRAME_BYTES) return stop('the file ends inside the head of a record');
      const length = frame.readUInt32LE(0);
      const sum = frame.readUInt32LE(4);
      if (length > LARGEST_RECORD_BYTES) return stop(`a record claims ${length} bytes`);
      const whole = await ahead(FRAME_BYTES + length);
      if (whole.length < FRAME_BYTES + length) return stop('the file ends inside a record');
      const payload = whole.subarray(FRAME_BYTES);
      if (checksum(whole.subarray(0, 4), payload) !== sum)
        return stop('a record does not match its checksum');
      position += FRAME_BYTES + length;
      return payload;
    },
    position: () => position,
    fault: () => fault,
  };
}
