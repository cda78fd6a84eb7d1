import type { IncomingMessage } from 'node:http';
import { hostRefusal, type SiteRefusal, type SiteRules, writeRefusal } from '../base/cross-site.ts';
import { isLoopbackHost } from '../base/host-port.ts';

/** Names under which a server of the embedded cluster may be called: its address and its host name. */
export const clusterSite = (ip: string, hostname: string): SiteRules => ({
  hosts: isLoopbackHost(ip) ? 'named' : 'any',
  hostNames: [hostname],
  publicNames: [],
  corsOrigin: undefined,
});

/** Repeated header lines are joined; the result matches nothing that is allowed. */
const headerOf = ({ headers }: IncomingMessage, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
};

/** Refuses a request that a foreign web page may have sent, because such a page could start tasks on this machine. */
export function foreignPage(request: IncomingMessage, rules: SiteRules): SiteRefusal | undefined {
  const host = headerOf(request, 'host');
  const isRead =
    (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') &&
    // A JSONP answer can be read by any page that includes it as a script, so it does not count as a read.
    !request.url?.includes('jsonp=');
  const source = {
    host,
    origin: headerOf(request, 'origin'),
    fetchSite: headerOf(request, 'sec-fetch-site'),
    contentType: headerOf(request, 'content-type'),
  };
  return hostRefusal(host, rules) ?? (isRead ? undefined : writeRefusal(source, 'nothing', rules));
}
