/**
 * Decides which requests a web page of another site may have made. A browser sends such requests with the rights of its
 * user, and to addresses that only the user's machine can reach. Programs send neither `Origin` nor `Sec-Fetch-Site`.
 * Every HTTP server of ours asks here before it handles a request.
 */
import { type HostPort, isIpAddress, isLoopbackHost, parseHostPort } from './host-port.ts';

/** The parts of a request that tell where it comes from: raw header values; repeated headers are joined by commas. */
export interface RequestSource {
  /** Undefined when an HTTP/1.0 client sends none. */
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly contentType: string | undefined;
}

/** What a server accepts. */
export interface SiteRules {
  /**
   * Which `Host` values are accepted besides loopback names and `hostNames`. Addresses are accepted unless the server
   * listens on a loopback address, where a foreign `Host` means that the client was misled by its name server.
   */
  readonly hosts: 'named' | 'named or address' | 'any';
  /** Accepted host names, with or without a port (the port is ignored). */
  readonly hostNames: readonly string[];
  /** `host` or `host:port` under which browsers reach this server, in addition to the request's `Host`. */
  readonly publicNames: readonly string[];
  /** The single other origin whose pages may call. */
  readonly corsOrigin: string | undefined;
}

/** What a browser's request must declare about its body. */
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

/** Ignores the server's scheme, because a proxy may terminate TLS. A missing port means the default port of the origin. */
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

function judgeHost(host: string, rules: SiteRules): SiteRefusal | undefined {
  const named = parseHostPort(host);
  if (!named) return { status: 400, cause: 'host', text: 'Host is neither a host nor a host and a port.' };
  if (rules.hosts === 'any' || isLoopbackHost(named.host)) return undefined;
  if (rules.hosts === 'named or address' && isIpAddress(named.host)) return undefined;
  if (rules.hostNames.some((name) => parseHostPort(name)?.host === named.host)) return undefined;
  return { status: 403, cause: 'host', text: `This server does not answer to the name ${named.host}.` };
}

/** The last verdict by each set of rules. A program that makes thousands of calls sends the same `Host` with each. */
const last = new WeakMap<SiteRules, { readonly host: string; readonly refusal: SiteRefusal | undefined }>();

/**
 * Refuses a request whose `Host` does not name this server. Applies to reads too: a page whose own name was made to
 * resolve to our address (DNS rebinding) could otherwise read the answers. A missing or empty header is accepted, since
 * it does not come from a browser.
 */
export function hostRefusal(host: string | undefined, rules: SiteRules): SiteRefusal | undefined {
  if (host === undefined || host.trim() === '') return undefined;
  const known = last.get(rules);
  if (known?.host === host) return known.refusal;
  const refusal = judgeHost(host, rules);
  last.set(rules, { host, refusal });
  return refusal;
}

const OWN_SITES: ReadonlySet<string> = new Set(['same-origin', 'none']);

/** Refuses a write that may come from a page of another site. */
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
