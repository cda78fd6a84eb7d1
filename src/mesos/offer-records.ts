/**
 * Reads OFFERS records (JSON) one offer at a time. The master may offer a whole cluster in one record; with full agents
 * that is a hundred megabytes, mostly executor ids.
 */
import type { Offer, SchedulerEvent } from './messages/types.ts';

/** How a master's OFFERS record begins. */
export const HEAD = Buffer.from('{"type":"OFFERS","offers":{"offers":[', 'latin1');
const EXECUTOR_IDS = Buffer.from('executor_ids', 'latin1');
const IDS_MEMBER = Buffer.from('"executor_ids":[', 'latin1');
const [QUOTE, BACKSLASH, COMMA, COLON] = [34, 92, 44, 58];
const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [91, 93, 123, 125];

/** Offsets of an offer in its record, and of its member `executor_ids` (0 when it has none). */
interface RecordPlace {
  readonly start: number;
  readonly end: number;
  readonly idsStart: number;
  readonly idsEnd: number;
}

/** The offset of the quote that closes the string whose first character is at `from`. */
function stringEnd(record: Buffer, from: number): number {
  let at = from;
  while (at < record.length && record[at] !== QUOTE) at += record[at] === BACKSLASH ? 2 : 1;
  return at;
}

/** What stands before a quote that opens a string, or before one that is part of a string. */
const BEFORE_OTHERS = new Set([OPEN, OPEN_LIST, COMMA, COLON, BACKSLASH, 32, 9, 10, 13]);

/**
 * The offset of the bracket that closes the list of ids which opens at `start`; -1 where only reading all of it can tell.
 * A full agent has hundreds of executors, and this looks at a few bytes of them: the first closing bracket is the end of the
 * list if no other list opens before it, and if it follows the end of an id, which is a quote that closes a string.
 */
function idsEndAt(record: Buffer, start: number): number {
  if (record[start] !== OPEN_LIST) return -1;
  const end = record.indexOf(CLOSE_LIST, start + 1);
  const followsId = record[end - 1] === CLOSE && record[end - 2] === QUOTE;
  if (!followsId || BEFORE_OTHERS.has(record[end - 3] as number)) return -1;
  const inner = record.indexOf(OPEN_LIST, start + 1);
  return inner < 0 || inner > end ? end : -1;
}

/** Finds the end of the offer that begins at `start`; undefined when the record ends first. */
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
      const listEnd = isIds ? idsEndAt(record, end + 2) : -1;
      if (listEnd > 0) idsEnd = listEnd + 1;
      at = Math.max(end, listEnd);
    } else if (byte === OPEN || byte === OPEN_LIST) depth++;
    else if (byte === CLOSE || byte === CLOSE_LIST) {
      depth--;
      if (depth === 0) return { start, end: at + 1, idsStart, idsEnd };
      if (depth === 1 && idsStart > 0 && idsEnd === 0) idsEnd = at + 1;
    }
  }
  return undefined;
}

/** The text of an offer without `executor_ids`. */
function textOf(record: Buffer, { start, end, idsStart, idsEnd }: RecordPlace): string {
  if (idsEnd === 0) return record.toString('utf8', start, end);
  // Remove one comma with the member: the one after it, or, for the last member, the one before it.
  const next = afterBlanks(record, idsEnd);
  let last = idsStart - 1;
  while (isBlank(record[last])) last--;
  const isLast = record[next] !== COMMA;
  const isFirst = record[last] !== COMMA;
  const before = record.toString('utf8', start, isLast && !isFirst ? last : idsStart);
  return before + record.toString('utf8', isLast ? idsEnd : next + 1, end);
}

const isBlank = (byte: number | undefined): boolean =>
  byte === 32 || byte === 9 || byte === 10 || byte === 13;

function afterBlanks(record: Buffer, from: number): number {
  let at = from;
  while (isBlank(record[at])) at++;
  return at;
}

/** A record up to this length is parsed at once, which takes a millisecond or two; masters offer a few agents in most. */
const SHORT_BYTES = 64 * 1024;

/**
 * The text of offers without the ids of executors, which are found without looking at the bytes between them; undefined
 * where only reading all of it can tell. Inside a string a quote has a backslash before it, so that what is found is a member.
 */
export function textWithoutIds(record: Buffer): string | undefined {
  let text = '';
  let from = 0;
  for (;;) {
    const at = record.indexOf(IDS_MEMBER, from);
    if (at < 0) return text + record.toString('utf8', from);
    const end = record[at - 1] === BACKSLASH ? -1 : idsEndAt(record, at + IDS_MEMBER.length - 1);
    if (end < 0) return undefined;
    const isLast = record[end + 1] !== COMMA;
    if (isLast && record[at - 1] !== COMMA) return undefined;
    text += record.toString('utf8', from, isLast ? at - 1 : at);
    from = isLast ? end + 1 : end + 2;
  }
}

const isOffer = (one: unknown) => typeof one === 'object' && one !== null && !Array.isArray(one);

/** The offers in the text of an OFFERS record. @throws SyntaxError */
export function offersInText(text: string): readonly Offer[] {
  const offers: unknown = (JSON.parse(text) as SchedulerEvent).offers?.offers;
  // An offer is an object: nothing else in the list is passed over.
  if (!Array.isArray(offers) || !offers.every(isOffer)) throw notJson();
  return offers as Offer[];
}

/** The offers of a short record; undefined where they have to be read one at a time. @throws SyntaxError */
function atOnce(record: Buffer): readonly Offer[] | undefined {
  const text = record.length <= SHORT_BYTES ? textWithoutIds(record) : undefined;
  return text === undefined ? undefined : offersInText(text);
}

const notJson = () => new SyntaxError('an OFFERS record that is not JSON');

/**
 * The offers of a record without `executor_ids`, those of a long one each parsed when it is asked for; undefined when the
 * record is not an OFFERS record as masters write them. A record is read completely or refused: the master believes that we
 * hold every offer, so an offer that we skipped would be lost until offers are requested anew.
 * @throws SyntaxError (at once or during iteration) where the record is not JSON
 */
export function offersOf(record: Buffer): Iterable<Offer> | undefined {
  if (HEAD.compare(record, 0, Math.min(HEAD.length, record.length)) !== 0) return undefined;
  const short = atOnce(record);
  if (short) return short;
  return (function* () {
    let at = afterBlanks(record, HEAD.length);
    while (record[at] !== CLOSE_LIST) {
      const place = record[at] === OPEN ? placeOf(record, at) : undefined;
      if (!place) throw notJson();
      yield JSON.parse(textOf(record, place)) as Offer;
      at = afterBlanks(record, place.end);
      if (record[at] !== COMMA) break;
      at = afterBlanks(record, at + 1);
      if (record[at] !== OPEN) throw notJson();
    }
    if (record[at] !== CLOSE_LIST) throw notJson();
    // The rest after the list is short; appended to the record's head it must form a complete record.
    JSON.parse(HEAD.toString('latin1') + record.toString('utf8', at));
  })();
}
