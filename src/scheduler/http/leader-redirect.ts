import type { MiddlewareHandler } from 'hono';
import { escaped, link } from './pages/html.ts';

/** Who leads, as far as this instance knows: itself, nobody, or the scheduler at this host and port. */
export type Leader = 'self' | 'nobody' | { readonly host: string; readonly port: number };

/**
 * Path prefixes that only the leader serves. They are plain string prefixes, so `/api` also matches /apibeta.
 * Source: the original's LeaderRedirectFilter and its list of paths.
 */
const PREFIXES = [
  '/agents',
  '/api',
  '/assets/scheduler',
  '/cron',
  '/maintenance',
  '/mname',
  '/events',
  '/offers',
  // Matches /pendingtasks and the web page's /pending.
  '/pending',
  '/quotas',
  '/search',
  '/slaves',
  '/state',
  '/tiers',
  '/utilization',
];
/** Paths of the web page, which the original serves below /assets/scheduler. */
const PAGE = /^\/(scheduler|updates)(\/|$)/;

const BYPASS = 'Bypass-Leader-Redirect';

const isForLeader = (path: string): boolean =>
  PAGE.test(path) || PREFIXES.some((prefix) => path.startsWith(prefix));

/** `scheme://host:port`; an IPv6 address gets its brackets. */
export const originOf = (scheme: string, { host, port }: Exclude<Leader, string>): string =>
  `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;

const page = (title: string, text: string): string =>
  `<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>${escaped(title)}</title></head><body>\n<h2>${escaped(title)}</h2>\n<p>${text}</p>\n</body></html>\n`;

const NOBODY = page(
  'No leading scheduler',
  'No scheduler of this cluster leads at the moment. One is elected within the ZooKeeper session timeout after a crash, and at once after a normal stop. Try again in a moment.',
);

/** The page that a person sees on a scheduler that does not lead. `scheme` is the scheme of their request. */
export const standbyPage = (leader: Leader, scheme: string): string => {
  if (leader === 'nobody') return NOBODY;
  if (leader === 'self')
    return page('This scheduler is taking over', 'It reads the state and serves in a moment.');
  const origin = originOf(scheme, leader);
  return page('This scheduler stands by', `The leader is ${link(origin, origin)}.`);
};

/**
 * Redirects requests that only the leader can answer: 307 to the leader with the same path and query, or 503 with a
 * page while nobody leads. A request with a Bypass-Leader-Redirect header, whatever its value, is answered here.
 */
export const leaderRedirect =
  (leader: () => Leader): MiddlewareHandler =>
  async (c, next) => {
    const { pathname, protocol, search } = new URL(c.req.url);
    if (!isForLeader(pathname) || c.req.header(BYPASS) !== undefined) return next();
    const leads = leader();
    if (leads === 'self') return next();
    if (leads === 'nobody') return c.html(NOBODY, 503);
    return c.body(null, 307, { Location: `${originOf(protocol.slice(0, -1), leads)}${pathname}${search}` });
  };
