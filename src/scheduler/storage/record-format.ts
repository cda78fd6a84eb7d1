import { AuroraError } from '../../base/errors.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';

/**
 * The format of records and snapshots; rises with every change that an older version would misread. A new op alone does
 * not count: an older version rejects its number. test/scheduler/storage/fixtures has a log of each format.
 */
export const RECORD_FORMAT = 2;

/** What follows the head: plain ops, or the deflated ops of a snapshot. */
export const KIND = { changes: 1, snapshot: 2 } as const;

/** The beginning of every record and every snapshot chunk, after the format. */
export interface RecordHead {
  readonly kind: number;
  /** Wall-clock time of the writer, epoch milliseconds. */
  readonly madeMs: number;
  /** For a record: one higher than the previous record's. For a snapshot: the last record that it covers. */
  readonly number: number;
}

export function writeHead(out: ByteWriter, { kind, madeMs, number }: RecordHead): void {
  out.u8(RECORD_FORMAT);
  out.u8(kind);
  out.int(Math.floor(madeMs));
  out.int(number);
}

/** @throws AuroraError STORAGE for another format. */
export function readHead(record: ByteReader): RecordHead {
  const format = record.u8();
  if (format !== RECORD_FORMAT) {
    const which = format > RECORD_FORMAT ? 'a later' : 'an earlier';
    throw new AuroraError(
      'STORAGE',
      `the log is in format ${format}, this version reads format ${RECORD_FORMAT}`,
      {
        next: `start the version that wrote it, ${which} one`,
      },
    );
  }
  return { kind: record.u8(), madeMs: record.int(), number: record.int() };
}
