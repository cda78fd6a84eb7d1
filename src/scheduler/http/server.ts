import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { AuroraError } from '../../base/errors.ts';
import { keepFirstLines } from '../../base/first-lines.ts';
import { HEAD_LIMIT_MS, KEEP_ALIVE_MS } from '../../base/keep-alive.ts';

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
  readonly keepAliveMs: number;
  readonly headLimitMs: number;
  /** How often connections are looked at. */
  readonly lookMs: number;
}

const CONNECTION_TIMES: ConnectionTimes = {
  keepAliveMs: KEEP_ALIVE_MS,
  headLimitMs: HEAD_LIMIT_MS,
  lookMs: 30_000,
};

/** What a client of HTTP/1.0 that names no host has asked for. */
const NO_HOST = 'localhost';

function serverOf(app: HttpServed, { headLimitMs, keepAliveMs, lookMs }: ConnectionTimes): Server {
  const answer = getRequestListener((request, env) => app.fetch(request, env as HttpBindings), {
    hostname: NO_HOST,
  });
  const times = {
    keepAliveTimeout: keepAliveMs,
    headersTimeout: headLimitMs,
    connectionsCheckingInterval: lookMs,
  };
  return createServer(times, (incoming: IncomingMessage, outgoing) => {
    keepFirstLines(incoming);
    void answer(incoming, outgoing);
  });
}

/**
 * Listens on `port` (0 picks a free one) of `ip` (all addresses when undefined).
 * @throws AuroraError PORT_IN_USE naming the port and the flag; NETWORK for an address that is not ours.
 */
export async function serveHttp(
  app: HttpServed,
  port: number,
  ip: string | undefined,
  times = CONNECTION_TIMES,
): Promise<HttpServer> {
  const server = serverOf(app, times);
  await listening(server, port, ip);
  server.removeAllListeners('error');
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
