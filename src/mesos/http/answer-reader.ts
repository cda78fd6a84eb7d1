import { AuroraError } from '../../base/errors.ts';
import { type Answer, MAX_TEXT_BYTES } from './target.ts';

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
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { status: Number(status), headers, length: bodyLength(Number(status), headers) };
}

/** Reads a chunked body that begins at `from`; returns it and the offset after it, undefined while it is incomplete. */
function readChunks(
  bytes: Buffer,
  from: number,
): { readonly body: Buffer; readonly end: number } | undefined {
  const parts: Buffer[] = [];
  let at = from;
  for (;;) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd < 0) return undefined;
    const size = /^([0-9a-f]{1,8})\s*(?:;|$)/i.exec(bytes.toString('latin1', at, lineEnd))?.[1];
    if (size === undefined) throw broken('a chunk without a size');
    const start = lineEnd + LINE_END.length;
    const end = start + Number.parseInt(size, 16);
    if (end > start) {
      if (bytes.length < end + LINE_END.length) return undefined;
      parts.push(bytes.subarray(start, end));
      at = end + LINE_END.length;
      continue;
    }
    // Trailers may follow the last chunk; skip them.
    const empty = bytes.indexOf(LINE_END, start) === start;
    const trailersEnd = empty ? start - LINE_END.length : bytes.indexOf(HEAD_END, start);
    if (trailersEnd < 0) return undefined;
    return { body: Buffer.concat(parts), end: trailersEnd + HEAD_END.length };
  }
}

/**
 * Reads the HTTP/1.1 answers of one pipelined connection; Node's own client does not pipeline. It supports only what
 * Mesos' short answers need.
 */
export function answerReader(): AnswerReader {
  let rest: Buffer = Buffer.alloc(0);
  let headText: string | undefined;
  let head: Head = { status: 0, headers: {}, length: 0 };
  /** Offset after the head at the start of `rest`; 0 while the head is incomplete. */
  let headEnd = 0;

  const answer = (body: Buffer): Answer => ({
    status: head.status,
    headers: head.headers,
    text: body.length === 0 ? '' : body.toString('utf8', 0, Math.min(body.length, MAX_TEXT_BYTES)),
  });
  /** Looks for the head at `from`; false while it is incomplete. */
  const findHead = (from: number): boolean => {
    const end = rest.indexOf(HEAD_END, from);
    if (end < 0 && rest.length - from > MAX_HEAD_BYTES) throw broken('a head without an end');
    if (end < 0) return false;
    const text = rest.toString('latin1', from, end);
    // Answers to calls of one kind differ only in the second of their date, so the last parsed head can usually be reused.
    if (text !== headText) {
      head = readHead(text);
      headText = text;
    }
    headEnd = end + HEAD_END.length;
    return true;
  };
  /** Reads one answer at `from` and returns the offset after it; undefined while it is incomplete. */
  const take = (from: number, into: Answer[]): number | undefined => {
    if (!findHead(from) || head.length === undefined) return undefined;
    if (head.length === 'chunked') {
      const chunks = readChunks(rest, headEnd);
      if (chunks) into.push(answer(chunks.body));
      return chunks?.end;
    }
    const end = headEnd + head.length;
    if (rest.length < end) return undefined;
    // Skip 1xx answers; the real answer follows.
    if (head.status >= 200) into.push(answer(rest.subarray(headEnd, end)));
    return end;
  };

  return {
    feed(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const answers: Answer[] = [];
      let at = 0;
      for (let end = take(at, answers); end !== undefined; end = take(at, answers)) at = end;
      rest = rest.subarray(at);
      return answers;
    },
    end() {
      if (rest.length === 0 || !findHead(0) || head.length !== undefined) return undefined;
      const last = answer(rest.subarray(headEnd));
      rest = Buffer.alloc(0);
      return last;
    },
  };
}
