/**
 * Which requests a web page of another site may have made. A browser sends such requests with the rights of whoever
 * sits before it, and to addresses that only that machine reaches; programs send neither `Origin` nor `Sec-Fetch-Site`.
 * Every HTTP server of ours asks here before it does anything.
 */
import { type HostPort, isIpAddress, isLoopbackHost, parseHostPort } from './host-port.ts';

/** What of a request says where it comes from; headers as they came, several of one name joined by commas. */
export interface RequestSource {
  /** Undefined from a client of HTTP/1.0. */
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly contentType: string | undefined;
}

/** What a server takes. */
export interface SiteRules {
  /**
   * What may stand in `Host` beside a loopback name: an address too unless the server listens on a loopback address
   * (where whoever names another host was sent by a foreign name server), or anything.
   */
  readonly hosts: 'named' | 'named or address' | 'any';
  /** Hosts, with or without a port, that count as named. */
  readonly hostNames: readonly string[];
  /** `host` or `host:port` that browsers have in their address bar, beside the one in `Host`. */
  readonly publicNames: readonly string[];
  /** The one other origin whose pages may call. */
  readonly corsOrigin: string | undefined;
}

/** What a browser must say about the body. */
export type ContentRule = 'nothing' | 'json' | 'a type';

export interface SiteRefusal {
  readonly status: 400 | 403 | 415;
  readonly cause: 'host' | 'origin' | 'site' | 'type';
  readonly text: string;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

interface Origin extends HostPort {
  readonly defaultPort: number | undefined;
}

function parseOrigin(text: string): Origin | undefined {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.+)$/.exec(text.trim().toLowerCase()) ?? [];
  const place = parseHostPort(rest ?? '');
  return place && scheme !== undefined ? { ...place, defaultPort: DEFAULT_PORTS[scheme] } : undefined;
}

/** The scheme of the server does not count: TLS may end in a proxy. A port that is not written is the origin's own. */
const isSamePlace = (origin: Origin, place: HostPort | undefined): boolean =>
  place !== undefined &&
  origin.host === place.host &&
  (origin.port ?? origin.defaultPort) === (place.port ?? origin.defaultPort);

function isOwnOrigin(
  text: string,
  host: string | undefined,
  { corsOrigin, publicNames }: SiteRules,
): boolean {
  if (text === corsOrigin) return true;
  const origin = parseOrigin(text);
  return (
    origin !== undefined &&
    [host ?? '', ...publicNames].some((name) => isSamePlace(origin, parseHostPort(name)))
  );
}

/**
 * Whether `Host` names this server: of every request, reads too, for a page whose name was bound to our address could
 * read the answers. Without the header, or with an empty one, the client is no browser.
 */
export function hostRefusal(host: string | undefined, rules: SiteRules): SiteRefusal | undefined {
  if (host === undefined || host.trim() === '') return undefined;
  const named = parseHostPort(host);
  if (!named) return { status: 400, cause: 'host', text: 'Host is neither a host nor a host and a port.' };
  if (rules.hosts === 'any' || isLoopbackHost(named.host)) return undefined;
  if (rules.hosts === 'named or address' && isIpAddress(named.host)) return undefined;
  if (rules.hostNames.some((name) => parseHostPort(name)?.host === named.host)) return undefined;
  return { status: 403, cause: 'host', text: `This server does not answer to the name ${named.host}.` };
}

const OWN_SITES: ReadonlySet<string> = new Set(['same-origin', 'none']);

/** Whether a request that may change something can have come from a page of another site. */
export function writeRefusal(
  { contentType, fetchSite, host, origin }: RequestSource,
  content: ContentRule,
  rules: SiteRules,
): SiteRefusal | undefined {
  if (origin === undefined && fetchSite === undefined) return undefined;
  if (origin !== undefined && !isOwnOrigin(origin, host, rules))
    return { status: 403, cause: 'origin', text: `Pages of ${origin} may not call this server.` };
  const granted = origin !== undefined && origin === rules.corsOrigin;
  if (fetchSite !== undefined && !granted && !OWN_SITES.has(fetchSite))
    return {
      status: 403,
      cause: 'site',
      text: `A browser sent this for a page of another site (Sec-Fetch-Site: ${fetchSite}).`,
    };
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (content === 'json' && type !== 'application/json')
    return { status: 415, cause: 'type', text: 'A browser must send application/json here.' };
  if (content === 'a type' && type === '')
    return { status: 415, cause: 'type', text: 'A browser must say the Content-Type here.' };
  return undefined;
}
