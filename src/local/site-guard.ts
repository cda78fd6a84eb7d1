import type { IncomingMessage } from 'node:http';
import { hostRefusal, type SiteRefusal, type SiteRules, writeRefusal } from '../base/cross-site.ts';
import { isLoopbackHost } from '../base/host-port.ts';

/** Under which names a server of the embedded cluster is called: where it listens, and the name it tells others. */
export const clusterSite = (ip: string, hostname: string): SiteRules => ({
  hosts: isLoopbackHost(ip) ? 'named' : 'any',
  hostNames: [hostname],
  publicNames: [],
  corsOrigin: undefined,
});

/** Several lines of one header come joined, as nothing that is allowed looks. */
const headerOf = ({ headers }: IncomingMessage, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
};

/** A request that a web page of another site may have sent: such a page could start tasks on this machine. */
export function foreignPage(request: IncomingMessage, rules: SiteRules): SiteRefusal | undefined {
  const host = headerOf(request, 'host');
  const isRead =
    (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') &&
    // An answer that is a function call can be read by a page that names it as its script.
    !request.url?.includes('jsonp=');
  const source = {
    host,
    origin: headerOf(request, 'origin'),
    fetchSite: headerOf(request, 'sec-fetch-site'),
    contentType: headerOf(request, 'content-type'),
  };
  return hostRefusal(host, rules) ?? (isRead ? undefined : writeRefusal(source, 'nothing', rules));
}
