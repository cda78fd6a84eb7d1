import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { AuroraError } from '../../base/errors.ts';
import { keepFirstLines } from '../../base/first-lines.ts';
import { HEAD_LIMIT_MS, KEEP_ALIVE_MS } from '../../base/keep-alive.ts';
import type { Tls } from '../../tls/server.ts';
import { type ConnectionLimits, limitConnections } from './connection-limits.ts';
import { oneAtATime } from './one-at-a-time.ts';

/** An app that answers requests. */
export interface HttpServed {
  fetch(request: Request, env?: HttpBindings): Response | Promise<Response>;
}

export interface HttpServer {
  readonly port: number;
  /** Accepts no more requests, gives those under way DRAIN_MS to finish, then cuts them off. */
  close(): Promise<void>;
}

/** How long requests under way may still take when the server closes. */
const DRAIN_MS = 1000;

/**
 * Connections that the kernel completes before the process accepts them; it takes the lower of this and
 * net.core.somaxconn. Node's default of 511 is too few when all clients of a large cluster come back at once: the kernel
 * drops the others, and each waits a second and more until it asks again.
 */
const BACKLOG = 4096;

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
    server.listen({ port, backlog: BACKLOG, ...(ip === undefined ? {} : { host: ip }) }, () => resolve());
  });

/** Timeouts of a server's connections; the defaults are those that all our servers use. */
export interface ConnectionTimes {
  /** How long an idle connection is kept open. */
  readonly keepAliveMs: number;
  readonly headLimitMs: number;
  /** How long a request may take to arrive, its body included; default 5 minutes. */
  readonly requestLimitMs?: number;
  /** How often timeouts and slow readers are checked. */
  readonly lookMs: number;
}

const CONNECTION_TIMES: ConnectionTimes = {
  keepAliveMs: KEEP_ALIVE_MS,
  headLimitMs: HEAD_LIMIT_MS,
  lookMs: 10_000,
};
const REQUEST_LIMIT_MS = 300_000;

/** Host name for HTTP/1.0 requests that name none. */
const NO_HOST = 'localhost';

/** How long a TLS handshake may take. */
const HANDSHAKE_LIMIT_MS = 10_000;

/** Used when no limits are given. */
const NO_LIMITS: ConnectionLimits = { perAddress: 0, readerLimitMs: 60_000 };
const MAX_HEADER_BYTES = 64 * 1024;

export interface ServeOptions {
  readonly times?: ConnectionTimes;
  readonly limits?: ConnectionLimits;
  /** Size of the request line and all headers together; default 64 KB, because Kerberos tickets are long. */
  readonly maxHeaderBytes?: number;
  /** When given, the port speaks https only. */
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
