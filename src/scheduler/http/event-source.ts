import type { Context } from 'hono';
import type { Clock } from '../../base/clock.ts';
import type { StateEventStream } from '../events/event-stream.ts';
import type { CallerEnv } from './caller.ts';

/** Streams of one kind that are open at once; further clients get a 503 and have to come back, or poll. */
const MOST_OPEN = 500;
/** When nothing else was sent for this long, a comment goes out, so that no proxy takes the connection for dead. */
const COMMENT_MS = 15_000;

/** What one reader of a stream of server-sent events is sent. */
export interface EventReader {
  /** Complete fields that open the stream, without the blank line behind them. */
  readonly greeting: string;
  /** The events that are ready for this reader, each with its blank line; empty when there are none. */
  ready(): string;
  /** For how long changes are gathered after events were sent; 0 sends each as soon as it is there. */
  readonly gatherMs: number;
}

/** The position to resume from. Undefined for an id of another stream: its reader has to load everything anew. */
export function resumedPosition(events: StateEventStream, c: Context<CallerEnv>): number | undefined {
  const lastId = c.req.header('Last-Event-ID') ?? c.req.query('after');
  if (lastId === undefined || lastId === '') return events.position();
  const [name, number] = lastId.split('.');
  const position = Number(number);
  return name === events.name && Number.isSafeInteger(position) && position >= 0 ? position : undefined;
}

/** Answers with server-sent events until the reader leaves or the stream of events ends. */
export class EventSources {
  readonly #clock: Clock;
  readonly #events: StateEventStream;
  #open = 0;

  constructor({ clock, stream }: { readonly clock: Clock; readonly stream: StateEventStream }) {
    this.#clock = clock;
    this.#events = stream;
  }

  answer(c: Context<CallerEnv>, reader: EventReader): Response {
    if (this.#open >= MOST_OPEN) return c.text('Too many streams are open.\n', 503, { 'Retry-After': '30' });
    return c.body(this.#body(reader), 200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
    });
  }

  #body(reader: EventReader): ReadableStream<Uint8Array> {
    const events = this.#events;
    let open = true;
    let endWait: (() => void) | undefined;
    this.#open++;
    const leave = () => {
      if (open) this.#open--;
      open = false;
      endWait?.();
    };
    /** Waits for the time, or less when the reader leaves or `untilNews` comes; true when the whole time passed. */
    const wait = (ms: number, untilNews: boolean) =>
      new Promise<boolean>((resolve) => {
        let forget = () => {};
        const end = (whole: boolean) => {
          timer.cancel();
          forget();
          endWait = undefined;
          resolve(whole);
        };
        const timer = this.#clock.after(ms, () => end(true));
        endWait = () => end(false);
        if (untilNews) forget = events.onChange(() => end(false));
      });
    const encoder = new TextEncoder();
    let greeting = `${reader.greeting}\n`;
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        while (open) {
          const text = reader.ready();
          if (greeting + text !== '') {
            controller.enqueue(encoder.encode(greeting + text));
            // The first events are not held back, since the reader waits for them.
            if (greeting === '' && reader.gatherMs > 0) await wait(reader.gatherMs, false);
            greeting = '';
            return;
          }
          if (events.ended) break;
          if ((await wait(COMMENT_MS, true)) && open) return controller.enqueue(encoder.encode(': \n\n'));
        }
        // A reader that left has closed the stream itself.
        if (open) controller.close();
        leave();
      },
      cancel: leave,
    });
  }
}
