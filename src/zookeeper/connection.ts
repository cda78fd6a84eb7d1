/**
 * One TCP connection to one ZooKeeper server, over node-zookeeper-client. The library is never allowed to reconnect by
 * itself: its parser keeps half a packet of the old connection, it waits for ever for a handshake, it does not notice a
 * server that stopped answering, and it splits IPv6 addresses at their colons. A new client is made for every connection
 * and attached to the session that the last one had.
 */
import { type Client, createClient } from 'node-zookeeper-client';
import type { Clock, Timer } from '../base/clock.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import type { Server } from './connect-string.ts';
import { requestFailure } from './failure.ts';

/** What has to be carried from one connection to the next so that the session goes on. */
export interface SessionTicket {
  readonly id: Buffer;
  readonly password: Buffer;
  readonly timeoutMs: number;
  /** Last transaction seen; a server that lags behind it refuses us, so that reads never go back in time. */
  readonly zxid: Buffer;
}

export type ConnectionEnd = 'lost' | 'expired' | 'auth-failed';

export interface ConnectionOptions {
  readonly server: Server;
  readonly clock: Clock;
  /** Undefined asks for a new session. */
  readonly ticket: SessionTicket | undefined;
  /** Asked for; the server may grant another one. */
  readonly sessionTimeoutMs: number;
  /** From the first packet to the end of the handshake. */
  readonly connectTimeoutMs: number;
  readonly digest: string | undefined;
  readonly onConnected: (ticket: SessionTicket) => void;
  /** Called once, and not at all after `abandon`. */
  readonly onEnd: (end: ConnectionEnd, reason: string) => void;
}

export interface Connection {
  /**
   * Runs one request of the library. Rejects with the library's failure, or with CONNECTION_LOSS when the connection ends
   * first: the library forgets requests that it had not sent yet.
   */
  request<T>(
    what: string,
    run: (client: Client, done: (error: Error | null | undefined, result?: T) => void) => void,
  ): Promise<T>;
  /** When the server last sent anything, monotonic. */
  heardMs(): number;
  /** The session as far as this connection has seen it. */
  ticket(): SessionTicket;
  /** Ends the session on the server; resolves when the connection is gone, `limitMs` later at the latest. */
  closeSession(limitMs: number): Promise<void>;
  /** Cuts the connection; the session lives on until it expires. */
  abandon(): void;
}

export function openConnection(options: ConnectionOptions): Connection {
  const { clock, server, ticket } = options;
  const client = createClient('replaced.below:2181', {
    sessionTimeout: ticket?.timeoutMs ?? options.sessionTimeoutMs,
    ...(ticket ? { sessionId: ticket.id, sessionPassword: ticket.password } : {}),
  });
  const manager = client.connectionManager;
  const open = new Set<(reason: string) => void>();
  let over = false;
  let silentEnd = false;
  let heardMs = clock.monotonicMs();
  let watchdog: Timer;
  let onGone: () => void = () => {};

  const currentTicket = (): SessionTicket => ({
    id: client.getSessionId(),
    password: client.getSessionPassword(),
    timeoutMs: client.getSessionTimeout(),
    zxid: Buffer.from(manager.zxid),
  });
  function end(how: ConnectionEnd, reason: string) {
    if (over) return;
    over = true;
    watchdog.cancel();
    if (manager.connectTimeoutHandler) clearTimeout(manager.connectTimeoutHandler);
    manager.socket?.destroy();
    for (const lose of [...open]) lose(reason);
    onGone();
    if (!silentEnd) options.onEnd(how, reason);
  }
  /** A healthy server answers a ping every third of the session timeout. */
  function watch() {
    const limitMs = (client.getSessionTimeout() * 2) / 3;
    const leftMs = heardMs + limitMs - clock.monotonicMs();
    if (leftMs <= 0) end('lost', `the server has been silent for ${Math.round(limitMs)} ms`);
    else watchdog = clock.after(leftMs, watch);
  }

  manager.servers = [server];
  if (ticket) ticket.zxid.copy(manager.zxid);
  const connectOnce = manager.connect;
  manager.connect = () => {};
  const parse = manager.onSocketData;
  manager.onSocketData = (bytes) => {
    heardMs = clock.monotonicMs();
    try {
      parse.call(manager, bytes);
    } catch (error) {
      end('lost', `an answer could not be read: ${String(error)}`);
    }
  };
  client.on('connected', () => {
    heardMs = clock.monotonicMs();
    watchdog.cancel();
    watch();
    options.onConnected(currentTicket());
  });
  client.on('disconnected', () => end('lost', 'the connection was closed'));
  client.on('expired', () => end('expired', 'the server no longer knows the session'));
  client.on('authenticationFailed', () => end('auth-failed', 'the server refused the credentials'));
  // Before connecting: what is queued later would reach the server before the credentials.
  if (options.digest !== undefined) client.addAuthInfo('digest', Buffer.from(options.digest));
  watchdog = clock.after(options.connectTimeoutMs, () =>
    end('lost', `no session within ${options.connectTimeoutMs} ms`),
  );
  connectOnce.call(manager);

  return {
    request: (what, run) =>
      new Promise((resolve, reject) => {
        const lose = (reason: string) => {
          open.delete(lose);
          reject(requestFailure('CONNECTION_LOSS', what, reason));
        };
        if (over) return lose('not connected');
        open.add(lose);
        const done = (error: Error | null | undefined, result?: unknown) => {
          open.delete(lose);
          if (error) reject(error instanceof AuroraError ? error : requestFailure(error.name, what));
          else resolve(result as never);
        };
        try {
          run(client, done);
        } catch (error) {
          // The library checks its arguments by throwing.
          open.delete(lose);
          reject(requestFailure('BAD_ARGUMENTS', what, messageOf(error)));
        }
      }),
    heardMs: () => heardMs,
    ticket: currentTicket,
    closeSession(limitMs) {
      silentEnd = true;
      if (over) return Promise.resolve();
      return new Promise((resolve) => {
        const limit = clock.after(limitMs, () => end('lost', 'closing took too long'));
        onGone = () => {
          limit.cancel();
          resolve();
        };
        client.close();
      });
    },
    abandon() {
      silentEnd = true;
      end('lost', 'given up');
    },
  };
}
