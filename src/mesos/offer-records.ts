/**
 * OFFERS records as JSON, read an offer at a time: the master offers a whole cluster in one record, and on full agents
 * that is a hundred megabytes, most of it the ids of executors.
 */
import type { Offer } from './messages/types.ts';

const HEAD = Buffer.from('{"type":"OFFERS","offers":{"offers":[', 'latin1');
const EXECUTOR_IDS = Buffer.from('executor_ids', 'latin1');
const [QUOTE, BACKSLASH, COMMA, COLON] = [34, 92, 44, 58];
const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [91, 93, 123, 125];

/** Where an offer stands in its record, and its member `executor_ids`; 0 where there is none. */
interface RecordPlace {
  readonly start: number;
  readonly end: number;
  readonly idsStart: number;
  readonly idsEnd: number;
}

/** The offset of the quote that ends the string whose first character is at `from`. */
function stringEnd(record: Buffer, from: number): number {
  let at = from;
  while (at < record.length && record[at] !== QUOTE) at += record[at] === BACKSLASH ? 2 : 1;
  return at;
}

/** Finds the end of the offer that begins at `start`; undefined when the record ends before. */
function placeOf(record: Buffer, start: number): RecordPlace | undefined {
  let depth = 0;
  let idsStart = 0;
  let idsEnd = 0;
  for (let at = start; at < record.length; at++) {
    const byte = record[at];
    if (byte === QUOTE) {
      const end = stringEnd(record, at + 1);
      const isIds =
        depth === 1 && record[end + 1] === COLON && EXECUTOR_IDS.compare(record, at + 1, end) === 0;
      if (isIds) idsStart = at;
      at = end;
    } else if (byte === OPEN || byte === OPEN_LIST) depth++;
    else if (byte === CLOSE || byte === CLOSE_LIST) {
      depth--;
      if (depth === 0) return { start, end: at + 1, idsStart, idsEnd };
      if (depth === 1 && idsStart > 0 && idsEnd === 0) idsEnd = at + 1;
    }
  }
  return undefined;
}

/** The text of an offer without the ids of executors. */
function textOf(record: Buffer, { start, end, idsStart, idsEnd }: RecordPlace): string {
  if (idsEnd === 0) return record.toString('utf8', start, end);
  // Of the two commas around the member one goes with it; the last member has it in front.
  const isLast = record[idsEnd] !== COMMA;
  const isFirst = record[idsStart - 1] !== COMMA;
  const before = record.toString('utf8', start, isLast && !isFirst ? idsStart - 1 : idsStart);
  return before + record.toString('utf8', isLast ? idsEnd : idsEnd + 1, end);
}

/**
 * The offers of a record, each read when it is asked for and without `executor_ids`; undefined when it is no OFFERS
 * record as masters write them.
 * @throws SyntaxError (while they are read) where the record is not JSON.
 */
export function offersOf(record: Buffer): Iterable<Offer> | undefined {
  if (HEAD.compare(record, 0, Math.min(HEAD.length, record.length)) !== 0) return undefined;
  return (function* () {
    for (let at = HEAD.length; record[at] === OPEN; at++) {
      const place = placeOf(record, at);
      if (!place) throw new SyntaxError('an OFFERS record that is not JSON');
      yield JSON.parse(textOf(record, place)) as Offer;
      at = place.end;
      if (record[at] !== COMMA) break;
    }
  })();
}
