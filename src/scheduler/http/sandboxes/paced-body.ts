import { setMaxListeners } from 'node:events';
import { type Clock, sleep } from '../../../base/clock.ts';

export interface PacedBodySettings {
  readonly clock: Clock;
  readonly bytesPerSec: number;
  /** Makes the body; rejects when `signal` fires. */
  make(write: (bytes: Uint8Array) => Promise<void>, signal: AbortSignal): Promise<void>;
  /** Of the server: ends the body. */
  readonly signal: AbortSignal;
  /** Sent when nothing else was for a while, so that nobody on the way takes the connection for dead. */
  readonly comment?: Uint8Array | undefined;
  /** Called once, however it ended. */
  ended(error: unknown): void;
}

/** Bytes that wait for the reader. */
const MOST_UNREAD_BYTES = 256 * 1024;
/** A reader that takes nothing for so long is cut off. */
const READER_LIMIT_MS = 60_000;
const COMMENT_MS = 15_000;

/**
 * A body that is made while it is sent: what makes it waits for the reader, and for its share of bytes a second; nothing
 * is kept for a reader that is slow.
 */
export function pacedBody(settings: PacedBodySettings): ReadableStream<Uint8Array> {
  const { bytesPerSec, clock, comment } = settings;
  const left = new AbortController();
  const { signal } = left;
  // Whatever makes the body may wait in many places at once.
  setMaxListeners(0, signal);
  const stop = () => left.abort(settings.signal.reason);
  settings.signal.addEventListener('abort', stop, { once: true });
  let paidUntilMs = Number.NEGATIVE_INFINITY;
  let writtenMs = clock.monotonicMs();
  let room: (() => void)[] = [];

  const readerTakes = (controller: ReadableStreamDefaultController<Uint8Array>) =>
    new Promise<void>((resolve, reject) => {
      if ((controller.desiredSize ?? 0) > 0) return resolve();
      const stop = () => {
        limit.cancel();
        reject(signal.reason);
      };
      const limit = clock.after(READER_LIMIT_MS, () => left.abort(new Error('the reader takes nothing')));
      signal.addEventListener('abort', stop, { once: true });
      room.push(() => {
        limit.cancel();
        signal.removeEventListener('abort', stop);
        resolve();
      });
    });

  const body = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const write = async (bytes: Uint8Array) => {
      signal.throwIfAborted();
      while ((controller.desiredSize ?? 0) <= 0) await readerTakes(controller);
      signal.throwIfAborted();
      controller.enqueue(bytes);
      const nowMs = clock.monotonicMs();
      writtenMs = nowMs;
      // A second's worth may come at once.
      paidUntilMs = Math.max(paidUntilMs, nowMs - 1000) + (bytes.length / bytesPerSec) * 1000;
      if (paidUntilMs > nowMs) await sleep(clock, paidUntilMs - nowMs, signal);
    };
    const live = async () => {
      while (comment && !signal.aborted) {
        await sleep(clock, COMMENT_MS, signal);
        if (clock.monotonicMs() - writtenMs >= COMMENT_MS) await write(comment);
      }
    };
    live().catch(() => {});
    try {
      await settings.make(write, signal);
      controller.close();
      settings.ended(undefined);
    } catch (error) {
      settings.ended(signal.aborted ? undefined : error);
      // Cutting the connection says that this was not the end.
      if (!isCancelled) controller.error(error);
    } finally {
      settings.signal.removeEventListener('abort', stop);
      left.abort(new Error('the body is over'));
    }
  };

  let isCancelled = false;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        void body(controller);
      },
      pull() {
        const waiting = room;
        room = [];
        for (const go of waiting) go();
      },
      cancel() {
        isCancelled = true;
        left.abort(new Error('the reader left'));
      },
    },
    { highWaterMark: MOST_UNREAD_BYTES, size: (bytes) => bytes?.length ?? 0 },
  );
}
