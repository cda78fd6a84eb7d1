import { crc32 } from 'node:zlib';
import type { DiskFile } from './disk.ts';

/**
 * Files of the local log. Each begins with a header, followed by records: length and CRC-32 (32 bits each), then the
 * payload. The checksum also covers the file's header and the length, so a record that ended up in the wrong file is
 * rejected and a damaged length is not trusted. Zeros in place of a record's head are room allocated for later records:
 * they mark the end.
 */
export const HEADER_BYTES = 40;
export const FRAME_BYTES = 8;
const FORMAT_VERSION = 2;
const READ_BYTES = 2 ** 20;

export type FileKind = 'AURORLOG' | 'AURORSNP' | 'AURORMRK';

/** The header of a file. */
export interface FileHeader {
  readonly kind: FileKind;
  readonly number: number;
  /** The leadership (term) that wrote it. */
  readonly term: number;
  /** Wall-clock time when the file was requested. */
  readonly startMs: number;
  /** For a segment: where the records of the previous segment end; otherwise 0. */
  readonly previousEnd: number;
}

/**
 * Layout, little endian: eight letters for the kind; format version, number and term (32 bits each); startMs and
 * previousEnd (64-bit floating point each); CRC-32.
 */
export function encodeHeader({ kind, number, term, startMs, previousEnd }: FileHeader): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(kind, 'latin1');
  header.writeUInt32LE(FORMAT_VERSION, 8);
  header.writeUInt32LE(number, 12);
  header.writeUInt32LE(term, 16);
  header.writeDoubleLE(startMs, 20);
  header.writeDoubleLE(previousEnd, 28);
  header.writeUInt32LE(crc32(header.subarray(0, 36)), 36);
  return header;
}

/** The header, or a description of what is wrong with it. */
export function decodeHeader(header: Buffer, kind: FileKind, number: number): FileHeader | string {
  if (header.toString('latin1', 0, 8) !== kind) return `does not begin with ${kind}`;
  const version = header.readUInt32LE(8);
  if (version !== FORMAT_VERSION)
    return `has format version ${version}, this version reads ${FORMAT_VERSION}`;
  if (crc32(header.subarray(0, 36)) !== header.readUInt32LE(36))
    return 'has a head that does not match its checksum';
  const said = header.readUInt32LE(12);
  if (said !== number) return `says it is file number ${said}`;
  return {
    kind,
    number,
    term: header.readUInt32LE(16),
    startMs: header.readDoubleLE(20),
    previousEnd: header.readDoubleLE(28),
  };
}

/** The file's header checksum, with which the checksums of its records are seeded. */
const seedOf = (header: Buffer): number => header.readUInt32LE(36);

/** Never 0, so that the head of a record is never all zeros. */
const checksum = (seed: number, length: Uint8Array, payload: Uint8Array): number =>
  crc32(payload, crc32(length, seed)) || 1;

/** How many bytes these records take in a file. */
export const framedBytes = (records: readonly Uint8Array[]): number =>
  records.reduce((sum, record) => sum + FRAME_BYTES + record.length, 0);

/** Writes the records one after another to the beginning of `out`, encoded for the file with this header. */
export function writeFramed(out: Buffer, header: Buffer, records: readonly Uint8Array[]): void {
  const seed = seedOf(header);
  let at = 0;
  for (const record of records) {
    out.writeUInt32LE(record.length, at);
    out.writeUInt32LE(checksum(seed, out.subarray(at, at + 4), record), at + 4);
    out.set(record, at + FRAME_BYTES);
    at += FRAME_BYTES + record.length;
  }
}

/** The records one after another, encoded for the file with this header. */
export function framed(header: Buffer, records: readonly Uint8Array[]): Buffer {
  const out = Buffer.allocUnsafe(framedBytes(records));
  writeFramed(out, header, records);
  return out;
}

/** Where and why a file's records stop being readable. */
export interface FrameFault {
  readonly offset: number;
  readonly reason: string;
}

export interface FrameReader {
  /** The next record; undefined at the end of the file or at a fault. */
  next(): Promise<Buffer | undefined>;
  /** Offset of the end of the last good record. */
  position(): number;
  fault(): FrameFault | undefined;
}

/**
 * Reads a file's records in order, in large pieces; stops at the first that is cut short or damaged.
 * @param end offset at which to stop; default: the end of the file.
 */
export function frameReader(file: DiskFile, header: Buffer, end = Number.POSITIVE_INFINITY): FrameReader {
  const seed = seedOf(header);
  let piece: Buffer = Buffer.alloc(0);
  let pieceStart = HEADER_BYTES;
  let position = HEADER_BYTES;
  let fault: FrameFault | undefined;

  /** `bytes` bytes from the current position on; fewer at the end of the file. */
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
      if (fault || position >= end) return undefined;
      const frame = await ahead(FRAME_BYTES);
      if (frame.length === 0) return undefined;
      if (frame.length < FRAME_BYTES)
        return frame.some(Boolean) ? stop('the file ends inside the head of a record') : undefined;
      const length = frame.readUInt32LE(0);
      const sum = frame.readUInt32LE(4);
      if (length === 0 && sum === 0) return undefined;
      // Checked only for large records: a damaged length must not make us allocate memory for data that does not exist.
      if (length > READ_BYTES && position + FRAME_BYTES + length > (await file.size()))
        return stop('the file ends inside a record');
      const whole = await ahead(FRAME_BYTES + length);
      if (whole.length < FRAME_BYTES + length) return stop('the file ends inside a record');
      const payload = whole.subarray(FRAME_BYTES);
      if (checksum(seed, whole.subarray(0, 4), payload) !== sum)
        return stop('a record does not match its checksum');
      position += FRAME_BYTES + length;
      return payload;
    },
    position: () => position,
    fault: () => fault,
  };
}
