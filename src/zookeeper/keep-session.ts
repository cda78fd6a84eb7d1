/** Keeps one session over successive connections: its state, when it continues and when it counts as lost. */
import { type BackoffLimits, nextBackoff } from '../base/backoff.ts';
import type { Timer } from '../base/clock.ts';
import { shuffled } from '../base/random.ts';
import type { Server } from './connect-string.ts';
import {
  type Connection,
  type ConnectionEnd,
  LOST_AFTER,
  openConnection,
  type SessionTicket,
} from './connection.ts';
import { requestFailure } from './failure.ts';
import type { SessionState, ZooKeeperSession, ZooKeeperSessionOptions } from './session-contract.ts';

const SESSION_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 10_000;
const CLOSE_LIMIT_MS = 2_000;
const MIN_HANDSHAKE_MS = 250;
const DEFAULT_BACKOFF: BackoffLimits = { initialMs: 200, maxMs: 5_000 };

interface KeptSession extends Pick<ZooKeeperSession, 'state' | 'onState' | 'id' | 'aliveUntilMs' | 'close'> {
  /** Sends a request when connected; see `Connection.request`. */
  readonly request: Connection['request'];
}

/** Opens a session and keeps it; servers are tried in random order. */
export function keepSession(options: ZooKeeperSessionOptions): KeptSession {
  const { clock, random, log } = options;
  const sessionTimeoutMs = options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS;
  const servers = shuffled(random, options.servers);
  const listeners = new Set<(state: SessionState) => void>();
  let state: SessionState = 'connecting';
  let connection: Connection | undefined;
  let ticket: SessionTicket | undefined;
  let nextServer = 0;
  let lastWaitMs = 0;
  let retry: Timer | undefined;
  let expiry: Timer | undefined;
  let refusal: string | undefined;
  /** When the session counts as lost; only valid while suspended. */
  let aliveUntilMs = Number.NEGATIVE_INFINITY;

  const enter = (next: SessionState) => {
    if (state === next || state === 'closed') return;
    state = next;
    // A listener may remove another one, or cause the next state, which then all listeners are told instead.
    for (const listener of [...listeners]) if (listeners.has(listener) && state === next) listener(next);
  };
  function lose(reason: string) {
    expiry?.cancel();
    ticket = undefined;
    log.warn({ reason }, 'the ZooKeeper session is lost');
    enter('lost');
  }
  function onConnected(granted: SessionTicket) {
    expiry?.cancel();
    ticket = granted;
    lastWaitMs = 0;
    log.info(
      { sessionId: granted.id.toString('hex'), timeoutMs: granted.timeoutMs },
      'connected to ZooKeeper',
    );
    enter('connected');
  }
  function onEnd(how: ConnectionEnd, reason: string) {
    if (state === 'connected' && connection) {
      const last = connection.ticket();
      ticket = last;
      // The server counts from when it last heard of us, which is not before we sent what it has answered.
      aliveUntilMs = connection.knownAliveMs() + last.timeoutMs * LOST_AFTER;
      const leftMs = aliveUntilMs - clock.monotonicMs();
      const why = 'no server could be reached in time';
      if (leftMs > 0)
        expiry = clock.after(leftMs, () => {
          retry?.cancel();
          connection?.abandon();
          lose(why);
          attempt();
        });
      enter('suspended');
      if (leftMs <= 0 && how === 'lost') lose(why);
    }
    connection = undefined;
    if (how === 'expired') lose(reason);
    if (how === 'auth-failed') {
      if (ticket) lose(reason);
      refusal = reason;
      log.error({ reason }, 'ZooKeeper refuses our credentials; the session is closed');
      enter('closed');
    }
    if (state === 'closed') return;
    lastWaitMs = nextBackoff(options.backoff ?? DEFAULT_BACKOFF, lastWaitMs, random);
    log.info({ reason, waitMs: lastWaitMs }, 'connecting to ZooKeeper again');
    // Wait before the first server of each round; the other servers of a round are tried at once.
    const waitMs = nextServer % servers.length === 0 || servers.length === 1 ? lastWaitMs : 0;
    retry = clock.after(waitMs, attempt);
  }
  /** While a session waits to be continued, there must be time to try every server before it expires. */
  function handshakeLimitMs(): number {
    const limitMs = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
    if (!ticket) return limitMs;
    return Math.min(limitMs, Math.max(MIN_HANDSHAKE_MS, ticket.timeoutMs / (2 * servers.length)));
  }
  function attempt() {
    if (state === 'closed') return;
    const server = servers[nextServer++ % servers.length] as Server;
    const opened: Connection = openConnection({
      server,
      clock,
      ticket,
      sessionTimeoutMs,
      connectTimeoutMs: handshakeLimitMs(),
      credentials: [
        ...(options.digest === undefined ? [] : [{ scheme: 'digest', credential: options.digest }]),
        ...(options.credentials ?? []),
      ],
      onConnected: (granted) => connection === opened && onConnected(granted),
      onEnd: (how, reason) => connection === opened && onEnd(how, reason),
    });
    connection = opened;
  }
  const request: Connection['request'] = (what, run) =>
    connection && state === 'connected'
      ? connection.request(what, run)
      : Promise.reject(
          refusal === undefined
            ? requestFailure('CONNECTION_LOSS', what, `the session is ${state}`)
            : requestFailure('AUTH_FAILED', what, refusal),
        );

  attempt();

  return {
    request,
    state: () => state,
    onState(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    id: () => ticket?.id.toString('hex'),
    aliveUntilMs() {
      if (!ticket) return Number.NEGATIVE_INFINITY;
      if (state !== 'connected' || !connection) return aliveUntilMs;
      return connection.knownAliveMs() + ticket.timeoutMs * LOST_AFTER;
    },
    async close() {
      if (state === 'closed') return;
      const wasConnected = state === 'connected';
      enter('closed');
      retry?.cancel();
      expiry?.cancel();
      if (wasConnected) await connection?.closeSession(CLOSE_LIMIT_MS);
      else connection?.abandon();
    },
  };
}
