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

/**
 * Sends a Thrift message and follows redirects, which repeat method and body. Credentials come from the netrc file,
 * for every host its own. Never throws for what the network or the other side does; rejects with the signal's reason
 * when the user interrupts.
 */
export async function postThrift(
  url: string,
  body: Uint8Array,
  { env, signal }: Pick<Session, 'env' | 'signal'>,
): Promise<Posted> {
  signal.throwIfAborted();
  const { default: axios } = await import('axios');
  const { hostname, protocol } = new URL(url);
  const authorization = netrcAuthorization(env, hostname);
  const headers: Record<string, string> = {
    Accept: THRIFT,
    'Content-Type': THRIFT,
    'User-Agent': 'Aurora V2',
  };
  if (authorization) headers.Authorization = authorization;
  try {
    const { status, statusText, data } = await axios.request<Buffer>({
      url,
      method: 'POST',
      adapter: 'http',
      data: Buffer.from(body),
      headers,
      httpsAgent: protocol === 'https:' ? await trustingAgent(env) : undefined,
      maxRedirects: MOST_REDIRECTS,
      responseType: 'arraybuffer',
      signal,
      timeout: CALL_TIMEOUT_MS,
      transformRequest: [],
      transformResponse: [],
      validateStatus: () => true,
      beforeRedirect(next) {
        const downgraded = protocol === 'https:' && next.protocol !== 'https:';
        const own = downgraded ? undefined : netrcAuthorization(env, String(next.hostname));
        if (own) next.headers.Authorization = own;
      },
    });
    if (status === 200) return { kind: 'answered', body: data };
    const text = `${status} ${statusText} from ${url}`;
    return status === 401 || status === 403 ? { kind: 'unauthorised', text } : { kind: 'failed', text };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'failed', text: `${url}: ${reasonOf(error)}` };
  }
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
