import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** Nobody whom we tell or ask something answers with more than a few bytes. */
const MOST_ANSWER_BYTES = 64 * 1024;

export interface PostRequest {
  readonly url: URL;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Limit of the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  /** Gives the exchange up. */
  readonly signal?: AbortSignal;
}

export interface PostAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Posts to the URL, straight to its host, on a connection of its own; follows no redirect.
 * @throws Error (as rejection) when there is no whole answer within the limit, however slowly it drips
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
