import type { AxiosResponse } from 'axios';
import { AuroraError } from '../base/errors.ts';
import type { ImageName } from '../dsl/convert/convert.ts';
import { axiosProxy, type NamedProxy, proxyFor, proxyText } from './proxy.ts';
import type { Session } from './session.ts';
import { reasonOf, trustingAgent } from './transport.ts';

/** The registry that is used when the cluster names none. */
export const DEFAULT_REGISTRY = 'https://registry-1.docker.io';

/** The time limit of one request. Only names are looked up, so a registry that is up answers at once. */
const TIMEOUT_MS = 10_000;
const MOST_REDIRECTS = 5;

/**
 * The types of manifests to ask for, in this order. The original only knew the first; images for several platforms, or
 * from newer builders, may not have one of that type.
 */
const MANIFESTS = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.index.v1+json',
] as const;
const DIGEST = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-f]{32,}$/i;

/**
 * Asks a registry for the digests of images. The result maps `name:tag` to the reference that replaces it:
 * `name@sha256:...`, preceded by the registry's host unless it is the default one. Only public images work, because
 * tokens are fetched without credentials.
 * Throws CONFIG when the registry cannot be reached, does not know an image, or requires credentials.
 * Source: the original client's Docker resolver.
 */
export async function imageDigests(
  session: Pick<Session, 'env' | 'signal'>,
  address: string,
  images: readonly ImageName[],
  { timeoutMs = TIMEOUT_MS }: { readonly timeoutMs?: number } = {},
): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  if (images.length === 0) return digests;
  const base = address.replace(/\/+$/, '');
  const prefix = base === DEFAULT_REGISTRY ? '' : `${hostOf(base)}/`;
  const registry: Registry = { session, base, timeoutMs };
  await speaksVersion2(registry);
  for (const image of images) {
    const { name, tag } = image;
    digests.set(`${name}:${tag}`, `${prefix}${name}@${await digestOf(registry, image)}`);
  }
  return digests;
}

interface Registry {
  readonly session: Pick<Session, 'env' | 'signal'>;
  /** The registry's address without a trailing slash. */
  readonly base: string;
  /** The time limit of one request. */
  readonly timeoutMs: number;
}

function hostOf(address: string): string {
  if (/^https?:\/\//.test(address) && URL.canParse(address)) return new URL(address).host;
  throw new AuroraError('CONFIG', `docker_registry ${address} is no address of a registry`, {
    next: 'write it as https://HOST[:PORT] in clusters.json',
  });
}

async function speaksVersion2(registry: Registry): Promise<void> {
  const { base } = registry;
  const { status } = await asked(registry, `${base}/v2/`, {});
  if (status === 200) return;
  throw new AuroraError('CONFIG', `${base} is no Docker registry of version 2: it answered ${status}`, {
    next: 'see docker_registry in clusters.json',
  });
}

async function digestOf(registry: Registry, { name, tag }: ImageName): Promise<string> {
  const { base } = registry;
  let last = 0;
  for (const accept of MANIFESTS) {
    const { status, headers } = await asked(registry, `${base}/v2/${name}/manifests/${tag}`, {
      Accept: accept,
    });
    const digest = String(headers['docker-content-digest'] ?? '');
    if (status === 200 && DIGEST.test(digest)) return digest;
    if (status === 200)
      throw new AuroraError('CONFIG', `${base} knows ${name}:${tag}, but does not tell its digest`);
    last = status;
    if (status !== 404) break;
  }
  const text = last === 404 ? 'does not know' : `answered ${last} when asked for`;
  throw new AuroraError('CONFIG', `the registry ${base} ${text} the image ${name}:${tag}`, {
    next: 'check name and tag; official images of Docker Hub are called library/NAME',
  });
}

type Headers = Readonly<Record<string, string>>;

/** Sends a HEAD request, and repeats it with a token when the registry requires one. */
async function asked(registry: Registry, url: string, headers: Headers) {
  const first = await request(registry, 'HEAD', url, headers);
  if (first.status !== 401) return first;
  const token = await tokenFor(registry, url, String(first.headers['www-authenticate'] ?? ''));
  const second = await request(registry, 'HEAD', url, { ...headers, Authorization: `Bearer ${token}` });
  if (second.status !== 401) return second;
  throw wantsCredentials(url);
}

const wantsCredentials = (url: string) =>
  new AuroraError('CONFIG', `${url} is not for everybody: the registry wants credentials`, {
    next: 'write the digest into the job, or use a registry that answers without credentials',
  });

/**
 * Fetches an anonymous token from the address that the challenge names. Source: the token authentication of Docker
 * registries.
 */
async function tokenFor(registry: Registry, url: string, challenge: string): Promise<string> {
  const [, scheme = '', rest = ''] = /^\s*(\w+)\s*(.*)$/s.exec(challenge) ?? [];
  const { realm, ...parameters } = Object.fromEntries(
    [...rest.matchAll(/(\w+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))/g)].map(([, name = '', quoted, bare]) => [
      name.toLowerCase(),
      quoted ?? bare ?? '',
    ]),
  );
  if (scheme.toLowerCase() !== 'bearer' || realm === undefined || !/^https?:\/\//.test(realm))
    throw wantsCredentials(url);
  const address = URL.canParse(realm) ? new URL(realm) : undefined;
  if (!address) throw wantsCredentials(url);
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  const { status, data } = await request(registry, 'GET', address.href, { Accept: 'application/json' });
  const token = status === 200 ? tokenIn(data) : undefined;
  if (token !== undefined) return token;
  throw new AuroraError('CONFIG', `${realm} gives no token for ${url}: it answered ${status}`);
}

function tokenIn(body: string): string | undefined {
  try {
    const { token, access_token } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    return [token, access_token].find((one) => typeof one === 'string' && /^[\x21-\x7e]+$/.test(one)) as
      | string
      | undefined;
  } catch {
    return undefined;
  }
}

/** Sends one request and follows redirects; the token is not sent to another host. */
async function request(registry: Registry, method: 'HEAD' | 'GET', url: string, headers: Headers) {
  let target = new URL(url);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const { Authorization, ...open } = headers;
    const own = target.host === new URL(url).host;
    const response = await sent(registry, method, target.href, own ? headers : open);
    const { location } = response.headers;
    if (!REDIRECTS.has(response.status) || !location || !URL.canParse(location, target.href)) return response;
    target = new URL(location, target);
  }
  throw new AuroraError('CONFIG', `${url}: more than ${MOST_REDIRECTS} redirects`);
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

async function sent(
  { session: { env, signal }, timeoutMs }: Registry,
  method: 'HEAD' | 'GET',
  url: string,
  headers: Headers,
): Promise<AxiosResponse<string>> {
  signal.throwIfAborted();
  const { default: axios } = await import('axios');
  let proxy: NamedProxy | undefined;
  try {
    proxy = proxyFor(new URL(url), env);
    return await axios.request<string>({
      url,
      method,
      adapter: 'http',
      headers,
      httpsAgent: url.startsWith('https:')
        ? await trustingAgent({ caFile: env.REQUESTS_CA_BUNDLE || env.CURL_CA_BUNDLE })
        : undefined,
      maxContentLength: LONGEST_ANSWER_BYTES,
      maxRedirects: 0,
      proxy: axiosProxy(proxy),
      responseType: 'text',
      signal,
      timeout: timeoutMs,
      transformResponse: [],
      validateStatus: () => true,
    });
  } catch (error) {
    signal.throwIfAborted();
    const through = proxy ? ` through ${proxyText(proxy)}` : '';
    throw new AuroraError('CONFIG', `${url}${through}: ${reasonOf(error)}`, {
      next: proxy
        ? `see whether the proxy is up, correct ${proxy.variable}, or put the host into NO_PROXY`
        : 'see whether the registry is up, and docker_registry in clusters.json',
      cause: error,
    });
  }
}

/** The size limit of an answer; tokens have a few hundred bytes. */
const LONGEST_ANSWER_BYTES = 2 ** 20;
