import type { MiddlewareHandler } from 'hono';
import {
  type ContentRule,
  hostRefusal,
  type RequestSource,
  type SiteRefusal,
  type SiteRules,
  writeRefusal,
} from '../../base/cross-site.ts';
import type { Logger } from '../../base/log.ts';
import type { Counters } from '../metrics/counters.ts';

/** Counts requests that were refused because a page of another site may have sent them. */
const REFUSED = 'http_cross_site_refusals';

/** Methods that change nothing. /api is the exception: there any method but OPTIONS can carry a call. */
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

const contentRule = (path: string): ContentRule =>
  path === '/api' ? 'a type' : path.startsWith('/apibeta/') ? 'json' : 'nothing';

/** What an operator can do about a refusal. */
const REMEDIES: Readonly<Partial<Record<SiteRefusal['cause'], string>>> = {
  host: ' If it should, name it in -http_allowed_hosts.',
  origin: ' If they should, name their host and port in -http_public_names.',
};

/**
 * Refuses requests that a page of another web site may have sent: every request for a host name that is not ours, and
 * every request from a foreign origin that is not a read. Programs do not send the headers that reveal an origin, so
 * they pass.
 */
export function siteGuard(
  rules: SiteRules,
  { counters, log }: { readonly counters: Pick<Counters, 'add'>; readonly log: Logger },
): MiddlewareHandler {
  counters.add(REFUSED, 0);
  return async (c, next) => {
    const { method, path, url } = c.req;
    // A host such as `1a.1` is parsed as an invalid address; routes that parse the URL later would throw.
    if (!URL.canParse(url)) return c.text('The Host header names no host.\n', 400);
    const source: RequestSource = {
      host: c.req.header('Host'),
      origin: c.req.header('Origin'),
      fetchSite: c.req.header('Sec-Fetch-Site'),
      contentType: c.req.header('Content-Type'),
    };
    const isRead = READS.has(method) && (path !== '/api' || method === 'OPTIONS');
    const refusal =
      hostRefusal(source.host, rules) ??
      (isRead ? undefined : writeRefusal(source, contentRule(path), rules));
    if (!refusal) return next();
    counters.add(REFUSED);
    log.warn(
      { method, path, host: source.host, origin: source.origin },
      'a request of a foreign page was refused',
    );
    return c.text(`${refusal.text}${REMEDIES[refusal.cause] ?? ''}\n`, refusal.status);
  };
}
