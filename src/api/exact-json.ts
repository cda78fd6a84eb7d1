import { codecError } from './codec-error.ts';
import { putKey } from './members.ts';

const MAX_DEPTH = 512;
/** An integer with fewer digits fits a double. */
const MAY_BE_BIG = /\d{16}/;
/** No i64 is longer. A longer number becomes a double, whose conversion takes linear time. */
const I64_CHARACTERS = 20;
const CONTROL = /[\u0000-\u001f]/g;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Parses JSON so that integers beyond 2^53 become bigints, and control characters are allowed in strings, where some
 * Thrift writers leave them. Otherwise the result is that of JSON.parse, which does the work for ordinary texts. Throws
 * a CODEC error: `bad-utf8`, `bad-json` or `depth-limit`.
 */
export function parseExactJson(source: Uint8Array | string): unknown {
  const text = typeof source === 'string' ? source : decoded(source);
  return (MAY_BE_BIG.test(text) ? undefined : parsed(text)) ?? readText({ text, position: 0 });
}

function readText(cursor: Cursor): unknown {
  const value = readValue(cursor, 0);
  skipBlank(cursor);
  return cursor.position === cursor.text.length ? value : fail(cursor, 'text after the end');
}

interface Cursor {
  readonly text: string;
  position: number;
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw codecError('bad-utf8', 'the JSON text is not UTF-8');
  }
}

/** Undefined when JSON.parse refuses the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const escaped = (control: string): string => `\\u00${control.charCodeAt(0).toString(16).padStart(2, '0')}`;

const fail = ({ position }: Cursor, what: string): never => {
  throw codecError('bad-json', `not JSON: ${what} at character ${position}`);
};

function skipBlank(cursor: Cursor): void {
  while (' \t\n\r'.includes(cursor.text[cursor.position] ?? '-')) cursor.position++;
}

/** Skips `mark` if it comes next; returns whether it did. */
function took(cursor: Cursor, mark: string): boolean {
  skipBlank(cursor);
  const there = cursor.text.startsWith(mark, cursor.position);
  if (there) cursor.position += mark.length;
  return there;
}

function readValue(cursor: Cursor, depth: number): unknown {
  if (depth > MAX_DEPTH) throw codecError('depth-limit', `JSON of more than ${MAX_DEPTH} levels`);
  if (took(cursor, '{')) return readObject(cursor, depth + 1);
  if (took(cursor, '[')) return readArray(cursor, depth + 1);
  if (cursor.text[cursor.position] === '"') return readString(cursor);
  if (took(cursor, 'true')) return true;
  if (took(cursor, 'false')) return false;
  return took(cursor, 'null') ? null : readNumber(cursor);
}

function readObject(cursor: Cursor, depth: number): unknown {
  const object: Record<string, unknown> = {};
  if (took(cursor, '}')) return object;
  do {
    skipBlank(cursor);
    const key = readString(cursor);
    if (!took(cursor, ':')) fail(cursor, 'no colon');
    putKey(object, key, readValue(cursor, depth));
  } while (took(cursor, ','));
  return took(cursor, '}') ? object : fail(cursor, 'an object without end');
}

function readArray(cursor: Cursor, depth: number): unknown {
  const array: unknown[] = [];
  if (took(cursor, ']')) return array;
  do array.push(readValue(cursor, depth));
  while (took(cursor, ','));
  return took(cursor, ']') ? array : fail(cursor, 'a list without end');
}

/** Finds the closing quote: the first one preceded by an even number of backslashes. */
function readString(cursor: Cursor): string {
  const { text, position: start } = cursor;
  if (text[start] !== '"') fail(cursor, 'no string');
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = end;
    while (text[escapes - 1] === '\\') escapes--;
    if ((end - escapes) % 2 === 1) continue;
    cursor.position = end + 1;
    const string = parsed(text.slice(start, end + 1).replace(CONTROL, escaped));
    return typeof string === 'string'
      ? string
      : fail({ text, position: start }, 'a string with a bad escape');
  }
  return fail(cursor, 'a string without end');
}

function readNumber(cursor: Cursor): number | bigint {
  NUMBER.lastIndex = cursor.position;
  const literal = NUMBER.exec(cursor.text)?.[0];
  if (!literal) return fail(cursor, 'no value');
  cursor.position += literal.length;
  const number = Number(literal);
  const exact = Number.isSafeInteger(number) || literal.length > I64_CHARACTERS || /[.eE]/.test(literal);
  return exact ? number : BigInt(literal);
}
