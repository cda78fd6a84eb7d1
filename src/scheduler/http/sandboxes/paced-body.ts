import { setMaxListeners } from 'node:events';
import { type Clock, sleep } from '../../../base/clock.ts';

export interface PacedBodySettings {
  readonly clock: Clock;
  readonly bytesPerSec: number;
  /** Produces the body by calling `write`; rejects when `signal` fires. */
  make(write: (bytes: Uint8Array) => Promise<void>, signal: AbortSignal): Promise<void>;
  /** The server's signal; ends the body. */
  readonly signal: AbortSignal;
  /** Sent when nothing else was for a while, so that no proxy takes the connection for dead. */
  readonly comment?: Uint8Array | undefined;
  /**
   * Called once, however the body ended; `error` is undefined when it ended as it should or was cut short on purpose.
   */
  ended(error: unknown): void;
}

/** Most bytes to buffer for the reader. */
const MOST_UNREAD_BYTES = 256 * 1024;
/** A reader that takes nothing for this long is cut off. */
const READER_LIMIT_MS = 60_000;
const COMMENT_MS = 15_000;

/**
 * A body that is made while it is sent. `write` waits for the reader and for the limit of bytes per second, so that
 * nothing piles up for a slow reader.
 */
export function pacedBody(settings: PacedBodySettings): ReadableStream<Uint8Array> {
  const { bytesPerSec, clock, comment } = settings;
  const left = new AbortController();
  const { signal } = left;
  // The producer may wait in many places at once, each with a listener.
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
      // Allows bursts of up to one second's worth of bytes.
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
      // Breaking the connection tells the client that the body is incomplete.
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
