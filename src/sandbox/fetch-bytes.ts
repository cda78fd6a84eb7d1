import { type IncomingHttpHeaders, Agent as PlainAgent, type RequestOptions, request } from 'node:http';
import { AuroraError, messageOf } from '../base/errors.ts';

/** A complete answer. */
export interface FetchedBytes {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface FetchLimits {
  /** Limit for the whole exchange. */
  readonly timeoutMs: number;
  /** Longer answers fail with NETWORK. */
  readonly mostBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** Sends requests to observers and agents. Redirects are not followed, since they may lead to unknown servers. */
export interface BytesFetcher {
  /** @throws AuroraError NETWORK, TIMEOUT */
  get(url: string, headers: Readonly<Record<string, string>>, limits: FetchLimits): Promise<FetchedBytes>;
  /** Sends JSON. @throws AuroraError NETWORK, TIMEOUT */
  post(url: string, json: unknown, limits: FetchLimits): Promise<FetchedBytes>;
  close(): void;
}

/** The most connections to one host; further requests wait for one of them. */
const MOST_SOCKETS_PER_HOST = 8;

/** Keeps connections open for reuse until it is closed. */
export function bytesFetcher(): BytesFetcher {
  const plain = new PlainAgent({ keepAlive: true, maxSockets: MOST_SOCKETS_PER_HOST });
  let secure: import('node:https').Agent | undefined;

  async function send(
    url: string,
    options: RequestOptions,
    body: string | undefined,
    { timeoutMs, mostBytes, signal }: FetchLimits,
  ): Promise<FetchedBytes> {
    const target = new URL(url);
    let start: typeof request = request;
    let agent: RequestOptions['agent'] = plain;
    if (target.protocol === 'https:') {
      const https = await import('node:https');
      secure ??= new https.Agent({ keepAlive: true, maxSockets: MOST_SOCKETS_PER_HOST });
      start = https.request as typeof request;
      agent = secure;
    } else if (target.protocol !== 'http:')
      throw new AuroraError('NETWORK', `${url} is neither http nor https`);
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const fail = (error: unknown) => {
        done();
        reject(
          error instanceof AuroraError
            ? error
            : new AuroraError('NETWORK', `${target.host}: ${messageOf(error)}`, { cause: error }),
        );
        sent.destroy();
      };
      const sent = start(target, { ...options, agent }, (answer) => {
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > mostBytes)
            return fail(new AuroraError('NETWORK', `${target.host} answers with too much`));
          chunks.push(chunk);
        });
        answer.once('error', fail);
        answer.once('aborted', () => fail(new Error('the connection was cut')));
        answer.once('end', () => {
          done();
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(chunks),
          });
        });
      });
      const late = setTimeout(
        () => fail(new AuroraError('TIMEOUT', `${target.host} did not answer within ${timeoutMs / 1000} s`)),
        timeoutMs,
      );
      const stop = () => fail(signal?.reason);
      const done = () => {
        clearTimeout(late);
        signal?.removeEventListener('abort', stop);
      };
      signal?.addEventListener('abort', stop, { once: true });
      sent.on('error', fail);
      sent.end(body);
    });
  }

  return {
    get: (url, headers, limits) => send(url, { method: 'GET', headers }, undefined, limits),
    post(url, json, limits) {
      const body = JSON.stringify(json);
      const headers = {
        'Content-Type': 'application/json',
        Accept: 'application/json',
        'Content-Length': String(Buffer.byteLength(body)),
      };
      return send(url, { method: 'POST', headers }, body, limits);
    },
    close() {
      plain.destroy();
      secure?.destroy();
    },
  };
}
