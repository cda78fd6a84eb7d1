import type { Hono } from 'hono';
import type { Clock } from '../../base/clock.ts';
import type { StateEventStream } from '../events/event-stream.ts';
import type { ShownEvent } from '../events/shown-event.ts';
import { viewPermission } from '../security/doors.ts';
import { jobKeyText } from '../storage/keys.ts';
import type { CallerEnv } from './caller.ts';
import { EventSources, resumedPosition } from './event-source.ts';

/** Changes within this time are reported as one. */
const JOIN_MS = 250;

type Wanted = (event: ShownEvent) => boolean;

/** Which events each topic of the query selects; `cluster` selects all of them. */
const TOPICS: Readonly<Record<string, (value: string) => Wanted>> = {
  cluster: () => () => true,
  role: (role) => (event) => event.job?.role === role,
  job: (job) => (event) => event.job !== undefined && jobKeyText(event.job) === job,
  updates: () => (event) => event.kind === 'update' || event.kind === 'instance',
  hosts: () => (event) => event.kind === 'host' || event.kind === 'task' || event.kind === 'taskDeleted',
  maintenance: () => (event) => event.kind === 'host' || event.kind === 'task',
  cron: () => (event) => event.kind === 'cron',
};

/**
 * Parses the topics.
 * @returns a filter, or a text that says what is wrong with the topics.
 */
function wantedBy(topics: string): Wanted | string {
  const all: Wanted[] = [];
  for (const topic of topics.split(',')) {
    const at = topic.indexOf(':');
    const name = at < 0 ? topic : topic.slice(0, at);
    if (!Object.hasOwn(TOPICS, name)) return `topics are ${Object.keys(TOPICS).join(', ')}, not ${topic}`;
    all.push((TOPICS[name] as (value: string) => Wanted)(at < 0 ? '' : topic.slice(at + 1)));
  }
  return (event) => all.some((wanted) => wanted(event));
}

/** The permission parts for a single job or role. Several topics need the widest permission, which has no parts. */
function aboutOf(topics: string): readonly string[] {
  const [, kind, names = ''] = /^(job|role):([^,]+)$/.exec(topics) ?? [];
  return kind === undefined ? [] : names.split('/');
}

/**
 * `GET /api/view/events?topics=job:R/E/N,updates` tells a reader that something changed, but not what. The reader then
 * asks for its view again, so the view stays the only source of truth, however many changes were joined.
 * `Last-Event-ID` or `?after=` resumes where a reader left off. The event `resync` says that changes were lost.
 */
export function changesRoute(
  app: Hono<CallerEnv>,
  { clock, stream: events }: { readonly clock: Clock; readonly stream: StateEventStream },
): void {
  const sources = new EventSources({ stream: events, clock });
  app.get('/api/view/events', async (c) => {
    const topics = c.req.query('topics') ?? 'cluster';
    const wanted = wantedBy(topics);
    if (typeof wanted === 'string') return c.text(`${wanted}\n`, 400);
    const permission = viewPermission('events', aboutOf(topics));
    if (!c.get('caller').grants.permits(permission))
      return c.text(`${await c.get('denied')(permission)}.\n`, 403);
    let position = resumedPosition(events, c);
    /** Looks at the events since `position`: whether one is wanted, or some were lost; undefined when neither. */
    const news = (): 'change' | 'resync' | undefined => {
      if (position === undefined) {
        position = events.position();
        return 'resync';
      }
      for (;;) {
        const before: number = position;
        const found = events.next(position, wanted);
        if (!found || found.event) {
          // This one message covers everything that happened until now.
          position = events.position();
          return found ? 'change' : 'resync';
        }
        position = found.position;
        if (position === before) return undefined;
      }
    };
    const ready = () => {
      const word = news();
      return word ? `id: ${events.name}.${position}\nevent: ${word}\ndata: {}\n\n` : '';
    };
    return sources.answer(c, { greeting: 'retry: 2000\n: changes\n', ready, gatherMs: JOIN_MS });
  });
}
