import type { Server } from 'node:http';
import { createServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Clock } from '../base/clock.ts';
import { AuroraError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { openTls } from '../tls/server.ts';
import { parseObserverFlags } from './flags.ts';
import { observerApp } from './http/routes.ts';
import { observer } from './observer.ts';
import { agentDisk } from './usage/agent-disk.ts';

export interface RunningObserver {
  readonly port: number;
  close(): Promise<void>;
}

interface ObserverStart {
  /** The flags, without the program's name. */
  readonly words: readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long idle connections stay open, so that pollers can reuse them; see the scheduler's server. */
const KEEP_ALIVE_MS = 75_000;

const listen = (server: Server, ip: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new AuroraError('PORT_IN_USE', `port ${port} is in use by another program`, {
              next: 'stop that program, or choose another port with --port',
            })
          : new AuroraError('NETWORK', `the HTTP port cannot be opened: ${error.message}`, {
              where: `${ip}:${port}`,
              cause: error,
            }),
      ),
    );
    server.listen(port, ip, resolve);
  });

/**
 * Starts to look for tasks and to serve HTTP.
 * @throws AuroraError USAGE for wrong flags, PORT_IN_USE, NETWORK when the address cannot be listened on
 */
export async function startObserver({ words, clock, log }: ObserverStart): Promise<RunningObserver> {
  const { ip, port, agent, tls: tlsFlags, ...flags } = parseObserverFlags(words);
  const tls = await openTls({ flags: tlsFlags, clock, log, counters: { add() {} } });
  const seen = observer({ ...flags, askAgent: agent && agentDisk(agent), clock, log });
  const server = createAdaptorServer({
    fetch: observerApp(seen).fetch,
    ...(tls && { createServer, serverOptions: { ...tls.options } }),
  }) as Server;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 1_000;
  await listen(server, ip, port);
  const unfollow = tls?.follow((context) => (server as TlsServer).setSecureContext(context));
  seen.start();
  const bound = (server.address() as AddressInfo).port;
  log.info({ port: bound, mesosRoot: flags.mesosRoot }, 'observer listens');
  return {
    port: bound,
    close: () =>
      new Promise((resolve) => {
        seen.stop();
        unfollow?.();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
