import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** A refusal with Mesos' status and text; thrown by request handlers. */
export class HttpRefusal extends Error {
  readonly status: number;
  readonly headers: readonly string[];

  constructor(status: number, text: string, headers: readonly string[] = []) {
    super(text);
    this.status = status;
    this.headers = headers;
  }
}

/** Reason phrases of the statuses that Mesos uses. */
const PHRASES: Readonly<Record<number, string>> = {
  200: 'OK',
  202: 'Accepted',
  307: 'Temporary Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  503: 'Service Unavailable',
};

/** The current time in the form of a Date header; formatted once a second. */
const httpDate = ((): (() => string) => {
  let text = '';
  let ofSecond = 0;
  return () => {
    const second = Math.floor(Date.now() / 1000);
    if (second !== ofSecond) text = new Date(second * 1000).toUTCString();
    ofSecond = second;
    return text;
  };
})();

/** Writes a head with exactly these headers in this order, and Date after `first`; no Connection and no Keep-Alive. */
export function writeHead(
  res: ServerResponse,
  status: number,
  headers: readonly string[],
  first: readonly string[] = [],
): void {
  res.removeHeader('connection');
  res.writeHead(status, PHRASES[status], [...first, 'Date', httpDate(), ...headers]);
}

/** An answer without a body. */
export function answerEmpty(res: ServerResponse, status: number, headers: readonly string[] = []): void {
  writeHead(res, status, [...headers, 'Content-Length', '0']);
  res.end();
}

/** A plain text answer, the form of all of Mesos' refusals. */
export function answerText(
  res: ServerResponse,
  status: number,
  text: string,
  headers: readonly string[] = [],
): void {
  const body = Buffer.from(text);
  writeHead(res, status, [
    ...headers,
    'Content-Type',
    'text/plain; charset=utf-8',
    'Content-Length',
    String(body.length),
  ]);
  res.end(body);
}

/** Smaller bodies are not compressed. Source: golden/mesos oper-01. */
const LEAST_GZIP_BYTES = 1024;

/** A JSON answer; compressed, or wrapped in a function call, if the request asks for it. */
export function answerJson(
  req: IncomingMessage,
  res: ServerResponse,
  query: URLSearchParams,
  value: unknown,
): void {
  const jsonp = query.get('jsonp');
  const text = JSON.stringify(value);
  let body = Buffer.from(jsonp === null ? text : `${jsonp}(${text})`);
  const wantsGzip = String(req.headers['accept-encoding'] ?? '').includes('gzip');
  const encoding: string[] = [];
  if (wantsGzip && body.length >= LEAST_GZIP_BYTES) {
    body = gzipSync(body);
    encoding.push('Content-Encoding', 'gzip');
  }
  const type = jsonp === null ? 'application/json' : 'text/javascript';
  writeHead(res, 200, ['Content-Length', String(body.length), 'Content-Type', type], encoding);
  res.end(body);
}

/** The answer to a call of the operator API. */
export function answerCall(res: ServerResponse, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  writeHead(res, 200, ['Content-Type', 'application/json', 'Content-Length', String(body.length)]);
  res.end(body);
}

/** Refuses all other methods. @throws HttpRefusal 405 */
export function requireMethod(req: IncomingMessage, allowed: readonly string[]): void {
  if (allowed.includes(req.method ?? '')) return;
  const list = allowed.map((method) => `'${method}'`).join(', ');
  throw new HttpRefusal(
    405,
    `405 Method Not Allowed. Expecting one of { ${list} }, but received '${req.method}'.`,
    ['Allow', allowed.join(', ')],
  );
}

/** Larger than any sensible call: launching thousands of tasks takes a few megabytes. */
const MAX_BODY_BYTES = 256 * 2 ** 20;

/** Reads the whole body. @throws HttpRefusal 413 when it is too long */
export function readBody(req: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    req.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) chunks.push(chunk);
      else reject(new HttpRefusal(413, `A body may have ${MAX_BODY_BYTES} bytes.`));
    });
    req.on('error', reject);
    req.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
  });
}
