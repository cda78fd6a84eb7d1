import { codecError } from '../codec-error.ts';
import type { I64 } from '../i64.ts';
import { DEFAULT_LIMITS, type Limits } from '../limits.ts';
import { type Trail, trailFrom, trailText } from '../trail.ts';

/** A cursor over TBinary bytes. Every read checks its bounds. Numbers are big-endian. */
export interface Reader {
  readonly bytes: Buffer;
  position: number;
  readonly limits: Limits;
  readonly trail: Trail;
  /** Called for every skipped field and every enum number without a name. */
  readonly passOver?: () => void;
}

export function readerOf(bytes: Uint8Array, root: string, limits: Partial<Limits> = {}): Reader {
  const all = { ...DEFAULT_LIMITS, ...limits };
  if (bytes.length > all.maxBytes)
    throw codecError('size-limit', `${bytes.length} bytes are more than the ${all.maxBytes} allowed`, root);
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { bytes: view, position: 0, limits: all, trail: trailFrom(root) };
}

/** Advances by `length` bytes and returns where they begin. */
export function take(reader: Reader, length: number): number {
  const start = reader.position;
  if (length > reader.bytes.length - start) {
    const left = reader.bytes.length - start;
    const text = `the input ends at byte ${reader.bytes.length}: ${length} bytes needed, ${left} left`;
    throw codecError('truncated', text, trailText(reader.trail));
  }
  reader.position = start + length;
  return start;
}

export const readByte = (reader: Reader): number => reader.bytes[take(reader, 1)] as number;

export const readI16 = (reader: Reader): number => reader.bytes.readInt16BE(take(reader, 2));

export const readI32 = (reader: Reader): number => reader.bytes.readInt32BE(take(reader, 4));

export const readDouble = (reader: Reader): number => reader.bytes.readDoubleBE(take(reader, 8));

/** A number if a double holds it exactly, else a bigint. */
export function readI64(reader: Reader): I64 {
  const start = take(reader, 8);
  const value = reader.bytes.readInt32BE(start) * 0x1_0000_0000 + reader.bytes.readUInt32BE(start + 4);
  return Number.isSafeInteger(value) ? value : reader.bytes.readBigInt64BE(start);
}

function readLength(reader: Reader, most: number, what: string): number {
  const length = readI32(reader);
  if (length < 0) throw codecError('negative-size', `${what} of ${length}`, trailText(reader.trail));
  if (length > most)
    throw codecError('size-limit', `${what} of ${length} is more than ${most}`, trailText(reader.trail));
  return length;
}

/** Reads a number of elements; refuses it when the remaining bytes cannot hold that many. */
export function readCount(reader: Reader, leastBytes: number): number {
  const count = readLength(reader, reader.limits.maxElements, 'a number of elements');
  const left = reader.bytes.length - reader.position;
  if (count * leastBytes > left)
    throw codecError('truncated', `${count} elements announced, ${left} bytes left`, trailText(reader.trail));
  return count;
}

/** Skips a string or binary and returns where its content begins. */
export const takeString = (reader: Reader): number =>
  take(reader, readLength(reader, reader.limits.maxStringBytes, 'a text length'));

/** Copies the bytes, so that a value does not keep its whole message in memory. */
export function readBinary(reader: Reader): Uint8Array {
  const start = takeString(reader);
  return new Uint8Array(reader.bytes.subarray(start, reader.position));
}

/** Reads UTF-8; a byte order mark is ordinary text. */
export function readString(reader: Reader): string {
  const start = takeString(reader);
  const text = reader.bytes.toString('utf8', start, reader.position);
  // The fast decoder replaces invalid bytes by U+FFFD; the strict one can tell whether it was in the input.
  if (text.includes('\uFFFD')) assertUtf8(reader, start);
  return text;
}

function assertUtf8({ bytes, position, trail }: Reader, start: number): void {
  try {
    // Made here, because a decoder costs more than reading a small message, and few texts need it.
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(start, position));
  } catch {
    throw codecError('bad-utf8', `text at byte ${start} is not UTF-8`, trailText(trail));
  }
}
