import { readFileSync } from 'node:fs';
import { AuroraError, messageOf } from '../base/errors.ts';
import { type Access, accessTo } from './access.ts';
import { axiosProxy, type NamedProxy, proxyFor, proxyText } from './proxy.ts';
import type { Session } from './session.ts';

/** How one HTTP request ended. */
export type Posted =
  | {
      readonly kind: 'answered';
      readonly body: Uint8Array;
      /** The time by the other side's clock, epoch milliseconds rounded to a second; NaN when it does not tell. */
      readonly dateMs: number;
    }
  | { readonly kind: 'unauthorised'; readonly text: string; readonly next: string }
  /** The request failed, but another attempt may succeed. */
  | { readonly kind: 'failed'; readonly text: string }
  /** The request was not carried out, and repeating it is pointless until someone fixes the cause. */
  | { readonly kind: 'hopeless'; readonly text: string; readonly next: string };

/** The original has no limit. A scheduler can take seconds to write a big job to its log. */
export const CALL_TIMEOUT_MS = 60_000;
const MOST_REDIRECTS = 5;
const THRIFT = 'application/vnd.apache.thrift.binary';

/** Statuses below 500 after which a later attempt may succeed: timeout, too early, too many requests. */
const PASSING = new Set([408, 425, 429]);

/** Errors after which nothing was sent and waiting does not help: nobody listens, or the name does not exist. */
const NO_PROXY_THERE = new Set(['ECONNREFUSED', 'ENOTFOUND']);

/**
 * All of these repeat the request unchanged, including 301 and 302, which an old proxy in front of a scheduler may
 * send.
 */
const REDIRECTS = new Set([301, 302, 307, 308]);

interface Network extends Pick<Session, 'env' | 'signal' | 'userAgent' | 'bypassLeader' | 'traceparent'> {
  /** Default: from the environment and the netrc file. */
  readonly access?: Access | undefined;
  /** For one request. Default: CALL_TIMEOUT_MS. */
  readonly callTimeoutMs?: number | undefined;
}

/**
 * Sends a Thrift message and follows redirects. The credentials come from `access`; none are sent unencrypted after a
 * redirect from https. If the environment names a proxy, it is used (see proxy.ts). Failures of the network or the
 * other side are returned, never thrown. Rejects with the signal's reason when the user interrupts, and throws CONFIG
 * and AUTH when the credentials or certificates to send are not available.
 */
export async function postThrift(url: string, body: Uint8Array, network: Network): Promise<Posted> {
  network.signal.throwIfAborted();
  let target = new URL(url);
  const own = { ...network, access: network.access ?? accessTo(undefined, network.env) };
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const isDowngrade = target.protocol === 'http:' && url.startsWith('https:');
    const answer = await attempt(target, body, own, !isDowngrade);
    if ('kind' in answer) return answer;
    target = answer.redirect;
  }
  return { kind: 'hopeless', text: `${url}: more than ${MOST_REDIRECTS} redirects`, next: LOOK_AT_ADDRESS };
}

type Entering = Network & { readonly access: Access };

const LOOK_AT_ADDRESS = 'see whether scheduler_uri is that of a scheduler';

async function attempt(
  target: URL,
  body: Uint8Array,
  network: Entering,
  withCredentials: boolean,
): Promise<Posted | { readonly redirect: URL }> {
  let proxy: NamedProxy | undefined;
  try {
    proxy = proxyFor(target, network.env);
    const authorization = withCredentials
      ? await network.access.authorization(target.hostname.replace(/^\[(.*)\]$/, '$1'))
      : undefined;
    const { status, statusText, headers, data } = await send(target, body, network, authorization, proxy);
    if (status === 200) return { kind: 'answered', body: data, dateMs: Date.parse(String(headers.date)) };
    const { location } = headers as { readonly location?: string };
    if (REDIRECTS.has(status) && location) return { redirect: new URL(location, target) };
    const text = `${status} ${statusText} from ${target}${through(proxy)}`;
    if (status === 401 || status === 403)
      return {
        kind: 'unauthorised',
        text,
        // Proxies refuse with 403, too; a scheduler that was sent no login asks for one with 401.
        next:
          proxy && status === 403 && authorization === undefined
            ? `the proxy may refuse it: ${changeProxy(proxy, target)}`
            : refusedLogin(status, authorization, network.access, target),
      };
    return status >= 400 && status < 500 && !PASSING.has(status)
      ? { kind: 'hopeless', text, next: proxy ? changeProxy(proxy, target) : LOOK_AT_ADDRESS }
      : { kind: 'failed', text };
  } catch (error) {
    network.signal.throwIfAborted();
    if (error instanceof AuroraError) throw error;
    return failure(error, target, proxy, network.access);
  }
}

const through = (proxy: NamedProxy | undefined): string => (proxy ? ` through ${proxyText(proxy)}` : '');
const changeProxy = ({ variable }: NamedProxy, { hostname }: URL): string =>
  `correct ${variable}, or put ${hostname} into NO_PROXY`;

/** Advice for a user whose login was refused. */
function refusedLogin(
  status: number,
  authorization: string | undefined,
  { source, advice }: Access,
  { hostname }: URL,
): string {
  if (authorization === undefined)
    return `no credentials were sent: give some for ${hostname} in ~/.netrc, or a token_file in the cluster's entry`;
  return status === 403
    ? `${source} was accepted, but may not do this: ask for the permission`
    : `${source} was refused: ${advice}`;
}

function failure(error: unknown, target: URL, proxy: NamedProxy | undefined, access: Access): Posted {
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
  if (isRefusedCertificate(code))
    return {
      kind: 'unauthorised',
      text,
      next: access.certificateFile
        ? `the certificate ${access.certificateFile} was refused: get another one`
        : "give client_certificate and client_key in the cluster's entry",
    };
  if (!isCertificateError(code)) return { kind: 'failed', text };
  return { kind: 'hopeless', text, next: CERTIFICATE_ADVICE[code ?? ''] ?? TRUST };
}

const TRUST =
  "give the certificates to trust as ca_file in the cluster's entry, or with REQUESTS_CA_BUNDLE=FILE";

const CERTIFICATE_ADVICE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the scheduler needs a new certificate; if it has one, look at this machine's clock",
  CERT_NOT_YET_VALID: "look at this machine's clock",
  ERR_TLS_CERT_ALTNAME_INVALID: 'call the scheduler by a name that its certificate has',
};

/** Whether the other side wants a client certificate, or a different one. */
const isRefusedCertificate = (code = ''): boolean =>
  /^ERR_SSL_\w*ALERT_\w*(?:CERT|UNKNOWN_CA|ACCESS_DENIED)/.test(code);

/** Whether Node's error code is OpenSSL's verdict on a certificate. */
const isCertificateError = (code = ''): boolean =>
  /CERT|^UNABLE_TO_(?:GET|VERIFY)/.test(code) && !code.startsWith('ERR_OSSL');

async function send(
  url: URL,
  body: Uint8Array,
  network: Entering,
  authorization: string | undefined,
  proxy: NamedProxy | undefined,
) {
  const { access, signal, userAgent = 'Aurora V2', bypassLeader = false, traceparent } = network;
  const { default: axios } = await import('axios');
  return axios.request<Buffer>({
    url: url.href,
    method: 'POST',
    adapter: 'http',
    data: Buffer.from(body),
    headers: {
      Accept: THRIFT,
      // A kept connection may close just when it is used again, and then nobody knows whether the call was carried out.
      Connection: 'close',
      'Content-Type': THRIFT,
      'User-Agent': userAgent,
      ...(bypassLeader ? { 'Bypass-Leader-Redirect': 'true' } : {}),
      ...(traceparent ? { traceparent } : {}),
      ...(authorization ? { Authorization: authorization } : {}),
    },
    httpsAgent: url.protocol === 'https:' ? await trustingAgent(access) : undefined,
    maxRedirects: 0,
    proxy: axiosProxy(proxy),
    responseType: 'arraybuffer',
    signal,
    timeout: network.callTimeoutMs ?? CALL_TIMEOUT_MS,
    transformRequest: [],
    transformResponse: [],
    validateStatus: () => true,
  });
}

/** The reason why a request failed. Errors from connecting to several addresses come as one error without a text. */
export function reasonOf(error: unknown): string {
  const { cause, code } = error as { cause?: unknown; code?: string };
  const errors = (cause as { errors?: readonly unknown[] } | undefined)?.errors;
  return errors?.map(messageOf).join(', ') || messageOf(error) || String(code);
}

/**
 * An agent that trusts the certificates of a file and presents a client certificate; undefined when neither is set.
 * Throws CONFIG when a file cannot be read or used.
 */
export async function trustingAgent({
  caFile,
  certificateFile,
  keyFile,
}: Pick<Access, 'caFile' | 'certificateFile' | 'keyFile'>) {
  if (!caFile && !certificateFile && !keyFile) return undefined;
  if (!certificateFile !== !keyFile) {
    throw new AuroraError(
      'CONFIG',
      `a client certificate needs both files, and ${keyFile ?? certificateFile} is alone`,
      {
        next: "give client_certificate and client_key in the cluster's entry",
      },
    );
  }
  const [ca, cert, key] = [caFile, certificateFile, keyFile].map((file) => file && pemOf(file));
  const [{ Agent }, { createSecureContext }] = await Promise.all([import('node:https'), import('node:tls')]);
  try {
    createSecureContext({ ca, cert, key });
  } catch (cause) {
    const { code } = cause as { readonly code?: string };
    const text =
      code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH'
        ? `the key ${keyFile} does not belong to the certificate ${certificateFile}`
        : `${[caFile, certificateFile, keyFile].filter(Boolean).join(', ')}: ${messageOf(cause)}`;
    throw new AuroraError('CONFIG', text, { next: "correct the files of the cluster's entry", cause });
  }
  return new Agent({ ca, cert, key });
}

function pemOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new AuroraError('CONFIG', `a certificate cannot be read: ${messageOf(cause)}`, {
      next: "correct the path in the cluster's entry or the environment",
      cause,
    });
  }
}
