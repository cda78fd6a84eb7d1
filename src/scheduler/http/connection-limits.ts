import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '../../base/log.ts';
import type { Counters } from '../metrics/counters.ts';

/** Limits on the connections of one address and on slow readers. */
export interface ConnectionLimits {
  /** Open connections per address; 0 means no limit. */
  readonly perAddress: number;
  /** How long a reader may take next to nothing of the data that waits for it before it is cut off. */
  readonly readerLimitMs: number;
  readonly counters?: Pick<Counters, 'add' | 'gauge'> | undefined;
  readonly log?: Logger | undefined;
}

/** A reader slower than this counts as stalled: no real line is so slow. */
const LEAST_BYTES_PER_SEC = 1024;
/** Refusals of one address are logged at most once in this time. */
const TOLD_AGAIN_MS = 60_000;
const MOST_TOLD = 1000;

const REFUSED = 'http_connections_refused';
const CUT = 'http_slow_readers_cut';
const OPEN = 'http_connections_open';

const FULL =
  'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 30\r\nContent-Type: text/plain\r\n\r\nYour address has too many connections open (-http_max_connections_per_address).\n';

/**
 * The handle inside a node:net socket, which knows how much the kernel has not taken yet. Node's own timeouts use it
 * too.
 */
interface Outlet {
  readonly writeQueueSize?: number;
  readonly bytesWritten?: number;
}

/** How far a reader with unread data was, and since when. */
interface Mark {
  readonly sent: number;
  readonly sinceMs: number;
}

const outletOf = (socket: Socket): Outlet => (socket as unknown as { _handle?: Outlet })._handle ?? {};

/**
 * Judges one reader.
 * @returns the mark for the next look (undefined when nothing is unread), or 'cut' to disconnect it.
 */
function judged(
  socket: Socket,
  mark: Mark | undefined,
  nowMs: number,
  limitMs: number,
): Mark | 'cut' | undefined {
  const { bytesWritten = 0, writeQueueSize = 0 } = outletOf(socket);
  if (writeQueueSize === 0) return undefined;
  const sent = bytesWritten - writeQueueSize;
  if (!mark) return { sent, sinceMs: nowMs };
  const ms = nowMs - mark.sinceMs;
  if (ms < limitMs) return mark;
  return sent - mark.sent < (ms / 1000) * LEAST_BYTES_PER_SEC ? 'cut' : { sent, sinceMs: nowMs };
}

/**
 * Enforces the limits on a server's connections: refuses those above an address' share, and cuts off clients that do
 * not read their replies.
 * @returns a function that gives all open sockets, including those that have not sent a request yet.
 */
export function limitConnections(
  server: Server,
  isEncrypted: boolean,
  lookMs: number,
  limits: ConnectionLimits,
): () => Iterable<Socket> {
  const { counters, log, perAddress, readerLimitMs } = limits;
  const sockets = new Map<Socket, Mark | undefined>();
  const ofAddress = new Map<string, number>();
  const told = new Map<string, number>();
  for (const name of [REFUSED, CUT]) counters?.add(name, 0);
  counters?.gauge(OPEN, () => sockets.size);

  const refuse = (socket: Socket, address: string) => {
    counters?.add(REFUSED);
    const nowMs = performance.now();
    if (nowMs - (told.get(address) ?? Number.NEGATIVE_INFINITY) >= TOLD_AGAIN_MS) {
      if (told.size >= MOST_TOLD) told.clear();
      told.set(address, nowMs);
      log?.warn({ address, limit: perAddress }, 'an address has too many connections open; more are refused');
    }
    // Before the TLS handshake there is no way to send a reason.
    if (isEncrypted) return socket.destroy();
    socket.on('error', () => {});
    return socket.end(FULL, () => socket.destroy());
  };
  server.prependListener('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const count = ofAddress.get(address) ?? 0;
    sockets.set(socket, undefined);
    ofAddress.set(address, count + 1);
    socket.once('close', () => {
      sockets.delete(socket);
      const left = (ofAddress.get(address) ?? 1) - 1;
      if (left > 0) ofAddress.set(address, left);
      else ofAddress.delete(address);
    });
    if (perAddress > 0 && count >= perAddress) refuse(socket, address);
  });
  const look = setInterval(() => {
    const nowMs = performance.now();
    for (const [socket, mark] of sockets) {
      const now = judged(socket, mark, nowMs, readerLimitMs);
      if (now !== 'cut') {
        sockets.set(socket, now);
        continue;
      }
      counters?.add(CUT);
      log?.warn({ address: socket.remoteAddress }, 'a client that does not read its answers was cut off');
      socket.destroy();
    }
  }, lookMs);
  look.unref();
  server.once('close', () => clearInterval(look));
  return () => sockets.keys();
}
