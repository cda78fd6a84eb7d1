import { crc32 } from 'node:zlib';

/**
 * An entry holds records that were appended together, or a part of one that is too large for one entry. Head: format (1
 * byte), term and number of the entry, CRC-32 of everything else (32 bits each, little endian). Then pieces: kind (1
 * byte), length (32 bits), bytes.
 */
const FORMAT = 1;
const HEAD_BYTES = 13;
const PIECE_HEAD_BYTES = 5;

/** Roughly what an entry costs the ensemble besides its bytes: many small entries call for a snapshot, too. */
export const ENTRY_COST_BYTES = 256;

const KIND = { whole: 0, first: 1, middle: 2, last: 3 } as const;

interface Piece {
  readonly kind: number;
  readonly bytes: Uint8Array;
}

const checksum = (entry: Buffer): number =>
  crc32(entry.subarray(HEAD_BYTES), crc32(entry.subarray(0, HEAD_BYTES - 4)));

/** Writes the checksum of an entry into its head; what is shorter than a head has no place for one. */
export function sealed(entry: Buffer): Buffer {
  if (entry.length >= HEAD_BYTES) entry.writeUInt32LE(checksum(entry), HEAD_BYTES - 4);
  return entry;
}

function encode(term: number, number: number, pieces: readonly Piece[]): Buffer {
  const size = pieces.reduce((sum, { bytes }) => sum + PIECE_HEAD_BYTES + bytes.length, HEAD_BYTES);
  const entry = Buffer.allocUnsafe(size);
  entry.writeUInt8(FORMAT, 0);
  entry.writeUInt32LE(term, 1);
  entry.writeUInt32LE(number, 5);
  let at = HEAD_BYTES;
  for (const { kind, bytes } of pieces) {
    entry.writeUInt8(kind, at);
    entry.writeUInt32LE(bytes.length, at + 1);
    entry.set(bytes, at + PIECE_HEAD_BYTES);
    at += PIECE_HEAD_BYTES + bytes.length;
  }
  return sealed(entry);
}

export interface Packer {
  add(record: Uint8Array): void;
  /** Number of records that are not completely packed yet. */
  waiting(): number;
  /** Number of their bytes that are not packed yet. */
  waitingBytes(): number;
  /** Packs the next entry as full as possible; also says how many records end in it. Something must be waiting. */
  take(term: number, number: number): { readonly entry: Buffer; readonly records: number };
}

/** Packs records into entries of up to `maxBytes`; a record that does not fit into one is split over several. */
export function packer(maxBytes: number): Packer {
  const capacity = maxBytes - HEAD_BYTES - PIECE_HEAD_BYTES;
  let records: Uint8Array[] = [];
  /** How many of `records` have been packed completely, and how many bytes of the next one. */
  let packed = 0;
  let offset = 0;
  let bytes = 0;

  return {
    add(record) {
      records.push(record);
      bytes += record.length;
    },
    waiting: () => records.length - packed,
    waitingBytes: () => bytes,
    take(term, number) {
      const pieces: Piece[] = [];
      const before = packed;
      let room = capacity;
      while (packed < records.length && room >= 0) {
        const record = records[packed] as Uint8Array;
        const left = record.length - offset;
        if (left <= room) {
          pieces.push({ kind: offset === 0 ? KIND.whole : KIND.last, bytes: record.subarray(offset) });
          room -= left + PIECE_HEAD_BYTES;
          packed++;
          offset = 0;
          continue;
        }
        // A record that fits into one entry is not split; it waits for the next entry.
        if ((offset === 0 && left <= capacity) || room === 0) break;
        const bytes = record.subarray(offset, offset + room);
        pieces.push({ kind: offset === 0 ? KIND.first : KIND.middle, bytes });
        offset += room;
        break;
      }
      bytes -= pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
      const done = packed - before;
      if (packed === records.length) {
        records = [];
        packed = 0;
      }
      return { entry: encode(term, number, pieces), records: done };
    },
  };
}

/** What is wrong with an entry. */
export interface EntryFault {
  readonly offset: number;
  readonly reason: string;
}

export interface Unpacker {
  /**
   * The records that end in this entry, in order; or what is wrong with it. A record that an earlier leader did not
   * finish is dropped: it was never acknowledged.
   */
  feed(entry: Buffer, number: number): readonly Uint8Array[] | EntryFault;
  /** Term of the last entry; 0 before the first. */
  term(): number;
}

/** Joins the pieces of records. @param onDropped called with the number of bytes of a record that was never finished. */
export function unpacker(onDropped: (bytes: number) => void = () => {}): Unpacker {
  let term = 0;
  let parts: Uint8Array[] = [];

  const drop = () => {
    if (parts.length > 0) onDropped(parts.reduce((sum, { length }) => sum + length, 0));
    parts = [];
  };
  const fault = (offset: number, reason: string): EntryFault => ({ offset, reason });

  return {
    term: () => term,
    feed(entry, number) {
      if (entry.length < HEAD_BYTES) return fault(0, 'the entry ends inside its head');
      if (entry[0] !== FORMAT) return fault(0, `entry format ${entry[0]} is not known to this version`);
      if (checksum(entry) !== entry.readUInt32LE(HEAD_BYTES - 4))
        return fault(0, 'the entry does not match its checksum');
      if (entry.readUInt32LE(5) !== number)
        return fault(5, `the entry says that it is number ${entry.readUInt32LE(5)}`);
      const entryTerm = entry.readUInt32LE(1);
      if (entryTerm < term) return fault(1, `two processes wrote: term ${entryTerm} follows term ${term}`);
      if (entryTerm > term) drop();
      term = entryTerm;

      const records: Uint8Array[] = [];
      for (let at = HEAD_BYTES; at < entry.length; ) {
        if (entry.length - at < PIECE_HEAD_BYTES)
          return fault(at, 'the entry ends inside the head of a piece');
        const kind = entry.readUInt8(at);
        const end = at + PIECE_HEAD_BYTES + entry.readUInt32LE(at + 1);
        if (kind > KIND.last) return fault(at, `a piece of kind ${kind} is not known to this version`);
        if (end > entry.length) return fault(at, 'the entry ends inside a piece');
        const bytes = entry.subarray(at + PIECE_HEAD_BYTES, end);
        const continues = kind === KIND.middle || kind === KIND.last;
        if (continues !== parts.length > 0)
          return fault(at, continues ? 'a record lacks its beginning' : 'a record lacks its end');
        if (kind === KIND.whole) records.push(bytes);
        else parts.push(bytes);
        if (kind === KIND.last) {
          records.push(Buffer.concat(parts));
          parts = [];
        }
        at = end;
      }
      return records;
    },
  };
}
