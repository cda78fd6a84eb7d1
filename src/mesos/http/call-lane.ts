import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../base/clock.ts';
import { AuroraError, messageOf } from '../../base/errors.ts';
import { type Fifo, fifo } from '../../base/fifo.ts';
import { type AnswerReader, answerReader } from './answer-reader.ts';
import { writeCalls } from './call-writing.ts';
import { requestMemory, type StoredRequest } from './request-memory.ts';
import {
  type Answer,
  type Connect,
  connectPlainly,
  intoOneBuffer,
  nameOf,
  type Post,
  requestHead,
  type Target,
} from './target.ts';

/** What became of a call: its answer, or why there is none. */
export type LaneOutcome = Answer | AuroraError;

/** Sends calls over one connection that stays open. */
export interface CallLane {
  /**
   * Sends one call; its body is copied at once. `settled` is called once, after this has returned: with the answer, whatever
   * its status, or with an AuroraError MESOS when no answer came (refused, reset, too late, or the lane was closed); the call
   * may have arrived all the same. It must not throw. Calls are sent in order without waiting for earlier answers, and answers
   * come in the same order. When an answer says that the server closes the connection, the calls behind it are sent again over
   * another one: a server handles none of them then (RFC 9112, 9.6).
   */
  post(post: Post, settled: (outcome: LaneOutcome) => void): void;
  /** Ends the connection; calls that wait for an answer have failed. */
  close(): void;
}

export interface CallLaneOptions {
  readonly clock: Clock;
  /**
   * How long the server may say nothing while calls wait for answers. Calls queue up in a busy server, so what counts is
   * not how long one of them waits, but whether the server goes on.
   */
  readonly timeoutMs: number;
  /**
   * Called when the connection ended and calls had no answer, so that nobody knows which of them arrived; after they were
   * told, and not for `close`.
   */
  readonly lost?: ((reason: string) => void) | undefined;
  /** Opens the connection; default a plain one. */
  readonly connect?: Connect | undefined;
}

/**
 * Idle time after which we close the connection. It must be shorter than the server's: a call sent while the server
 * closes would fail and could not be repeated, since nobody knows whether it arrived. Node's servers close after 5 s,
 * Mesos never does.
 */
const IDLE_MS = 2_000;

/**
 * A call without an answer yet. While a master is slow there are many thousands, which outlive V8's young generation: so a call
 * is one object, and no promise.
 */
interface Call extends StoredRequest {
  readonly target: Target;
  readonly settled: (outcome: LaneOutcome) => void;
  /** When it was sent last. */
  sentMs: number;
}

/** A connection and the calls that wait for answers on it, oldest first. */
interface Connection {
  readonly socket: Socket;
  readonly reader: AnswerReader;
  readonly waiting: Fifo<Call>;
  /** When the server last sent something. */
  heardMs: number;
  /** Calls of the current turn of the event loop; a single write sends them all. */
  unsent: StoredRequest[];
}

const closesAfter = ({ headers }: Answer) => /close/i.test(String(headers.connection));

/**
 * A lane over one pipelined connection, as in Mesos' own scheduler library. A master answers thousands of acknowledgements
 * a second, but not if each waits for the one before. The server handles a connection's requests in order.
 */
export function callLane({
  clock,
  connect: open = connectPlainly,
  lost,
  timeoutMs,
}: CallLaneOptions): CallLane {
  const memory = requestMemory();
  let connection: Connection | undefined;
  let timer: Timer | undefined;
  /**
   * Whether calls are sent without waiting for the answers before them. Not after an answer with which the server closed
   * the connection, until one comes that leaves it open: proxies may close after every answer, or after every thousandth.
   */
  let pipelines = true;
  /** Calls that wait for the one before them to be answered. */
  let held: Call[] = [];

  /** The head of the latest call, without its length: calls of a lane share path and headers, even as objects. */
  let known: { readonly post: Post; readonly head: string } | undefined;
  const headOf = (post: Post, bodyBytes: number): string => {
    const { target, path, headers } = post;
    const same = known?.post.headers === headers && known.post.path === path && known.post.target === target;
    if (!known || !same) known = { post: { ...post, body: '' }, head: requestHead(post) };
    return `${known.head}${bodyBytes}\r\n\r\n`;
  };
  const oldest = (): Call | undefined => connection?.waiting.first();
  /** Ends the connection. @returns the calls without an answer, in their order */
  const hangUp = (): Call[] => {
    const unsent = held;
    held = [];
    if (!connection) return unsent;
    const { socket, waiting } = connection;
    connection = undefined;
    timer?.cancel();
    timer = undefined;
    socket.destroy();
    return [...waiting.copy(), ...unsent];
  };
  /** Gives the connection up, and its calls have failed; nobody knows which of them arrived. @returns how many they are. */
  const giveUp = (reason: string, cause?: unknown): number => {
    const unanswered = hangUp();
    for (const { block, settled, target } of unanswered) {
      memory.release(block);
      settled(new AuroraError('MESOS', `no answer to a call: ${reason}`, { where: nameOf(target), cause }));
    }
    return unanswered.length;
  };
  const fail = (reason: string, cause?: unknown) => {
    if (giveUp(reason, cause) > 0) lost?.(reason);
  };
  /** One timer serves all calls, because they are answered in order and have the same time limit. */
  const watch = () => {
    timer = undefined;
    const next = oldest();
    if (!connection || !next) return;
    const leftMs = Math.max(next.sentMs, connection.heardMs) + timeoutMs - clock.monotonicMs();
    if (leftMs <= 0) fail(`not within ${timeoutMs} ms`);
    else timer = clock.after(leftMs, watch);
  };
  const settle = (from: Connection, answer: Answer, isLast: boolean) => {
    const call = from.waiting.shift();
    if (!call) return fail('the server sent an answer without a call');
    memory.release(call.block);
    pipelines = !isLast;
    if (isLast) held = hangUp();
    if (held.length > 0) for (const next of held.splice(0, pipelines ? held.length : 1)) send(next);
    if (!oldest()) {
      timer?.cancel();
      timer = undefined;
    }
    call.settled(answer);
  };
  const connect = (target: Target): Connection => {
    const answersIn = (chunk: Buffer): readonly Answer[] => {
      try {
        return made.reader.feed(chunk);
      } catch (error) {
        fail(messageOf(error), error);
        return [];
      }
    };
    const heard = (chunk: Buffer) => {
      if (!current()) return;
      made.heardMs = clock.monotonicMs();
      for (const answer of answersIn(chunk)) if (current()) settle(made, answer, closesAfter(answer));
    };
    const socket = open(target, intoOneBuffer(heard));
    const made: Connection = {
      socket,
      reader: answerReader(),
      waiting: fifo(),
      heardMs: clock.monotonicMs(),
      unsent: [],
    };
    /** Whether this is still the lane's connection; events of one that was given up are ignored. */
    const current = () => connection === made;
    const closed = () => {
      const last = made.reader.end();
      if (last) settle(made, last, true);
      if (current()) fail('the connection was closed by the server');
    };
    socket.setNoDelay(true);
    socket.setTimeout(IDLE_MS, () => {
      if (!current() || oldest()) return;
      fail('idle');
      memory.rest();
    });
    socket.on('error', (error) => current() && fail(error.message, error));
    socket.on('end', () => current() && closed());
    socket.on('close', () => current() && closed());
    socket.on('data', heard);
    return made;
  };
  const flush = (to: Connection) => {
    const calls = to.unsent;
    to.unsent = [];
    if (connection === to) writeCalls(to.socket, memory, calls);
  };
  const send = (call: Call) => {
    connection ??= connect(call.target);
    const to = connection;
    call.sentMs = clock.monotonicMs();
    to.waiting.push(call);
    timer ??= clock.after(timeoutMs, watch);
    if (to.unsent.length === 0) process.nextTick(flush, to);
    to.unsent.push(call);
  };
  return {
    post(post, settled) {
      const bodyBytes = Buffer.byteLength(post.body);
      const { block, start, end } = memory.store(headOf(post, bodyBytes), post.body, bodyBytes);
      const call = { block, start, end, target: post.target, settled, sentMs: 0 };
      if (pipelines || !oldest()) send(call);
      else held.push(call);
    },
    close: () => void giveUp('the connection was given up'),
  };
}

/** Sends one call and resolves to its answer, whatever the status. @throws AuroraError MESOS when no answer came */
export const answerTo = (lane: CallLane, post: Post): Promise<Answer> =>
  new Promise((resolve, reject) => {
    lane.post(post, (outcome) => (outcome instanceof AuroraError ? reject(outcome) : resolve(outcome)));
  });
