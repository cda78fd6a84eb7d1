import { AuroraError } from '../base/errors.ts';

/** Options of a splitter. */
export interface RecordSplitterOptions {
  /** The longest record; a longer one fails the stream. Default 64 MiB (offers of 10,000 agents take about 10 MB as JSON). */
  readonly maxBytes?: number;
}

/** What a chunk holds of one record: all of it, or less. */
export interface RecordPart {
  /** Shares memory with the chunk. */
  readonly bytes: Buffer;
  /** The length of the whole record in bytes. */
  readonly length: number;
  /** Whether the record ends with this part. */
  readonly isLast: boolean;
}

/** Splits bytes, as they arrive, into records or parts of them. */
export interface RecordSplitter {
  /**
   * Returns the parts of records that are in `chunk`, in order; an empty record is a last part without bytes.
   * @throws AuroraError MESOS when the length line is not a number, or a record is longer than allowed. The stream is
   * then unusable: further calls throw the same error.
   */
  feed(chunk: Uint8Array): RecordPart[];
  /** The number of bytes of the unfinished record, with its length line; 0 at a clean end of the stream. */
  pendingBytes(): number;
}

const DEFAULT_MAX_BYTES = 64 * 2 ** 20;
/** Taken at once for a record that is longer than its first chunk. */
const FIRST_BYTES = 4 * 2 ** 20;
const LINE_FEED = 10;
const ZERO = 48;
/** More digits than any allowed length has. */
const MAX_DIGITS = 15;

/**
 * Reads Mesos' RecordIO: a decimal length, a line feed, then that many bytes, repeatedly. Chunks may be cut anywhere,
 * even inside the length.
 */
export function recordSplitter({ maxBytes = DEFAULT_MAX_BYTES }: RecordSplitterOptions = {}): RecordSplitter {
  let length = 0;
  let digits = 0;
  let inBody = false;
  let given = 0;
  let failure: AuroraError | undefined;

  const fail = (text: string, next: string): never => {
    failure = new AuroraError('MESOS', text, { next });
    throw failure;
  };

  /** Reads length digits up to and including the line feed; returns the offset after them. */
  const readLength = (chunk: Buffer, from: number): number => {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (byte === LINE_FEED && digits > 0) {
        if (length > maxBytes)
          fail(`a record of ${length} bytes is longer than ${maxBytes}`, 'raise the limit or ask for less');
        inBody = true;
        return at + 1;
      }
      const digit = byte - ZERO;
      if (digit < 0 || digit > 9 || digits === MAX_DIGITS)
        fail(
          `the stream is not RecordIO: byte ${byte} in a record length`,
          'check what answers at this address',
        );
      length = length * 10 + digit;
      digits++;
    }
    return chunk.length;
  };

  return {
    feed(bytes) {
      if (failure) throw failure;
      const chunk = Buffer.isBuffer(bytes)
        ? bytes
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const parts: RecordPart[] = [];
      let at = 0;
      for (;;) {
        if (!inBody) at = readLength(chunk, at);
        if (!inBody) return parts;
        const part = chunk.subarray(at, at + length - given);
        at += part.length;
        given += part.length;
        const isLast = given === length;
        if (isLast || part.length > 0) parts.push({ bytes: part, length, isLast });
        if (!isLast) return parts;
        inBody = false;
        length = digits = given = 0;
      }
    },
    pendingBytes: () => digits + given,
  };
}

/**
 * Joins the parts of one record after the other: returns the record with its last part, and undefined before. A record of
 * a single part shares memory with it; others have memory of their own.
 */
export function recordJoiner(): (part: RecordPart) => Buffer | undefined {
  let joined: Buffer | undefined;
  let filled = 0;
  /** Takes memory for what has come, not for what is announced: four times as much each time, and all of it in the end. */
  const roomFor = (bytes: number, length: number): Buffer => {
    if (joined && joined.length >= bytes) return joined;
    const larger = Buffer.allocUnsafeSlow(Math.min(length, Math.max(FIRST_BYTES, 4 * bytes)));
    joined?.copy(larger, 0, 0, filled);
    return larger;
  };
  return ({ bytes, isLast, length }) => {
    if (isLast && !joined) return bytes;
    // Copied as it arrives: joining a record of megabytes at its end would block for tens of milliseconds.
    joined = roomFor(filled + bytes.length, length);
    bytes.copy(joined, filled);
    filled += bytes.length;
    if (!isLast) return undefined;
    const record = joined;
    joined = undefined;
    filled = 0;
    return record;
  };
}

/** Decodes records from their parts: gives what `decode` makes of a record with its last part, and undefined before. */
export function wholeRecords<T>(decode: (record: Buffer) => T): (part: RecordPart) => T | undefined {
  const join = recordJoiner();
  return (part) => {
    const record = join(part);
    return record?.length ? decode(record) : undefined;
  };
}

/** Encodes one record: its length in decimal without padding, a line feed, the bytes. */
export function encodeRecord(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length}\n`, 'latin1'), bytes]);
}
