import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { AuroraError } from '../../base/errors.ts';

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

/**
 * Listens on `port` (0 picks a free one) of `ip` (all addresses when undefined).
 * @throws AuroraError PORT_IN_USE naming the port and the flag; NETWORK for an address that is not ours.
 */
export async function serveHttp(
  app: Pick<Hono, 'fetch'>,
  port: number,
  ip: string | undefined,
): Promise<HttpServer> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
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
