import { AuroraError } from '../base/errors.ts';

/** Options of a reader. */
export interface RecordReaderOptions {
  /** The longest record; a longer one fails the stream. Default 64 MiB (offers of 10,000 agents take about 10 MB as JSON). */
  readonly maxBytes?: number;
}

/** Splits bytes, as they arrive, into complete records. */
export interface RecordReader {
  /**
   * Returns the records completed by `chunk`, in order; empty records are empty buffers. The buffers may share memory
   * with `chunk`.
   * @throws AuroraError MESOS when the length line is not a number, or a record is longer than allowed. The stream is
   * then unusable: further calls throw the same error.
   */
  feed(chunk: Uint8Array): Buffer[];
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
export function recordReader({ maxBytes = DEFAULT_MAX_BYTES }: RecordReaderOptions = {}): RecordReader {
  let length = 0;
  let digits = 0;
  let inBody = false;
  let partial: Buffer | undefined;
  let filled = 0;
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

  /** Takes memory for what has come, not for what is announced: doubled each time, and all of it in the end. */
  const roomFor = (bytes: number): Buffer => {
    if (partial && partial.length >= bytes) return partial;
    const larger = Buffer.allocUnsafeSlow(Math.min(length, Math.max(FIRST_BYTES, 4 * bytes)));
    partial?.copy(larger, 0, 0, filled);
    return larger;
  };

  return {
    feed(bytes) {
      if (failure) throw failure;
      const chunk = Buffer.isBuffer(bytes)
        ? bytes
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const records: Buffer[] = [];
      let at = 0;
      for (;;) {
        if (!inBody) at = readLength(chunk, at);
        if (!inBody) return records;
        const part = chunk.subarray(at, at + length - filled);
        at += part.length;
        if (partial || part.length < length) {
          // Copied as it arrives: joining a record of megabytes at its end would block for tens of milliseconds.
          partial = roomFor(filled + part.length);
          part.copy(partial, filled);
        }
        filled += part.length;
        if (filled < length) return records;
        records.push(partial ?? part);
        inBody = false;
        length = digits = filled = 0;
        partial = undefined;
      }
    },
    pendingBytes: () => digits + filled,
  };
}

/** Encodes one record: its length in decimal without padding, a line feed, the bytes. */
export function encodeRecord(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length}\n`, 'latin1'), bytes]);
}
