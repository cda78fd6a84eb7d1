import { hostRefusal, type SiteRules } from '../../base/cross-site.ts';
import { isIpAddress, parseHostPort } from '../../base/host-port.ts';
import type { HttpServed } from './server.ts';

const written = (host: string): string => (isIpAddress(host) && host.includes(':') ? `[${host}]` : host);

/**
 * What the plain port serves beside an encrypted one: a redirect to https. It is a 307, so that a POST stays a POST and
 * browsers do not remember it in case TLS is turned off again. Of a request only the head is read.
 */
export const httpsRedirect = (httpsPort: () => number, hostname: string, sites: SiteRules): HttpServed => ({
  fetch(request) {
    const named = request.headers.get('host') ?? undefined;
    const refusal = hostRefusal(named, sites);
    if (!URL.canParse(request.url)) return new Response('The Host header names no host.\n', { status: 400 });
    if (refusal) return new Response(`${refusal.text}\n`, { status: refusal.status });
    const host = parseHostPort(named ?? '')?.host ?? hostname;
    const { pathname, search } = new URL(request.url);
    return new Response(null, {
      status: 307,
      headers: {
        Connection: 'close',
        Location: `https://${written(host)}:${httpsPort()}${pathname}${search}`,
      },
    });
  },
});
