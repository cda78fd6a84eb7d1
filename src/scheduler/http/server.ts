import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { AuroraError } from '../../base/errors.ts';
import { keepFirstLines } from '../../base/first-lines.ts';
import { HEAD_LIMIT_MS, KEEP_ALIVE_MS } from '../../base/keep-alive.ts';
import { type ConnectionLimits, limitConnections } from './connection-limits.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { Tls } from './tls.ts';

/** What answers requests. */
export interface HttpServed {
  fetch(request: Request, env?: HttpBindings): Response | Promise<Response>;
}

export interface HttpServer {
  readonly port: number;
  /** Takes no more requests, lets those under way finish for a moment, then cuts them off. */
  close(): Promise<void>;
}

/** How long requests under way may take when the server closes. */
const DRAIN_MS = 1000;

const inUse = (port: number): AuroraError =>
  new AuroraError('PORT_IN_USE', `port ${port} is in use by another program`, {
    next: 'stop that program, or choose another port with --http-port',
  });

const listening = (server: Server, port: number, ip: string | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') return reject(inUse(port));
      const where = `${ip ?? '*'}:${port}`;
      reject(
        new AuroraError('NETWORK', `the HTTP port cannot be opened: ${error.message}`, {
          where,
          cause: error,
        }),
      );
    });
    server.listen({ port, ...(ip === undefined ? {} : { host: ip }) }, () => resolve());
  });

/** Times of a server's connections; default those that all our servers have. */
export interface ConnectionTimes {
  /** How long a connection is kept on which nothing is asked. */
  readonly keepAliveMs: number;
  readonly headLimitMs: number;
  /** How long a request may take to arrive, its body included; default 5 minutes. */
  readonly requestLimitMs?: number;
  /** How often connections are looked at. */
  readonly lookMs: number;
}

const CONNECTION_TIMES: ConnectionTimes = {
  keepAliveMs: KEEP_ALIVE_MS,
  headLimitMs: HEAD_LIMIT_MS,
  lookMs: 10_000,
};
const REQUEST_LIMIT_MS = 300_000;

/** What a client of HTTP/1.0 that names no host has asked for. */
const NO_HOST = 'localhost';

/** How long TLS may take to be agreed upon. */
const HANDSHAKE_LIMIT_MS = 10_000;

/** Limits where none are given. */
const NO_LIMITS: ConnectionLimits = { perAddress: 0, readerLimitMs: 60_000 };
const MAX_HEADER_BYTES = 64 * 1024;

export interface ServeOptions {
  readonly times?: ConnectionTimes;
  readonly limits?: ConnectionLimits;
  /** Of the first line and all headers together; tickets of Kerberos are long. Default 64 KB. */
  readonly maxHeaderBytes?: number;
  /** With it the port speaks https and nothing else. */
  readonly tls?: Tls | undefined;
}

function serverOf(app: HttpServed, options: ServeOptions): Server {
  const { maxHeaderBytes: maxHeaderSize = MAX_HEADER_BYTES, times = CONNECTION_TIMES, tls } = options;
  const { headLimitMs, keepAliveMs, lookMs, requestLimitMs = REQUEST_LIMIT_MS } = times;
  const answer = getRequestListener((request, env) => app.fetch(request, env as HttpBindings), {
    hostname: NO_HOST,
  });
  const settings = {
    keepAliveTimeout: keepAliveMs,
    headersTimeout: headLimitMs,
    requestTimeout: Math.max(headLimitMs, requestLimitMs),
    connectionsCheckingInterval: lookMs,
    maxHeaderSize,
  };
  const listener = oneAtATime((incoming, outgoing) => {
    keepFirstLines(incoming);
    void answer(incoming, outgoing);
  });
  if (!tls) return createServer(settings, listener);
  const server = createTlsServer(
    { ...settings, ...tls.options, handshakeTimeout: HANDSHAKE_LIMIT_MS },
    listener,
  );
  server.once('listening', () => {
    server.once(
      'close',
      tls.follow((context) => server.setSecureContext(context)),
    );
  });
  return server;
}

/**
 * Listens on `port` (0 picks a free one) of `ip` (all addresses when undefined).
 * @throws AuroraError PORT_IN_USE naming the port and the flag; NETWORK for an address that is not ours.
 */
export async function serveHttp(
  app: HttpServed,
  port: number,
  ip: string | undefined,
  options: ServeOptions = {},
): Promise<HttpServer> {
  const server = serverOf(app, options);
  const { limits = NO_LIMITS, times = CONNECTION_TIMES, tls } = options;
  const sockets = limitConnections(server, tls !== undefined, times.lookMs, limits);
  await listening(server, port, ip);
  server.removeAllListeners('error');
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => {
          for (const socket of sockets()) socket.destroy();
        }, DRAIN_MS);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
