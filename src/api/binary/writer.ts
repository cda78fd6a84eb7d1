import type { I64 } from '../i64.ts';

/** Bytes being written; the buffer doubles when it is full. */
export interface Writer {
  bytes: Buffer;
  length: number;
}

const FIRST_BYTES = 512;
/** For longer texts it is cheaper to measure the bytes than to reserve the worst case. */
const MEASURED_CHARACTERS = 16_384;

export const newWriter = (): Writer => ({ bytes: Buffer.allocUnsafe(FIRST_BYTES), length: 0 });

/** The written bytes in a buffer of their own of exactly that size. */
export const written = ({ bytes, length }: Writer): Buffer => Buffer.from(bytes.subarray(0, length));

/** Makes room for `size` bytes, counts them as written, and returns where they begin. */
function reserve(writer: Writer, size: number): number {
  const start = writer.length;
  if (start + size > writer.bytes.length) {
    const grown = Buffer.allocUnsafe(Math.max(writer.bytes.length * 2, start + size));
    writer.bytes.copy(grown, 0, 0, start);
    writer.bytes = grown;
  }
  writer.length = start + size;
  return start;
}

export function writeByte(writer: Writer, value: number): void {
  const start = reserve(writer, 1);
  writer.bytes[start] = value;
}

export function writeI32(writer: Writer, value: number): void {
  const start = reserve(writer, 4);
  writer.bytes.writeInt32BE(value, start);
}

export function writeI64(writer: Writer, value: I64): void {
  const start = reserve(writer, 8);
  if (typeof value === 'bigint' || !Number.isSafeInteger(value)) {
    writer.bytes.writeBigInt64BE(BigInt(value), start);
    return;
  }
  const high = Math.floor(value / 0x1_0000_0000);
  writer.bytes.writeInt32BE(high, start);
  writer.bytes.writeUInt32BE(value - high * 0x1_0000_0000, start + 4);
}

export function writeDouble(writer: Writer, value: number): void {
  const start = reserve(writer, 8);
  writer.bytes.writeDoubleBE(value, start);
}

/** A lone surrogate, which UTF-8 cannot express, becomes U+FFFD. */
export function writeString(writer: Writer, text: string): void {
  const worst = text.length > MEASURED_CHARACTERS ? Buffer.byteLength(text) : text.length * 3;
  const start = reserve(writer, 4 + worst);
  const size = writer.bytes.write(text, start + 4);
  writer.bytes.writeInt32BE(size, start);
  writer.length = start + 4 + size;
}

export function writeBinary(writer: Writer, bytes: Uint8Array): void {
  writeI32(writer, bytes.length);
  writeBytes(writer, bytes);
}

/** Writes bytes that are already encoded. */
export function writeBytes(writer: Writer, bytes: Uint8Array): void {
  const start = reserve(writer, bytes.length);
  writer.bytes.set(bytes, start);
}

export function writeFieldHead(writer: Writer, code: number, id: number): void {
  const start = reserve(writer, 3);
  writer.bytes[start] = code;
  writer.bytes.writeInt16BE(id, start + 1);
}
