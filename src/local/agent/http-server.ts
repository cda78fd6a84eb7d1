/** The agent's HTTP server. Handlers take the whole body; headers are written in Mesos' order. */
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { AuroraError, messageOf } from '../../base/errors.ts';
import { keepFirstLines } from '../../base/first-lines.ts';
import { HEAD_LIMIT_MS } from '../../base/keep-alive.ts';
import type { Logger } from '../../base/log.ts';
import { AS_MESOS } from '../as-mesos.ts';
import { clusterSite, foreignPage } from '../site-guard.ts';

export interface HttpRequest {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
}

export type HttpHeaders = readonly (readonly [name: string, value: string])[];

/** A complete answer. `Date` is added as the first header, `Content-Length` as the last unless it is given. */
export interface HttpReply {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: string | Buffer;
}

/** An answer that is streamed until `end`. */
export interface HttpStream {
  readonly headers: HttpHeaders;
  /** Called once the head is being sent. Each call of `write` makes one chunk. */
  open(stream: { write(bytes: Buffer): void; end(): void; onClose(task: () => void): void }): void;
}

export type HttpHandler = (request: HttpRequest) => HttpReply | HttpStream | Promise<HttpReply | HttpStream>;

export interface AgentServer {
  readonly port: number;
  /** Closes every connection and stops listening. */
  close(): Promise<void>;
}

/** A longer request body is refused; no call needs that much. */
const MAX_BODY_BYTES = 64 * 2 ** 20;
/** How far a reader of a stream may fall behind before it is cut off. */
const MAX_BACKLOG_BYTES = 64 * 2 ** 20;

/** An error in Mesos' form: one line of plain text. */
export const textReply = (status: number, text: string, headers: HttpHeaders = []): HttpReply => ({
  status,
  headers: [...headers, ['Content-Type', 'text/plain; charset=utf-8']],
  body: text,
});

export const accepted: HttpReply = { status: 202, headers: [], body: '' };

export const methodNotAllowed = (allowed: string, received: string): HttpReply =>
  textReply(405, `405 Method Not Allowed. Expecting one of { '${allowed}' }, but received '${received}'.`, [
    ['Allow', allowed],
  ]);

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES)
      throw new AuroraError('CODEC', `a request of more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function writeHead(response: ServerResponse, status: number, headers: HttpHeaders): void {
  response.sendDate = false;
  response.removeHeader('connection');
  const lines = [['Date', new Date().toUTCString()], ...headers];
  response.writeHead(status, STATUS_CODES[status] ?? '', lines.flat());
}

function writeReply(response: ServerResponse, { status, headers, body }: HttpReply): void {
  const length: HttpHeaders = headers.some(([name]) => name === 'Content-Length')
    ? []
    : [['Content-Length', String(Buffer.byteLength(body))]];
  writeHead(response, status, [...headers, ...length]);
  response.end(body);
}

function openStream(response: ServerResponse, { headers, open }: HttpStream): void {
  writeHead(response, 200, [['Transfer-Encoding', 'chunked'], ...headers]);
  response.flushHeaders();
  response.socket?.setKeepAlive(true, 30_000);
  open({
    write(bytes) {
      if (response.writableEnded || response.destroyed) return;
      response.write(bytes);
      if (response.writableLength > MAX_BACKLOG_BYTES) response.destroy();
    },
    end: () => void response.end(),
    onClose: (task) => void response.once('close', task),
  });
}

/** Path and query of the request; undefined when they are malformed. */
function readTarget(message: IncomingMessage): { path: string; query: URLSearchParams } | undefined {
  try {
    const url = new URL(message.url ?? '/', 'http://agent');
    return { path: decodeURIComponent(url.pathname), query: url.searchParams };
  } catch {
    return undefined;
  }
}

async function answer(handler: HttpHandler, message: IncomingMessage): Promise<HttpReply | HttpStream> {
  const target = readTarget(message);
  if (!target) return textReply(400, `'${message.url}' is not a path.`);
  return handler({
    ...target,
    method: message.method ?? '',
    header: (name) => message.headers[name] as string | undefined,
    body: await readBody(message),
  });
}

/**
 * Listens on ip:port; port 0 means any free port.
 * @throws AuroraError PORT_IN_USE
 */
export async function httpServer(
  ip: string,
  port: number,
  handler: HttpHandler,
  { hostname, log }: { readonly hostname: string; readonly log: Logger },
): Promise<AgentServer> {
  const site = clusterSite(ip, hostname);
  const listener: RequestListener = (message, response) => {
    keepFirstLines(message);
    response.on('error', () => {}); // The client has disconnected; `close` follows.
    const refusal = foreignPage(message, site);
    if (refusal) return writeReply(response, textReply(refusal.status, refusal.text));
    answer(handler, message).then(
      (reply) => ('open' in reply ? openStream(response, reply) : writeReply(response, reply)),
      (error) => {
        log.warn({ url: message.url, error: messageOf(error) }, 'request not answered');
        if (!response.headersSent) writeReply(response, textReply(500, messageOf(error)));
      },
    );
  };
  const server = createServer(AS_MESOS, listener)
    .on('checkContinue', listener)
    .on('checkExpectation', listener);
  server.headersTimeout = HEAD_LIMIT_MS;
  server.keepAliveTimeout = 0; // Executors keep a connection for their calls, which may be rare.
  server.listen(port, ip);
  await Promise.race([
    once(server, 'listening'),
    once(server, 'error').then(([error]) => {
      throw new AuroraError('PORT_IN_USE', `cannot listen on ${ip}:${port}: ${messageOf(error)}`, {
        next: 'end what uses the port or choose another',
        cause: error,
      });
    }),
  ]);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
