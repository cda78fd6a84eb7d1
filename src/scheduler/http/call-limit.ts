import type { MiddlewareHandler } from 'hono';
import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../metrics/counters.ts';
import { doorOf } from '../security/doors.ts';
import type { CallerEnv } from './caller.ts';

export interface CallLimitSettings {
  readonly clock: Clock;
  readonly counters: Pick<Counters, 'add'>;
  /** Requests of one caller in a second; 0 has no limit. */
  readonly perSec: number;
}

const REFUSED = 'http_calls_refused';
/** Callers of one second; beyond them the oldest begin anew. */
const MOST_CALLERS = 10_000;

/**
 * How many requests one user makes in a second; of those who have not logged in, one address. Refusing costs next to
 * nothing, and clients come back after the second. What everyone may see is not counted.
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
    // Asked without a connection: by this process itself.
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
