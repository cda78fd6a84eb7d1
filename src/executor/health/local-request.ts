/** Plain HTTP requests to a port of this machine: no proxy, no pooled connections, no following of redirects. */
import { type IncomingMessage, request } from 'node:http';

export interface LocalAnswer {
  readonly code: number;
  /** The body, cut at `longestBody` bytes. */
  readonly body: string;
  /** The Location header, which redirects have. */
  readonly location: string | undefined;
}

interface LocalRequest {
  readonly port: number;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  /** Aborts the request, even while its answer is being read. */
  readonly signal: AbortSignal;
  readonly longestBody: number;
}

/** The addresses of `localhost`. A server may listen on only one of them: the second is tried if the first refuses. */
const HOSTS = ['127.0.0.1', '::1'] as const;

function read(answer: IncomingMessage, longest: number, done: (body: string) => void): void {
  const parts: Buffer[] = [];
  let size = 0;
  const finish = () => done(Buffer.concat(parts).subarray(0, longest).toString('utf8'));
  answer.on('data', (part: Buffer) => {
    parts.push(part);
    size += part.length;
    if (size < longest) return;
    finish();
    answer.destroy();
  });
  answer.once('end', finish);
}

function requestAt(
  host: string,
  { port, path, method, signal, longestBody }: LocalRequest,
): Promise<LocalAnswer> {
  return new Promise((resolve, reject) => {
    const call = request({
      host,
      port,
      path,
      method,
      signal,
      agent: false,
      headers: {
        Host: `localhost:${port}`,
        'User-Agent': 'aurora-executor',
        ...(method === 'POST'
          ? { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': '0' }
          : {}),
      },
    });
    call.once('error', reject);
    call.once('response', (answer) => {
      answer.once('error', reject);
      read(answer, longestBody, (body) =>
        resolve({ code: answer.statusCode ?? 0, body, location: answer.headers.location }),
      );
    });
    call.end();
  });
}

/** @throws the connection's error when there is no complete answer; an abort's error when the signal fires */
export async function localRequest(options: LocalRequest): Promise<LocalAnswer> {
  try {
    return await requestAt(HOSTS[0], options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
    return requestAt(HOSTS[1], options).catch(() => Promise.reject(error));
  }
}
