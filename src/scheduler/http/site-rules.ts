import type { SiteRules } from '../../base/cross-site.ts';
import { isLoopbackHost } from '../../base/host-port.ts';
import type { SchedulerOptions } from '../flags/parse.ts';

interface NameFlags extends Pick<SchedulerOptions, 'httpAllowedHosts' | 'httpPublicNames'> {
  readonly enableCorsFor?: string | undefined;
  readonly ip?: string | undefined;
}

/** Host names and origins that this scheduler accepts, from its flags. `hostname` is the name it advertises. */
export function siteRules(
  { enableCorsFor, httpAllowedHosts: allowed, httpPublicNames: publicNames, ip }: NameFlags,
  hostname: string,
): SiteRules {
  const loopback = ip !== undefined && isLoopbackHost(ip.toLowerCase());
  return {
    hosts: loopback ? 'named' : allowed.length > 0 ? 'named or address' : 'any',
    hostNames: [...new Set([hostname, ...publicNames, ...allowed])],
    publicNames,
    corsOrigin: enableCorsFor,
  };
}
