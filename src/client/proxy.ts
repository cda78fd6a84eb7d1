import { isIP } from 'node:net';
import type { Session } from './session.ts';

type Env = Session['env'];

/** A proxy that the environment names for an address. */
export interface NamedProxy {
  readonly url: URL;
  /** The name of the variable that it comes from, as spelled in the environment. */
  readonly variable: string;
}

/**
 * The proxy for an address, or undefined. It comes from `http_proxy`, `https_proxy` or `all_proxy`, in lower or upper
 * case, unless `no_proxy` contains the host. Loopback addresses never go through a proxy, where they would mean the
 * proxy's own machine. Throws a TypeError when the proxy is not a valid address.
 */
export function proxyFor(target: URL, env: Env): NamedProxy | undefined {
  const host = bare(target.hostname);
  if (isLoopback(host) || isExcepted(host, env.no_proxy ?? env.NO_PROXY ?? '')) return undefined;
  const scheme = target.protocol.replace(':', '');
  for (const name of [`${scheme}_proxy`, 'all_proxy']) {
    const variable = [name, name.toUpperCase()].find((one) => env[one]);
    if (variable) return { url: addressOf(env[variable] as string), variable };
  }
  return undefined;
}

const addressOf = (text: string): URL => new URL(text.includes('://') ? text : `http://${text}`);

/** A host without the brackets of an IPv6 address and without the trailing dot of a full name. */
const bare = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(?:\.\d+){3}$/.test(host);

/**
 * Whether a list in curl's syntax contains the host. A name also matches all hosts below it, with or without a leading
 * dot. An address matches itself, or its network when followed by `/` and a length. `*` matches everything, but only
 * alone.
 */
function isExcepted(host: string, list: string): boolean {
  if (list.trim() === '*') return true;
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) =>
      isIP(host) ? holdsAddress(entry, host) : isSameOrBelow(host, bare(entry.replace(/^\./, ''))),
    );
}

const isSameOrBelow = (host: string, name: string): boolean => host === name || host.endsWith(`.${name}`);

function holdsAddress(entry: string, host: string): boolean {
  const [network = '', width] = entry.split('/');
  const known = bitsOf(bare(network));
  const asked = bitsOf(host);
  if (!known || !asked || known.length !== asked.length) return false;
  if (width !== undefined && !/^\d+$/.test(width)) return false;
  const count = width === undefined ? known.length : Number(width);
  return count <= known.length && known.slice(0, count) === asked.slice(0, count);
}

/** The bits of an IP address as text; undefined when it is not an address. */
function bitsOf(address: string): string | undefined {
  const version = isIP(address);
  if (version === 4)
    return address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  if (version !== 6) return undefined;
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const middle = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array.from({ length: middle }, () => '0'), ...groups(tail)];
  return all.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('');
}

/** `the proxy http://proxy:3128 (HTTPS_PROXY)`, without a password. */
export const proxyText = ({ url, variable }: NamedProxy): string =>
  `the proxy ${url.protocol}//${url.host} (${variable})`;

/** The proxy as an axios option; false keeps axios from looking for one itself. */
export const axiosProxy = (proxy: NamedProxy | undefined) =>
  proxy
    ? {
        protocol: proxy.url.protocol,
        host: bare(proxy.url.hostname),
        port: Number(proxy.url.port) || (proxy.url.protocol === 'https:' ? 443 : 80),
        ...(proxy.url.username
          ? {
              auth: {
                username: decodeURIComponent(proxy.url.username),
                password: decodeURIComponent(proxy.url.password),
              },
            }
          : {}),
      }
    : (false as const);
