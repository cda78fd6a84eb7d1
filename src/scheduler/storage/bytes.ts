/**
 * Compact binary writer and reader for our own records: little endian; lengths are base-128 integers with 7 bits in a byte.
 */
export interface ByteWriter {
  u8(value: number): void;
  /** An integer from -2^52 to 2^52, zigzag encoded: small ones of either sign take few bytes. */
  int(value: number): void;
  f64(value: number): void;
  text(value: string): void;
  bytes(value: Uint8Array): void;
  size(): number;
  /** Returns a copy of everything written so far; the writer starts anew. */
  take(): Buffer;
  /** Forgets what was written. */
  clear(): void;
}

const FIRST_SIZE = 256;
/** Memory up to this size is kept for what is written next. */
const KEPT_SIZE = 2 ** 20;
const LONGEST_INT = 8;
/** Up to this length a loop over the letters is faster than the engine's own copy, and the length takes one byte. */
const SHORT_TEXT = 96;

export function byteWriter(): ByteWriter {
  let buffer = Buffer.allocUnsafe(FIRST_SIZE);
  let end = 0;

  const room = (bytes: number) => {
    if (end + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, end + bytes));
    buffer.copy(larger, 0, 0, end);
    buffer = larger;
  };
  const unsigned = (value: number) => {
    room(LONGEST_INT);
    let rest = value;
    while (rest >= 128) {
      buffer[end++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    buffer[end++] = rest;
  };

  /** Writes a short text of ASCII characters; false for any other, of which nothing is written. */
  const shortText = (value: string): boolean => {
    const { length } = value;
    if (length > SHORT_TEXT) return false;
    room(length + 1);
    const [into, from] = [buffer, end + 1];
    for (let at = 0; at < length; at++) {
      const code = value.charCodeAt(at);
      if (code > 127) return false;
      into[from + at] = code;
    }
    into[end] = length;
    end = from + length;
    return true;
  };

  return {
    u8(value) {
      room(1);
      buffer[end++] = value;
    },
    int: (value) => unsigned(value < 0 ? -value * 2 - 1 : value * 2),
    f64(value) {
      room(8);
      end = buffer.writeDoubleLE(value, end);
    },
    text(value) {
      if (shortText(value)) return;
      const length = Buffer.byteLength(value);
      unsigned(length);
      room(length);
      end += buffer.write(value, end);
    },
    bytes(value) {
      unsigned(value.length);
      room(value.length);
      buffer.set(value, end);
      end += value.length;
    },
    size: () => end,
    take() {
      const taken = Buffer.from(buffer.subarray(0, end));
      end = 0;
      if (buffer.length > KEPT_SIZE) buffer = Buffer.allocUnsafe(FIRST_SIZE);
      return taken;
    },
    clear() {
      end = 0;
    },
  };
}

export interface ByteReader {
  u8(): number;
  int(): number;
  f64(): number;
  text(): string;
  /** A view into the source, not a copy. */
  bytes(): Uint8Array;
  /** The remaining bytes, as a view. */
  rest(): Uint8Array;
  done(): boolean;
}

/** @throws RangeError when a read goes beyond the end of the source, or finds a number that is too long. */
export function byteReader(source: Uint8Array): ByteReader {
  const buffer = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  let at = 0;

  const skip = (bytes: number) => {
    if (at + bytes > buffer.length)
      throw new RangeError(`the record ends at ${buffer.length}, inside a field`);
    at += bytes;
    return at - bytes;
  };
  const unsigned = () => {
    let value = 0;
    let factor = 1;
    for (let digits = 0; digits < LONGEST_INT; digits++) {
      const byte = buffer[skip(1)] as number;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
    throw new RangeError(`a number at ${at - LONGEST_INT} has more than ${LONGEST_INT} bytes`);
  };

  return {
    u8: () => buffer[skip(1)] as number,
    int() {
      const value = unsigned();
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    },
    f64: () => buffer.readDoubleLE(skip(8)),
    text() {
      const length = unsigned();
      const start = skip(length);
      return buffer.toString('utf8', start, start + length);
    },
    bytes() {
      const length = unsigned();
      const start = skip(length);
      return buffer.subarray(start, start + length);
    },
    rest() {
      const start = at;
      at = buffer.length;
      return buffer.subarray(start);
    },
    done: () => at >= buffer.length,
  };
}
