import type { Hono } from 'hono';
import type { Clock } from '../../base/clock.ts';
import type { StateEventStream } from '../events/event-stream.ts';
import { EVENT_KINDS, type ShownEvent } from '../events/shown-event.ts';
import type { CallerEnv } from './caller.ts';

export interface EventsRouteSettings {
  readonly stream: StateEventStream;
  readonly clock: Clock;
}

/** Streams open at once; further clients get a 503 and have to come back. */
const MOST_STREAMS = 500;
/** When nothing else was sent for this long, a comment goes out, so that no proxy takes the connection for dead. */
const COMMENT_MS = 15_000;
/** Most characters sent in one piece. */
const PIECE_CHARACTERS = 64 * 1024;

type Wanted = (event: ShownEvent) => boolean;

/**
 * Makes a filter of the query, or says what is wrong with it. A filter by job or role excludes events that are about no
 * job.
 */
function filterOf(query: Readonly<Record<string, string>>): Wanted | { readonly problem: string } {
  const { kind, job, role } = query;
  const kinds = kind?.split(',');
  const wrong = kinds?.filter((name) => !EVENT_KINDS.includes(name as never)) ?? [];
  if (wrong.length > 0)
    return { problem: `kind is made of ${EVENT_KINDS.join(', ')}, not ${wrong.join(', ')}` };
  const parts = job?.split('/');
  if (parts && parts.length !== 3) return { problem: `job is role/environment/name, not ${job}` };
  return (event) => {
    if (kinds && !kinds.includes(event.kind)) return false;
    if (role === undefined && !parts) return true;
    if (role !== undefined && event.job?.role !== role) return false;
    if (!parts) return true;
    const { role: ofRole, environment, name } = event.job ?? {};
    return ofRole === parts[0] && environment === parts[1] && name === parts[2];
  };
}

/** Position to resume from. Undefined for an id of another stream: its reader has to load the whole state again. */
export function resumed(events: StateEventStream, lastId: string | undefined): number | undefined {
  if (lastId === undefined || lastId === '') return events.position();
  const [name, number] = lastId.split('.');
  const position = Number(number);
  return name === events.name && Number.isSafeInteger(position) && position >= 0 ? position : undefined;
}

/**
 * `GET /events` streams what happens as server-sent events. `?kind=task,host&role=R&job=R/E/N` filters; `Last-Event-ID`
 * or `?after=` resumes where a reader left off. The event `resync` says that this reader lost events and has to load
 * the state again.
 */
export function eventsRoute(app: Hono<CallerEnv>, { stream: events, clock }: EventsRouteSettings): void {
  let streams = 0;
  app.get('/events', (c) => {
    const wanted = filterOf(c.req.query());
    if ('problem' in wanted) return c.text(`${wanted.problem}\n`, 400);
    if (streams >= MOST_STREAMS) return c.text('Too many streams are open.\n', 503, { 'Retry-After': '30' });
    let position = resumed(events, c.req.header('Last-Event-ID') ?? c.req.query('after'));
    let open = true;
    streams++;
    const leave = () => {
      if (open) streams--;
      open = false;
    };
    const idLine = () => `id: ${events.name}.${position}\n`;
    /** The events that are ready for this reader, up to about PIECE_CHARACTERS; empty when there are none. */
    const piece = (): string => {
      let text = '';
      while (text.length < PIECE_CHARACTERS) {
        const found = position === undefined ? undefined : events.next(position, wanted);
        if (!found) {
          position = events.position();
          return `${text}${idLine()}event: resync\ndata: {}\n\n`;
        }
        const before = position;
        position = found.position;
        if (found.event) text += `${idLine()}event: ${found.event.kind}\ndata: ${found.event.data()}\n\n`;
        else if (position === before) return text;
      }
      return text;
    };
    /** Waits for something new. Resolves to true when nothing came for COMMENT_MS, so that a comment is due. */
    const silent = () =>
      new Promise<boolean>((resolve) => {
        const timer = clock.after(COMMENT_MS, () => {
          // Otherwise each silence would leave one more listener behind.
          forget();
          resolve(true);
        });
        const forget = events.onChange(() => {
          timer.cancel();
          resolve(false);
        });
      });
    const encoder = new TextEncoder();
    let greeted = false;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        while (open) {
          let text = piece();
          if (!greeted)
            text = `retry: 2000\n${position === undefined ? '' : idLine()}: ${events.name}\n\n${text}`;
          greeted = true;
          if (text !== '') return controller.enqueue(encoder.encode(text));
          if (events.ended) break;
          const quiet = await silent();
          if (quiet && open) return controller.enqueue(encoder.encode(': \n\n'));
        }
        leave();
        controller.close();
      },
      cancel: leave,
    });
    return c.body(body, 200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
    });
  });
}
