/**
 * One TCP connection to one ZooKeeper server, made with node-zookeeper-client. The library never reconnects by itself
 * here, because then its parser keeps half a packet of the old connection, it waits for ever for a handshake, does not
 * notice a server that stopped answering, sends requests before the credentials are accepted, and splits IPv6 addresses
 * at their colons. Instead each connection gets a new client, which is attached to the session of the previous one.
 */
import { type Client, createClient, type Failure } from 'node-zookeeper-client';
import type { Clock, Timer } from '../base/clock.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import type { Server } from './connect-string.ts';
import { type FailureName, failureNameOf, requestFailure } from './failure.ts';
import { packetReader } from './packets.ts';
import type { ZooKeeperCredential } from './session-contract.ts';

/** What the next connection needs to continue the session. */
export interface SessionTicket {
  readonly id: Buffer;
  readonly password: Buffer;
  readonly timeoutMs: number;
  /** The last transaction seen. A server that lags behind it refuses us, so that reads never go back in time. */
  readonly zxid: Buffer;
}

export type ConnectionEnd = 'lost' | 'expired' | 'auth-failed';

export interface ConnectionOptions {
  readonly server: Server;
  readonly clock: Clock;
  /** Undefined asks for a new session. */
  readonly ticket: SessionTicket | undefined;
  /** The requested timeout; the server may grant another one. */
  readonly sessionTimeoutMs: number;
  /** Limit from the first packet to the end of the handshake, including acceptance of the credentials. */
  readonly connectTimeoutMs: number;
  /** Sent before anything else; all of them must be accepted. */
  readonly credentials: readonly ZooKeeperCredential[];
  /**
   * Called when requests may be made: the server knows the session and has accepted the credentials, if there are any.
   * Not called when the answer came so late that the session may have expired.
   */
  readonly onConnected: (ticket: SessionTicket) => void;
  /** Called once, and never after `abandon`. Nothing else is called after it, not even watches. */
  readonly onEnd: (end: ConnectionEnd, reason: string) => void;
}

type Watch = () => void;

export interface Connection {
  /**
   * Runs one request of the library. Rejects with the failure that the server reports, with CONNECTION_LOSS when the
   * connection ends first, and with BAD_ARGUMENTS when the library refuses to send it. Pass every watch through `live`,
   * so that it is not called after the end of the connection.
   */
  request<T>(
    what: string,
    run: (
      client: Client,
      done: (error: Error | null | undefined, result?: T) => void,
      live: (watch: Watch | undefined) => Watch | undefined,
    ) => void,
  ): Promise<T>;
  /**
   * When we sent the latest message that the server has answered (monotonic clock). The server last heard from us no
   * earlier.
   */
  knownAliveMs(): number;
  /** The session as far as this connection has seen it. */
  ticket(): SessionTicket;
  /** Ends the session on the server. Resolves when the connection is gone, after `limitMs` at the latest. */
  closeSession(limitMs: number): Promise<void>;
  /** Cuts the connection; the session lives on until it expires. */
  abandon(): void;
}

/** Fractions of the session timeout. Pings are sent at this interval, whatever else is sent. */
const PING_EVERY = 1 / 6;
/** A server that sends nothing for this long is given up for another one. */
const SILENT_AFTER = 1 / 2;
/** Without an answer to anything sent since then, the session counts as lost; the server itself waits the whole timeout. */
export const LOST_AFTER = 19 / 20;

/** Byte offsets in an answer, which begins with length, xid, zxid and error code. */
const AT = { xid: 4, zxid: 8, code: 16 } as const;
const XID = { ping: -2, auth: -4 } as const;
const NO_NODE = -101;
const SYSTEM_ERROR = -1;
const NO_ZXID = Buffer.alloc(8);
/** A complete ping packet: length, xid, request type. */
const PING = Buffer.from([0, 0, 0, 8, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 11]);

export function openConnection(options: ConnectionOptions): Connection {
  const { clock, server, ticket } = options;
  const client = createClient('replaced.below:2181', {
    sessionTimeout: ticket?.timeoutMs ?? options.sessionTimeoutMs,
    ...(ticket ? { sessionId: ticket.id, sessionPassword: ticket.password } : {}),
  });
  const manager = client.connectionManager;
  const read = packetReader();
  const open = new Set<(reason: string) => void>();
  /** The times at which the unanswered pings were sent; answers come in the same order. */
  const pings: number[] = [];
  let over = false;
  let silentEnd = false;
  let hasSession = false;
  let isReady = false;
  let accepted = 0;
  let heardMs = clock.monotonicMs();
  let knownAliveMs = heardMs;
  let zxid = ticket?.zxid ?? NO_ZXID;
  let code = 0;
  let closeReason = 'the connection was closed';
  let nextPing: Timer | undefined;
  let onGone: () => void = () => {};

  const currentTicket = (): SessionTicket => ({
    id: client.getSessionId(),
    password: client.getSessionPassword(),
    timeoutMs: client.getSessionTimeout(),
    zxid,
  });
  /** After the end, and while the session is being closed, nobody is called any more. */
  const isOver = () => over || silentEnd;
  const live = (watch: Watch | undefined) =>
    watch &&
    (() => {
      if (!isOver()) watch();
    });
  function end(how: ConnectionEnd, reason: string) {
    if (over) return;
    over = true;
    watchdog.cancel();
    nextPing?.cancel();
    if (manager.connectTimeoutHandler) clearTimeout(manager.connectTimeoutHandler);
    manager.socket?.destroy();
    for (const lose of [...open]) lose(reason);
    onGone();
    if (!silentEnd) options.onEnd(how, reason);
  }
  function watch() {
    const timeoutMs = client.getSessionTimeout();
    const limitMs = Math.min(heardMs + timeoutMs * SILENT_AFTER, knownAliveMs + timeoutMs * LOST_AFTER);
    const leftMs = limitMs - clock.monotonicMs();
    if (leftMs > 0) watchdog = clock.after(leftMs, watch);
    else end('lost', `the server has not answered for ${Math.round(clock.monotonicMs() - heardMs)} ms`);
  }
  /** Sent at fixed times, even when other things arrive: only what we send keeps the session alive. */
  function ping() {
    if (over) return;
    pings.push(clock.monotonicMs());
    manager.socket?.write(PING);
    nextPing = clock.after(client.getSessionTimeout() * PING_EVERY, ping);
  }
  function ready() {
    if (isReady || isOver()) return;
    isReady = true;
    watchdog.cancel();
    // Ends the connection if the answer took so long that the session may have expired.
    watch();
    ping();
    if (!isOver()) options.onConnected(currentTicket());
  }
  function take(packet: Buffer) {
    if (!hasSession) return parse.call(manager, packet);
    const xid = packet.readInt32BE(AT.xid);
    if (xid === XID.ping) {
      knownAliveMs = Math.max(knownAliveMs, pings.shift() ?? knownAliveMs);
      return;
    }
    code = packet.readInt32BE(AT.code);
    if (xid === XID.auth) {
      if (code !== 0)
        end('auth-failed', `${server.host}:${server.port} refused the credentials: ${failureNameOf(code)}`);
      else if (++accepted === options.credentials.length) ready();
      return;
    }
    if (xid >= 0) {
      const answered = packet.subarray(AT.zxid, AT.zxid + 8);
      if (answered.readBigInt64BE() > zxid.readBigInt64BE()) zxid = Buffer.from(answered);
      // The library throws on codes that it does not know; NO_NODE is the only one that it acts on.
      if (code !== 0 && code !== NO_NODE) packet.writeInt32BE(SYSTEM_ERROR, AT.code);
    }
    parse.call(manager, packet);
  }

  zxid.copy(manager.zxid);
  manager.findNextServer = (use) => use(server);
  const connectOnce = manager.connect;
  manager.connect = () => {};
  const parse = manager.onSocketData;
  manager.onSocketData = (bytes) => {
    heardMs = clock.monotonicMs();
    try {
      for (const packet of read(bytes)) if (!over) take(packet);
    } catch (error) {
      end('lost', `an answer could not be read: ${messageOf(error)}`);
    }
  };
  const greet = manager.onSocketConnected;
  manager.onSocketConnected = () => {
    knownAliveMs = clock.monotonicMs();
    greet.call(manager);
  };
  manager.onSocketTimeout = () => {};
  manager.onSocketError = (error) => {
    closeReason = messageOf(error);
  };
  manager.onSocketClosed = () => end('lost', closeReason);
  client.on('connected', () => {
    hasSession = true;
    if (options.credentials.length === 0) ready();
  });
  client.on('expired', () => end('expired', 'the server no longer knows the session'));
  // Added before connecting, so that they are the first thing that is sent.
  for (const { scheme, credential } of options.credentials)
    client.addAuthInfo(scheme, Buffer.from(credential));
  let watchdog = clock.after(options.connectTimeoutMs, () =>
    end('lost', `no session within ${options.connectTimeoutMs} ms`),
  );
  connectOnce.call(manager);

  return {
    request: (what, run) =>
      new Promise((resolve, reject) => {
        const fail = (failure: FailureName, reason?: string) => {
          open.delete(lose);
          reject(requestFailure(failure, what, reason));
        };
        const lose = (reason: string) => fail('CONNECTION_LOSS', reason);
        if (over) return lose('not connected');
        open.add(lose);
        try {
          const done = (error: Error | null | undefined, result?: unknown) => {
            if (error && !(error instanceof AuroraError)) {
              const { code: shown, name } = error as Failure;
              return fail(shown === SYSTEM_ERROR ? failureNameOf(code) : name);
            }
            open.delete(lose);
            if (error) reject(error);
            else resolve(result as never);
          };
          run(client, done, live);
        } catch (error) {
          // The library reports bad arguments by throwing.
          fail('BAD_ARGUMENTS', messageOf(error));
        }
      }),
    knownAliveMs: () => knownAliveMs,
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
