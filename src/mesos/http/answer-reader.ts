import { AuroraError } from '../../base/errors.ts';
import { type Answer, MAX_TEXT_BYTES } from './target.ts';

/** Takes the bytes of a connection as they arrive and gives back the answers they complete, in order. */
export interface AnswerReader {
  /** @throws AuroraError MESOS when the bytes are not HTTP; the connection is then of no more use. */
  feed(chunk: Buffer): Answer[];
  /** The server closed the connection: the answer that ended with it, if one did. */
  end(): Answer | undefined;
}

/** What a head says. `length` undefined: the body ends with the connection. */
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

/** The body in chunks that begins at `from`, and where it ends; undefined while it is not complete. */
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
    // After the last chunk there may be trailers, which nobody needs.
    const empty = bytes.indexOf(LINE_END, start) === start;
    const trailersEnd = empty ? start - LINE_END.length : bytes.indexOf(HEAD_END, start);
    if (trailersEnd < 0) return undefined;
    return { body: Buffer.concat(parts), end: trailersEnd + HEAD_END.length };
  }
}

/**
 * Reads HTTP/1.1 answers that follow one another on a connection. Node's own client has no pipelining; this is what
 * is left of HTTP when the answers are known to be short.
 */
export function answerReader(): AnswerReader {
  let rest: Buffer = Buffer.alloc(0);
  let headText: string | undefined;
  let head: Head = { status: 0, headers: {}, length: 0 };
  /** End of the head that `rest` begins with; 0 when that is not complete. */
  let headEnd = 0;

  const answer = (body: Buffer): Answer => ({
    status: head.status,
    headers: head.headers,
    text: body.length === 0 ? '' : body.toString('utf8', 0, Math.min(body.length, MAX_TEXT_BYTES)),
  });
  /** Finds the next head; false while it is not complete. */
  const findHead = (from: number): boolean => {
    const end = rest.indexOf(HEAD_END, from);
    if (end < 0 && rest.length - from > MAX_HEAD_BYTES) throw broken('a head without an end');
    if (end < 0) return false;
    const text = rest.toString('latin1', from, end);
    // Answers to calls of one kind differ in nothing but the second of their date.
    if (text !== headText) {
      head = readHead(text);
      headText = text;
    }
    headEnd = end + HEAD_END.length;
    return true;
  };
  /** Takes one answer that begins at `from` and returns where it ends; undefined while it is not complete. */
  const take = (from: number, into: Answer[]): number | undefined => {
    if (!findHead(from) || head.length === undefined) return undefined;
    if (head.length === 'chunked') {
      const chunks = readChunks(rest, headEnd);
      if (chunks) into.push(answer(chunks.body));
      return chunks?.end;
    }
    const end = headEnd + head.length;
    if (rest.length < end) return undefined;
    // 100 and its like announce the answer proper.
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
