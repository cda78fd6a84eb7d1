import { hostRefusal, type SiteRules } from '../../base/cross-site.ts';
import { isIpAddress, parseHostPort } from '../../base/host-port.ts';
import type { HttpServed } from './server.ts';

const written = (host: string): string => (isIpAddress(host) && host.includes(':') ? `[${host}]` : host);

/**
 * What is served without encryption beside an encrypted port: the way there, by 307, so that a call stays a call, and
 * nothing is kept by a browser should TLS be taken away again. Nothing of a request is read but its head.
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
