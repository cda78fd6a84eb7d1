import type { MiddlewareHandler } from 'hono';
import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../metrics/counters.ts';
import { doorOf } from '../security/doors.ts';
import type { CallerEnv } from './caller.ts';

export interface CallLimitSettings {
  readonly clock: Clock;
  readonly counters: Pick<Counters, 'add'>;
  /** Requests that one caller may make per second; 0 means no limit. */
  readonly perSec: number;
}

const REFUSED = 'http_calls_refused';
/** Callers counted within one second. Above this, the oldest count is dropped, so that caller starts again from 0. */
const MOST_CALLERS = 10_000;

/**
 * Limits the requests per second of each user, or of each address for callers that have not logged in. Requests above
 * the limit get a 429 with `Retry-After: 1`, which costs next to nothing. Paths that are open to everyone are not
 * counted.
 */
export function callLimit({ clock, counters, perSec }: CallLimitSettings): MiddlewareHandler<CallerEnv> {
  counters.add(REFUSED, 0);
  let second = Number.NEGATIVE_INFINITY;
  let made = new Map<string, number>();
  return async (c, next) => {
    if (perSec === 0 || doorOf(c.req.path).door.opens === 'everyone') return next();
    const now = Math.floor(clock.monotonicMs() / 1000);
    if (now !== second) {
      second = now;
      made = new Map();
    }
    const { address, authenticatedBy, user } = c.get('caller');
    // A request without a connection comes from this process itself.
    if (authenticatedBy === 'none' && address === undefined) return next();
    const who = authenticatedBy === 'none' ? `address ${address}` : `user ${user}`;
    const count = made.get(who) ?? 0;
    if (count >= perSec) {
      counters.add(REFUSED);
      return c.text(`${who} made more than ${perSec} requests in a second; nothing was done.\n`, 429, {
        'Retry-After': '1',
      });
    }
    if (made.size >= MOST_CALLERS) made.delete(made.keys().next().value as string);
    made.set(who, count + 1);
    return next();
  };
}
