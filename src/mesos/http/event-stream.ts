import { Agent, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { recordReader } from '../recordio.ts';
import { readAnswer } from './answer.ts';
import { eventTurns } from './event-turns.ts';
import { type Answer, type Connect, type Post, requestOptions } from './target.ts';

/** Why a stream ended: the server answered with a status other than 200, or the stream broke or ended. */
export type StreamEnd =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'lost'; readonly reason: string };

export interface EventStreamOptions<E> {
  readonly post: Post;
  /** Opens the connection; default a plain one. */
  readonly connect?: Connect | undefined;
  readonly clock: Clock;
  /** Time limit for the head of the answer, and again for the first record. */
  readonly answerTimeoutMs: number;
  readonly maxRecordBytes?: number | undefined;
  /** Called when the answer is 200 and records follow. If it throws, the stream ends as lost. */
  readonly onOpen: (headers: Answer['headers']) => void;
  /**
   * Decodes one record; a record of several events returns an iterator, read bit by bit. If it throws, the stream is lost.
   */
  readonly decode: (record: Buffer) => E | Iterator<E>;
  /** Called with each event. An exception here is a bug of the caller and is not caught. */
  readonly onEvent: (event: E) => void;
  /** Called once, but never after `close`. */
  readonly onEnd: (end: StreamEnd) => void;
}

export interface EventStream {
  /** From now on the stream counts as lost when nothing arrives for `idleMs`; undefined allows silence for ever. */
  expectEvery(idleMs: number | undefined): void;
  /** Drops the connection; no callback is called afterwards. */
  close(): void;
}

/** The kernel probes a connection that has been idle this long, so that a vanished machine is noticed eventually. */
const TCP_KEEPALIVE_MS = 30_000;

/** Sends a SUBSCRIBE over its own connection and reads RecordIO from the answer until it ends. */
export function openEventStream<E extends object>(options: EventStreamOptions<E>): EventStream {
  const { clock, connect, post } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  if (connect) Object.assign(agent, { createConnection: () => connect(post.target) });
  const outgoing = request({ ...requestOptions(post), agent });
  const reader = recordReader(
    options.maxRecordBytes === undefined ? {} : { maxBytes: options.maxRecordBytes },
  );
  let over = false;
  let idleMs: number | undefined = options.answerTimeoutMs;
  let heardMs = clock.monotonicMs();
  let watchdog: Timer | undefined = clock.after(options.answerTimeoutMs, watch);

  function release() {
    over = true;
    watchdog?.cancel();
    turns.stop();
    outgoing.destroy();
    agent.destroy();
  }
  function end(how: StreamEnd) {
    if (over) return;
    release();
    options.onEnd(how);
  }
  const lose = (reason: string) => end({ kind: 'lost', reason });

  function watch() {
    if (idleMs === undefined) return;
    const leftMs = heardMs + idleMs - clock.monotonicMs();
    if (leftMs <= 0) lose(`nothing arrived for ${idleMs} ms`);
    else watchdog = clock.after(leftMs, watch);
  }
  function rearm() {
    watchdog?.cancel();
    heardMs = clock.monotonicMs();
    watchdog = idleMs === undefined ? undefined : clock.after(idleMs, watch);
  }

  /** Returns what `read` returns; if it throws, marks the stream as lost and returns undefined. */
  const orLose = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      lose(messageOf(error));
      return undefined;
    }
  };
  let paused: IncomingMessage | undefined;
  const turns = eventTurns<E>({
    clock,
    decode: options.decode,
    onEvent: options.onEvent,
    onUnreadable: (error) => lose(messageOf(error)),
    onCaughtUp() {
      // We were not reading, so the silence was not the server's fault.
      heardMs = clock.monotonicMs();
      paused?.resume();
    },
  });
  const onBytes = (response: IncomingMessage, chunk: Buffer) => {
    heardMs = clock.monotonicMs();
    const records = orLose(() => reader.feed(chunk));
    if (!records || turns.add(records)) return;
    paused = response;
    response.pause();
  };
  const onStreamEnd = () =>
    lose(reader.pendingBytes() > 0 ? 'the stream ended inside a record' : 'the stream ended');
  const onStream = (response: IncomingMessage) => {
    rearm();
    response.on('error', (error) => lose(error.message));
    response.on('data', (chunk: Buffer) => onBytes(response, chunk));
    response.on('end', onStreamEnd);
    orLose(() => options.onOpen(response.headers));
  };

  outgoing.on('socket', (socket: Socket) => socket.setKeepAlive(true, TCP_KEEPALIVE_MS));
  outgoing.on('error', (error) => lose(error.message));
  outgoing.on('response', (response) => {
    if (over) return;
    if (response.statusCode === 200) return onStream(response);
    readAnswer(response, (answer) =>
      answer instanceof Error ? lose(answer.message) : end({ kind: 'answered', answer }),
    );
  });
  outgoing.end(post.body);

  return {
    expectEvery(ms) {
      idleMs = ms;
      if (!over) rearm();
    },
    close() {
      if (!over) release();
    },
  };
}
