import { readFileSync } from 'node:fs';
import { messageOf } from '../base/errors.ts';
import { netrcAuthorization } from './netrc.ts';
import type { Session } from './session.ts';

/** How one HTTP request ended. */
export type Posted =
  | { readonly kind: 'answered'; readonly body: Uint8Array }
  | { readonly kind: 'unauthorised'; readonly text: string }
  | { readonly kind: 'failed'; readonly text: string };

/** The original had no limit; a scheduler that writes a big job to its log takes seconds. */
const CALL_TIMEOUT_MS = 60_000;
const MOST_REDIRECTS = 5;
const THRIFT = 'application/vnd.apache.thrift.binary';

/** All repeat the request as it was: 301 and 302 too, for a scheduler behind an old proxy. */
const REDIRECTS = new Set([301, 302, 307, 308]);

type Network = Pick<Session, 'env' | 'signal' | 'userAgent' | 'bypassLeader'>;

/**
 * Sends a Thrift message and follows redirects. Credentials come from the netrc file, for every host its own; none are
 * sent in clear after a redirect from https. Never throws for what the network or the other side does; rejects with the
 * signal's reason when the user interrupts.
 */
export async function postThrift(url: string, body: Uint8Array, network: Network): Promise<Posted> {
  network.signal.throwIfAborted();
  try {
    let target = new URL(url);
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const isDowngrade = target.protocol === 'http:' && url.startsWith('https:');
      const { status, statusText, headers, data } = await send(target, body, network, !isDowngrade);
      if (status === 200) return { kind: 'answered', body: data };
      if (!REDIRECTS.has(status) || !headers.location) {
        const text = `${status} ${statusText} from ${target}`;
        return status === 401 || status === 403 ? { kind: 'unauthorised', text } : { kind: 'failed', text };
      }
      target = new URL(headers.location, target);
    }
    return { kind: 'failed', text: `${url}: more than ${MOST_REDIRECTS} redirects` };
  } catch (error) {
    network.signal.throwIfAborted();
    return { kind: 'failed', text: `${url}: ${reasonOf(error)}` };
  }
}

async function send(url: URL, body: Uint8Array, network: Network, withCredentials: boolean) {
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
