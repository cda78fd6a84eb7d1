import { readFileSync } from 'node:fs';
import { messageOf } from '../base/errors.ts';
import { netrcAuthorization } from './netrc.ts';
import { axiosProxy, type NamedProxy, proxyFor, proxyText } from './proxy.ts';
import type { Session } from './session.ts';

/** How one HTTP request ended. */
export type Posted =
  | { readonly kind: 'answered'; readonly body: Uint8Array }
  | { readonly kind: 'unauthorised'; readonly text: string }
  /** Another attempt may go better. */
  | { readonly kind: 'failed'; readonly text: string }
  /** It was not carried out, and never will be as long as nobody changes something. */
  | { readonly kind: 'hopeless'; readonly text: string; readonly next: string };

/** The original had no limit; a scheduler that writes a big job to its log takes seconds. */
const CALL_TIMEOUT_MS = 60_000;
const MOST_REDIRECTS = 5;
const THRIFT = 'application/vnd.apache.thrift.binary';

/** Answers below 500 that a later attempt may change: timeout, too early, too many. */
const PASSING = new Set([408, 425, 429]);

/** Nothing was sent, and waiting does not help: nobody listens there, or there is no such name. */
const NO_PROXY_THERE = new Set(['ECONNREFUSED', 'ENOTFOUND']);

/** All repeat the request as it was: 301 and 302 too, for a scheduler behind an old proxy. */
const REDIRECTS = new Set([301, 302, 307, 308]);

type Network = Pick<Session, 'env' | 'signal' | 'userAgent' | 'bypassLeader'>;

/**
 * Sends a Thrift message and follows redirects. Credentials come from the netrc file, for every host its own; none are
 * sent in clear after a redirect from https. A proxy is asked that the environment names (see proxy.ts). Never throws for what the network or the other side does; rejects with the
 * signal's reason when the user interrupts.
 */
export async function postThrift(url: string, body: Uint8Array, network: Network): Promise<Posted> {
  network.signal.throwIfAborted();
  let target = new URL(url);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const isDowngrade = target.protocol === 'http:' && url.startsWith('https:');
    const answer = await attempt(target, body, network, !isDowngrade);
    if ('kind' in answer) return answer;
    target = answer.redirect;
  }
  return { kind: 'hopeless', text: `${url}: more than ${MOST_REDIRECTS} redirects`, next: LOOK_AT_ADDRESS };
}

const LOOK_AT_ADDRESS = 'see whether scheduler_uri is that of a scheduler';

async function attempt(
  target: URL,
  body: Uint8Array,
  network: Network,
  withCredentials: boolean,
): Promise<Posted | { readonly redirect: URL }> {
  let proxy: NamedProxy | undefined;
  try {
    proxy = proxyFor(target, network.env);
    const { status, statusText, headers, data } = await send(target, body, network, withCredentials, proxy);
    if (status === 200) return { kind: 'answered', body: data };
    const { location } = headers as { readonly location?: string };
    if (REDIRECTS.has(status) && location) return { redirect: new URL(location, target) };
    const text = `${status} ${statusText} from ${target}${through(proxy)}`;
    if (status === 401 || status === 403) return { kind: 'unauthorised', text };
    return status >= 400 && status < 500 && !PASSING.has(status)
      ? { kind: 'hopeless', text, next: proxy ? changeProxy(proxy, target) : LOOK_AT_ADDRESS }
      : { kind: 'failed', text };
  } catch (error) {
    network.signal.throwIfAborted();
    return failure(error, target, proxy);
  }
}

const through = (proxy: NamedProxy | undefined): string => (proxy ? ` through ${proxyText(proxy)}` : '');
const changeProxy = ({ variable }: NamedProxy, { hostname }: URL): string =>
  `correct ${variable}, or put ${hostname} into NO_PROXY`;

function failure(error: unknown, target: URL, proxy: NamedProxy | undefined): Posted {
  const { code, input } = error as { readonly code?: string; readonly input?: string };
  const text = `${target}${through(proxy)}: ${reasonOf(error)}`;
  if (code === 'ERR_INVALID_URL')
    return {
      kind: 'hopeless',
      text: `the environment names "${input}" as the proxy for ${target}, which is no address`,
      next: 'correct http_proxy, https_proxy or all_proxy',
    };
  if (proxy && NO_PROXY_THERE.has(code ?? ''))
    return { kind: 'hopeless', text, next: changeProxy(proxy, target) };
  return isCertificateError(code)
    ? { kind: 'hopeless', text, next: 'give the certificates to trust with REQUESTS_CA_BUNDLE=FILE' }
    : { kind: 'failed', text };
}

/** OpenSSL's verdicts on a certificate, as Node spells them. */
const isCertificateError = (code = ''): boolean =>
  /CERT|^UNABLE_TO_(?:GET|VERIFY)/.test(code) && !code.startsWith('ERR_OSSL');

async function send(
  url: URL,
  body: Uint8Array,
  network: Network,
  withCredentials: boolean,
  proxy: NamedProxy | undefined,
) {
  const { env, signal, userAgent = 'Aurora V2', bypassLeader = false } = network;
  const { default: axios } = await import('axios');
  const authorization = withCredentials ? netrcAuthorization(env, url.hostname) : undefined;
  return axios.request<Buffer>({
    url: url.href,
    method: 'POST',
    adapter: 'http',
    data: Buffer.from(body),
    headers: {
      Accept: THRIFT,
      // a kept connection may die just when it is used again, and then nobody knows whether the call was carried out
      Connection: 'close',
      'Content-Type': THRIFT,
      'User-Agent': userAgent,
      ...(bypassLeader ? { 'Bypass-Leader-Redirect': 'true' } : {}),
      ...(authorization ? { Authorization: authorization } : {}),
    },
    httpsAgent: url.protocol === 'https:' ? await trustingAgent(env) : undefined,
    maxRedirects: 0,
    proxy: axiosProxy(proxy),
    responseType: 'arraybuffer',
    signal,
    timeout: CALL_TIMEOUT_MS,
    transformRequest: [],
    transformResponse: [],
    validateStatus: () => true,
  });
}

/** Why a request failed. Connection errors to several addresses arrive together, without a text of their own. */
export function reasonOf(error: unknown): string {
  const { cause, code } = error as { cause?: unknown; code?: string };
  const errors = (cause as { errors?: readonly unknown[] } | undefined)?.errors;
  return errors?.map(messageOf).join(', ') || messageOf(error) || String(code);
}

/** Trusts the certificates that the environment names; the variables are those of the original's HTTP library. */
export async function trustingAgent(env: Session['env']) {
  const bundle = env.REQUESTS_CA_BUNDLE || env.CURL_CA_BUNDLE;
  if (!bundle) return undefined;
  const { Agent } = await import('node:https');
  return new Agent({ ca: readFileSync(bundle) });
}
