import { AuroraError } from '../../base/errors.ts';

/** Wire types of protobuf fields. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const FIXED32 = 5;
const START_GROUP = 3;
const END_GROUP = 4;

const TWO_32 = 2 ** 32;

const broken = (what: string): never => {
  throw new AuroraError('CODEC', `not a protobuf message: ${what}`);
};

/** Reads primitive values from the bytes of one message; every method advances past what it read. */
export interface WireReader {
  readonly done: () => boolean;
  /** Offset of the next byte; used to copy skipped fields. */
  readonly offset: () => number;
  /** An unsigned number of up to 64 bits, as two halves of 32. */
  readonly varint: () => { readonly low: number; readonly high: number };
  readonly double: () => number;
  readonly float: () => number;
  readonly bytes: () => Buffer;
  readonly skip: (wireType: number) => void;
}

/**
 * @throws AuroraError CODEC (from every method) when the bytes end early or a varint is longer than ten bytes.
 */
export function wireReader(source: Buffer): WireReader {
  let at = 0;
  const take = (length: number): number => {
    const from = at;
    if (length > source.length - from) broken('it ends in the middle of a field');
    at += length;
    return from;
  };
  const varint = () => {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = source[take(1)] as number;
      const bits = byte & 0x7f;
      if (shift < 28) low += bits * 2 ** shift;
      else if (shift === 28) {
        low += (bits & 0x0f) * 2 ** 28;
        high = bits >>> 4;
      } else if (shift < 63) high += bits * 2 ** (shift - 32);
      else high += (bits & 1) * 2 ** 31;
      if (byte < 0x80) return { low, high: high % TWO_32 };
    }
    return broken('a number of more than ten bytes');
  };
  const bytes = () => {
    const { low, high } = varint();
    const length = high * TWO_32 + low;
    const from = take(length);
    return source.subarray(from, from + length);
  };
  const skipGroup = (depth: number) => {
    if (depth > 64) broken('groups nested too deeply');
    for (;;) {
      const wireType = varint().low & 7;
      if (wireType === END_GROUP) return;
      skip(wireType, depth + 1);
    }
  };
  const skip = (wireType: number, depth = 0) => {
    if (wireType === VARINT) varint();
    else if (wireType === FIXED64) take(8);
    else if (wireType === LENGTH) bytes();
    else if (wireType === FIXED32) take(4);
    else if (wireType === START_GROUP) skipGroup(depth);
    else broken(`wire type ${wireType}`);
  };
  return {
    done: () => at >= source.length,
    offset: () => at,
    varint,
    double: () => source.readDoubleLE(take(8)),
    float: () => source.readFloatLE(take(4)),
    bytes,
    skip: (wireType) => skip(wireType),
  };
}

/** Collects the bytes of a message. */
export interface WireWriter {
  readonly tag: (id: number, wireType: number) => void;
  /** An integer; negative ones take ten bytes. A value beyond 64 bits is clamped to the nearest that fits. */
  readonly varint: (value: number) => void;
  readonly double: (value: number) => void;
  readonly float: (value: number) => void;
  readonly bytes: (value: Uint8Array) => void;
  /** Writes bytes unchanged, without a length. */
  readonly raw: (value: Uint8Array) => void;
  /** Writes what `write` writes, preceded by its length. */
  readonly nested: (write: () => void) => void;
  readonly finish: () => Buffer;
}

const MAX_UINT64 = 2n ** 64n - 1n;

export function wireWriter(): WireWriter {
  let buffer = Buffer.allocUnsafe(256);
  let at = 0;
  const room = (bytes: number) => {
    if (at + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + bytes));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  };
  const small = (value: number) => {
    room(10);
    let left = value;
    while (left >= 0x80) {
      buffer[at++] = (left % 0x80) | 0x80;
      left = Math.floor(left / 0x80);
    }
    buffer[at++] = left;
  };
  const large = (value: bigint) => {
    room(10);
    let left = value;
    for (; left >= 0x80n; left >>= 7n) buffer[at++] = Number(left & 0x7fn) | 0x80;
    buffer[at++] = Number(left);
  };
  const varint = (value: number) => {
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) return small(Math.trunc(value));
    const exact = BigInt(Math.trunc(value));
    if (exact < 0n) return large(BigInt.asUintN(64, exact < -(2n ** 63n) ? -(2n ** 63n) : exact));
    return large(exact > MAX_UINT64 ? MAX_UINT64 : exact);
  };
  const raw = (value: Uint8Array) => {
    room(value.length);
    buffer.set(value, at);
    at += value.length;
  };
  return {
    tag: (id, wireType) => small(id * 8 + wireType),
    varint,
    double: (value) => {
      room(8);
      at = buffer.writeDoubleLE(value, at);
    },
    float: (value) => {
      room(4);
      at = buffer.writeFloatLE(value, at);
    },
    bytes: (value) => {
      small(value.length);
      raw(value);
    },
    raw,
    nested: (write) => {
      const start = at;
      room(1);
      at += 1;
      write();
      const length = at - start - 1;
      if (length < 0x80) {
        buffer[start] = length;
        return;
      }
      // The length needs more than the one byte reserved for it: write it at the end, then move it to the front.
      const end = at;
      small(length);
      const prefix = Buffer.from(buffer.subarray(end, at));
      buffer.copyWithin(start + prefix.length, start + 1, end);
      buffer.set(prefix, start);
      at = end + prefix.length - 1;
    },
    finish: () => buffer.subarray(0, at),
  };
}
