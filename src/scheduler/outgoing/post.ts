import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** The largest accepted answer; those whom we call answer with only a few bytes. */
const MOST_ANSWER_BYTES = 64 * 1024;

export interface PostRequest {
  readonly url: URL;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Time limit of the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborts the exchange. */
  readonly signal?: AbortSignal;
}

export interface PostAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Posts to the URL over a new connection, directly to its host (no proxy); does not follow redirects.
 * @throws Error (as a rejection) when the whole answer has not arrived within the limit, even if parts of it have
 */
export function post({ url, body, headers = {}, timeoutMs, signal }: PostRequest): Promise<PostAnswer> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(
      url,
      {
        method: 'POST',
        agent: false,
        headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
        ...(signal ? { signal } : {}),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size > MOST_ANSWER_BYTES)
            request.destroy(new Error(`its answer is over ${MOST_ANSWER_BYTES} bytes`));
        });
        response.on('end', () => {
          clearTimeout(limit);
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
        });
        response.on('error', fail);
      },
    );
    const limit = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    function fail(error: Error) {
      clearTimeout(limit);
      reject(error);
    }
    request.on('error', fail);
    request.end(body);
  });
}
