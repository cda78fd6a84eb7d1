import { heldBytes } from './held-bytes.ts';
import type { Offer } from './messages/types.ts';
import { HEAD, offersInText, textWithoutIds } from './offer-records.ts';
import { type RecordPart, recordJoiner } from './recordio.ts';

/** What a part of a record gives: the offers that it completes, a whole record of another kind, or nothing yet. */
export interface PartRead {
  readonly offers?: readonly Offer[];
  readonly record?: Buffer;
}

type ReadPart = (part: RecordPart) => PartRead;

const NOTHING: PartRead = {};
const COLON = 58;
const COMMA = Buffer.from(',', 'latin1');
const HEAD_TEXT = HEAD.toString('latin1');
const TAIL_TEXT = ']}}';
/** More than this is not parsed at once, which would take some milliseconds. */
const LONGEST_PIECE_BYTES = 512 * 1024;

/** Joins a record of which some bytes are there already. */
function joining(begun: Buffer, length: number): ReadPart {
  const join = recordJoiner();
  join({ bytes: begun, length, isLast: false });
  return (part) => {
    const record = join({ ...part, length });
    return record ? { record } : NOTHING;
  };
}

/** The offers of a piece that begins with one; undefined when it cannot be read by itself. */
function offersOfPiece(piece: Buffer, tail: string): readonly Offer[] | undefined {
  const text = piece.length > LONGEST_PIECE_BYTES ? undefined : textWithoutIds(piece);
  if (text === undefined) return undefined;
  try {
    return offersInText(HEAD_TEXT + text + tail);
  } catch {
    return undefined;
  }
}

/**
 * Reads what follows the head of an OFFERS record in pieces of whole offers. A piece ends where another offer seems to begin
 * like the first one. That it does is known when the piece can be parsed: with a cut anywhere else, brackets would be left
 * open. What cannot be read that way is joined with the rest of its record.
 */
function inPieces(): ReadPart {
  const held = heldBytes();
  /** A comma, and the first offer up to the end of its first name. */
  let boundary: Buffer | undefined;
  let searched = 0;
  let passed = HEAD.length;
  let instead: ReadPart | undefined;

  const boundaryIn = (bytes: Buffer): number => {
    if (!boundary) {
      const colon = bytes.indexOf(COLON);
      if (colon < 0) return -1;
      boundary = Buffer.concat([COMMA, bytes.subarray(0, colon + 1)]);
    }
    const from = Math.max(0, searched - boundary.length);
    const found = bytes.subarray(from).lastIndexOf(boundary);
    return found < 0 ? -1 : from + found;
  };
  const joinRest = (bytes: Buffer, { isLast, length }: RecordPart): PartRead => {
    const begun = Buffer.concat([HEAD, bytes]);
    if (isLast) return { record: begun };
    instead = joining(begun, HEAD.length + length - passed);
    return NOTHING;
  };

  return (part) => {
    if (instead) return instead(part);
    const bytes = held.with(part.bytes);
    const end = part.isLast ? bytes.length : boundaryIn(bytes);
    if (end < 0) {
      searched = bytes.length;
      held.keep(bytes, 0);
      return NOTHING;
    }
    const offers = offersOfPiece(bytes.subarray(0, end), part.isLast ? '' : TAIL_TEXT);
    if (!offers) return joinRest(bytes, part);
    searched = 0;
    passed += end + 1;
    held.keep(bytes, Math.min(end + 1, bytes.length));
    return { offers };
  };
}

/**
 * Reads the records of a stream from their parts. A record of a single part is given as it is. Long records of offers never
 * are in memory as a whole: the master may offer a whole cluster in one, and with full agents that is a hundred megabytes,
 * mostly ids of executors, which are left out.
 */
export function offerParts(): ReadPart {
  const held = heldBytes();
  let reading: ReadPart | undefined;

  const begin = (part: RecordPart): PartRead => {
    if (part.isLast && held.isEmpty()) return { record: part.bytes };
    const bytes = held.with(part.bytes);
    if (!part.isLast && bytes.length < HEAD.length) {
      held.keep(bytes, 0);
      return NOTHING;
    }
    held.keep(bytes, bytes.length);
    if (part.isLast) return { record: bytes };
    if (HEAD.compare(bytes, 0, HEAD.length) === 0) {
      reading = inPieces();
      return reading({ ...part, bytes: bytes.subarray(HEAD.length) });
    }
    reading = joining(bytes, part.length);
    return NOTHING;
  };
  return (part) => {
    const read = (reading ?? begin)(part);
    if (part.isLast) reading = undefined;
    return read;
  };
}
