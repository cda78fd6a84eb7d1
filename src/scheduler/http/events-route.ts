import type { Hono } from 'hono';
import type { Clock } from '../../base/clock.ts';
import type { StateEventStream } from '../events/event-stream.ts';
import { EVENT_KINDS, type ShownEvent } from '../events/shown-event.ts';
import type { CallerEnv } from './caller.ts';
import { EventSources, resumedPosition } from './event-source.ts';

export interface EventsRouteSettings {
  readonly stream: StateEventStream;
  readonly clock: Clock;
}

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

/**
 * `GET /events` streams what happens as server-sent events. `?kind=task,host&role=R&job=R/E/N` filters; `Last-Event-ID`
 * or `?after=` resumes where a reader left off. The event `resync` says that this reader lost events and has to load
 * the state again.
 */
export function eventsRoute(app: Hono<CallerEnv>, { stream: events, clock }: EventsRouteSettings): void {
  const sources = new EventSources({ stream: events, clock });
  app.get('/events', (c) => {
    const wanted = filterOf(c.req.query());
    if ('problem' in wanted) return c.text(`${wanted.problem}\n`, 400);
    let position = resumedPosition(events, c);
    const idLine = () => `id: ${events.name}.${position}\n`;
    // The greeting's id is that of before the first events: a reader that is cut off between them still gets them.
    const greeting = `retry: 2000\n${position === undefined ? '' : idLine()}: ${events.name}\n`;
    const ready = (): string => {
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
    return sources.answer(c, { greeting, ready, gatherMs: 0 });
  });
}
