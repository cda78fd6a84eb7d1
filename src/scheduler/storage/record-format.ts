import { AuroraError } from '../../base/errors.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';

/**
 * How records and snapshots are written; rises with every change that an older version would misread. A new op alone
 * does not: an older version refuses it by its number. test/scheduler/storage/fixtures has a log of each format.
 */
export const RECORD_FORMAT = 2;

/** What follows the head: ops as they are, or deflated ops of a snapshot. */
export const KIND = { changes: 1, snapshot: 2 } as const;

/** What every record and every chunk of a snapshot begins with, after the format. */
export interface RecordHead {
  readonly kind: number;
  /** Of the wall clock that the writer had, in ms. */
  readonly madeMs: number;
  /** Of a record: one higher than the one before it. Of a snapshot: the last record that it stands for. */
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
