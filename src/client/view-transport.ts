import type { IncomingMessage } from 'node:http';
import type { SandboxRefusal } from '../api/views/sandbox-view.ts';
import { AuroraError } from '../base/errors.ts';
import { netrcAuthorization } from './netrc.ts';
import { axiosProxy, proxyFor } from './proxy.ts';
import type { Session } from './session.ts';
import { reasonOf, trustingAgent } from './transport.ts';

/** An answer whose body can be read while it arrives. */
export interface OpenedView {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: IncomingMessage;
}

const MOST_REDIRECTS = 5;
/** The time limit until the answer begins. */
const HEAD_LIMIT_MS = 30_000;
const REDIRECTS = new Set([301, 302, 307, 308]);
const MOST_REFUSAL_BYTES = 64 * 1024;

/**
 * Asks a scheduler for a view, optionally with a JSON body, and follows redirects to the leader.
 * @throws AuroraError NETWORK when nobody answers
 */
export async function openView(
  url: string,
  session: Pick<Session, 'env' | 'signal' | 'userAgent' | 'bypassLeader'>,
  json?: unknown,
): Promise<OpenedView> {
  const { env, signal, userAgent = 'Aurora V2', bypassLeader = false } = session;
  const { default: axios } = await import('axios');
  let target = new URL(url);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const isDowngrade = target.protocol === 'http:' && url.startsWith('https:');
    const authorization = isDowngrade ? undefined : netrcAuthorization(env, target.hostname);
    let answer: { status: number; headers: unknown; data: IncomingMessage };
    try {
      answer = await axios.request<IncomingMessage>({
        url: target.href,
        method: json === undefined ? 'GET' : 'POST',
        adapter: 'http',
        ...(json === undefined ? {} : { data: Buffer.from(JSON.stringify(json)) }),
        headers: {
          Accept: 'application/json, text/event-stream, application/octet-stream',
          'Accept-Encoding': 'identity',
          Connection: 'close',
          ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
          'User-Agent': userAgent,
          ...(bypassLeader ? { 'Bypass-Leader-Redirect': 'true' } : {}),
          ...(authorization ? { Authorization: authorization } : {}),
        },
        httpsAgent: target.protocol === 'https:' ? await trustingAgent(env) : undefined,
        maxRedirects: 0,
        proxy: axiosProxy(proxyFor(target, env)),
        responseType: 'stream',
        signal,
        timeout: HEAD_LIMIT_MS,
        transformRequest: [],
        transformResponse: [],
        validateStatus: () => true,
      });
    } catch (error) {
      signal.throwIfAborted();
      throw new AuroraError('NETWORK', reasonOf(error), { where: target.origin });
    }
    const headers = answer.headers as Readonly<Record<string, unknown>>;
    const { location } = headers;
    if (!REDIRECTS.has(answer.status) || typeof location !== 'string')
      return { status: answer.status, headers, body: answer.data };
    answer.data.destroy();
    target = new URL(location, target);
  }
  throw new AuroraError('NETWORK', `more than ${MOST_REDIRECTS} redirects`, { where: url });
}

/** Reads a whole body. @throws AuroraError NETWORK when it is longer than `mostBytes` or is cut */
export async function wholeBody({ body }: OpenedView, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostBytes) throw new AuroraError('NETWORK', `an answer of more than ${mostBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof AuroraError) throw error;
    throw new AuroraError('NETWORK', `the answer was cut: ${reasonOf(error)}`);
  } finally {
    body.destroy();
  }
  return Buffer.concat(chunks);
}

/** Why a view was refused; undefined unless the refusal comes from a scheduler of ours. */
export async function refusalIn(view: OpenedView): Promise<SandboxRefusal | undefined> {
  try {
    const value = JSON.parse((await wholeBody(view, MOST_REFUSAL_BYTES)).toString('utf8')) as SandboxRefusal;
    return typeof value.code === 'string' && typeof value.error === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
