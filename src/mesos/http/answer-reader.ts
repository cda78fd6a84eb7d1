import { AuroraError } from '../../base/errors.ts';
import { heldBytes } from '../held-bytes.ts';
import { type Answer, MAX_TEXT_BYTES } from './target.ts';

/**
 * Called with the head of an answer. When it returns a function, that gets the body piece by piece, as it comes, and the
 * answer's text stays empty. Pieces may share memory with what `feed` was given.
 */
export type OnHead = (status: number, headers: Answer['headers']) => ((piece: Buffer) => void) | undefined;

/** Splits the bytes of a connection, as they arrive, into complete answers. */
export interface AnswerReader {
  /** @throws AuroraError MESOS when the bytes are not HTTP; the connection is then of no more use. */
  feed(chunk: Buffer): Answer[];
  /** To be called when the server closed the connection; returns the answer that ended with it, if any. */
  end(): Answer | undefined;
}

/** A parsed response head. An undefined `length` means that the body ends with the connection. */
interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly length: number | 'chunked' | undefined;
}

const MAX_HEAD_BYTES = 64 * 1024;
/** Of a chunk's size, and of a trailer. */
const LINE_BYTES = 8 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})(?: |$)/;

const broken = (what: string): AuroraError =>
  new AuroraError('MESOS', `not an answer: ${what}`, { next: 'check what listens at this address' });

function bodyLength(status: number, headers: Head['headers']): Head['length'] {
  if (status < 200 || status === 204 || status === 304) return 0;
  if (/\bchunked$/i.test(headers['transfer-encoding'] ?? '')) return 'chunked';
  const text = headers['content-length'];
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw broken(`a length of "${text}"`);
  return Number(text);
}

function readHead(text: string): Head {
  const [first = '', ...lines] = text.split('\r\n');
  const status = STATUS_LINE.exec(first)?.[1];
  if (status === undefined) throw broken(`"${first.slice(0, 80)}"`);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0) throw broken(`a header "${line.slice(0, 80)}"`);
    // When a header comes twice, the first value counts.
    headers[line.slice(0, colon).toLowerCase()] ??= line.slice(colon + 1).trim();
  }
  return { status: Number(status), headers, length: bodyLength(Number(status), headers) };
}

/** What comes next: a head, bytes of a body, or the lines between the chunks of one. */
type Expected = 'head' | 'body' | 'size' | 'chunk' | 'chunk end' | 'trailer' | 'rest';

const CHUNK_SIZE = /^([0-9a-f]{1,8})\s*(?:;|$)/i;

/**
 * Reads the HTTP/1.1 answers of one connection. Node's own client does not pipeline calls, and spends several microseconds
 * on each chunk of a stream, of which Mesos sends one for every event. It supports only what Mesos' answers need. Each byte is
 * looked at once; of a body no more is kept than is shown.
 */
export function answerReader(onHead?: OnHead): AnswerReader {
  const held = heldBytes();
  let expected: Expected = 'head';
  /** How many of the bytes that are held have been searched for an end. */
  let searched = 0;
  let headText: string | undefined;
  let head: Head = { status: 0, headers: {}, length: 0 };
  /** Bytes of the body, or of its chunk, that are still to come. */
  let left = 0;
  let parts: Buffer[] = [];
  let kept = 0;
  /** Takes the body, if it is not to be kept. */
  let sink: ((piece: Buffer) => void) | undefined;

  const answer = (): Answer => {
    const text = kept === 0 ? '' : Buffer.concat(parts).toString('utf8');
    parts = [];
    kept = 0;
    sink = undefined;
    expected = 'head';
    return { status: head.status, headers: head.headers, text };
  };
  const keep = (bytes: Buffer) => {
    if (sink) return sink(bytes);
    const shown = bytes.subarray(0, MAX_TEXT_BYTES - kept);
    if (shown.length === 0) return;
    // Copied: a slice would hold on to all that came with it.
    parts.push(Buffer.from(shown));
    kept += shown.length;
  };
  /** Where a line or a head ends that begins at `from`; undefined while it is incomplete. */
  const endOf = (bytes: Buffer, from: number, end: Buffer, most: number): number | undefined => {
    const at = bytes.indexOf(end, from + Math.max(0, searched - end.length + 1));
    if ((at < 0 ? bytes.length : at) - from > most) throw broken(`a ${expected} without an end`);
    searched = at < 0 ? bytes.length - from : 0;
    return at < 0 ? undefined : at;
  };
  /** Takes a head that ends at `end`; what follows it is expected then. */
  const takeHead = (text: string): boolean => {
    // Answers to calls of one kind differ only in the second of their date, so the last parsed head can usually be reused.
    if (text !== headText) {
      head = readHead(text);
      headText = text;
    }
    // Skip 1xx answers; the real answer follows.
    if (head.status < 200) return false;
    sink = onHead?.(head.status, head.headers);
    left = typeof head.length === 'number' ? head.length : 0;
    expected = head.length === undefined ? 'rest' : head.length === 'chunked' ? 'size' : 'body';
    return expected === 'body' && left === 0;
  };
  /** Reads one part at `from` and returns the offset after it; undefined while it is incomplete. */
  const take = (bytes: Buffer, from: number, into: Answer[]): number | undefined => {
    if (expected === 'head') {
      const end = endOf(bytes, from, HEAD_END, MAX_HEAD_BYTES);
      if (end === undefined) return undefined;
      if (takeHead(bytes.toString('latin1', from, end))) into.push(answer());
      return end + HEAD_END.length;
    }
    if (expected === 'size' || expected === 'trailer') {
      const end = endOf(bytes, from, LINE_END, LINE_BYTES);
      if (end === undefined) return undefined;
      if (expected === 'trailer') {
        if (end === from) into.push(answer());
      } else {
        const size = CHUNK_SIZE.exec(bytes.toString('latin1', from, end))?.[1];
        if (size === undefined) throw broken('a chunk without a size');
        left = Number.parseInt(size, 16);
        expected = left === 0 ? 'trailer' : 'chunk';
      }
      return end + LINE_END.length;
    }
    if (expected === 'chunk end') {
      if (bytes.length - from < LINE_END.length) return undefined;
      if (bytes.indexOf(LINE_END, from) !== from) throw broken('a chunk longer than it says');
      expected = 'size';
      return from + LINE_END.length;
    }
    if (from === bytes.length) return undefined;
    if (expected === 'rest') {
      keep(bytes.subarray(from));
      return bytes.length;
    }
    const end = Math.min(bytes.length, from + left);
    keep(bytes.subarray(from, end));
    left -= end - from;
    if (left === 0) {
      if (expected === 'chunk') expected = 'chunk end';
      else into.push(answer());
    }
    return end;
  };

  return {
    feed(chunk) {
      const bytes = held.with(chunk);
      const answers: Answer[] = [];
      let at = 0;
      for (let end = take(bytes, at, answers); end !== undefined; end = take(bytes, at, answers)) at = end;
      held.keep(bytes, at);
      return answers;
    },
    end: () => (expected === 'rest' ? answer() : undefined),
  };
}
