import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { type RecordPart, recordSplitter } from '../recordio.ts';
import { answerReader } from './answer-reader.ts';
import { type DecodePart, eventTurns } from './event-turns.ts';
import {
  type Answer,
  type Connect,
  connectPlainly,
  intoOneBuffer,
  type Post,
  requestHead,
} from './target.ts';

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
  /** If it throws, the stream is lost. */
  readonly decode: DecodePart<E>;
  /** Called with each event. An exception here is a bug of the caller and is not caught. */
  readonly onEvent: (event: E) => void;
  /** While it returns true, events wait, and what the server sends behind them waits at the server. Default: never. */
  readonly isBusy?: (() => boolean) | undefined;
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
  const { clock, connect = connectPlainly, post } = options;
  const socket = connect(post.target, intoOneBuffer(heard));
  const splitter = recordSplitter(
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
    socket.destroy();
  }
  function end(how: StreamEnd) {
    if (over) return;
    release();
    options.onEnd(how);
  }
  const lose = (reason: string) => end({ kind: 'lost', reason });

  function watch() {
    if (idleMs === undefined) return;
    // While events wait here nothing is read, so the silence is not the server's.
    const leftMs = behind ? idleMs : heardMs + idleMs - clock.monotonicMs();
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
  /** Records of the bytes that are being read. */
  let fresh: RecordPart[] = [];
  /** Whether records wait for a later turn; the socket is not read meanwhile, since they share memory with what it read. */
  let behind = false;
  let hasEnded = false;
  const turns = eventTurns<E>({
    clock,
    decode: options.decode,
    onEvent: options.onEvent,
    isBusy: options.isBusy,
    onUnreadable: (error) => lose(messageOf(error)),
    onCaughtUp() {
      // We were not reading, so the silence was not the server's fault.
      heardMs = clock.monotonicMs();
      behind = false;
      if (hasEnded) streamEnded();
      else socket.resume();
    },
  });
  /** What came before the end counts: it may say why the stream ends. */
  const streamEnded = () => {
    hasEnded = true;
    if (behind) return;
    lose(splitter.pendingBytes() > 0 ? 'the stream ended inside a record' : 'the stream ended');
  };
  const answers = answerReader((status, headers) => {
    if (status !== 200) return undefined;
    rearm();
    orLose(() => options.onOpen(headers));
    return (bytes) => {
      for (const part of splitter.feed(bytes)) fresh.push(part);
    };
  });
  function heard(chunk: Buffer) {
    if (over) return;
    heardMs = clock.monotonicMs();
    const complete = orLose(() => answers.feed(chunk));
    const parts = fresh;
    fresh = [];
    if (!over && parts.length > 0 && !turns.add(parts) && !behind) {
      behind = true;
      socket.pause();
    }
    for (const answer of complete ?? []) finish(answer);
  }
  const finish = (answer: Answer) => {
    if (answer.status === 200) streamEnded();
    else end({ kind: 'answered', answer });
  };
  const closed = () => {
    const last = answers.end();
    if (last) finish(last);
    streamEnded();
  };

  socket.setNoDelay(true);
  socket.setKeepAlive(true, TCP_KEEPALIVE_MS);
  socket.on('error', (error) => lose(error.message));
  socket.on('data', heard);
  socket.on('end', closed);
  socket.on('close', closed);
  // Together: otherwise the second part would wait until the server's machine has acknowledged the first.
  socket.cork();
  socket.write(`${requestHead(post)}${Buffer.byteLength(post.body)}\r\n\r\n`, 'latin1');
  socket.write(post.body);
  socket.uncork();

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
