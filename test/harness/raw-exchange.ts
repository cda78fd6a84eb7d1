import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** In lower case, name and value. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Reads one answer with a Content-Length, or whose body ends with the connection. */
function answerOf(received: string, ended: boolean): RawAnswer | undefined {
  // An interim answer says only that the body may come.
  const text = received.replace(/^HTTP\/1\.1 100 [^\r]*\r\n\r\n/, '');
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [start = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const body = text.slice(end + 4);
  const length = headers.get('content-length');
  const whole = length === undefined ? ended || body.endsWith('0\r\n\r\n') : body.length >= Number(length);
  return whole ? { status: Number(start.split(' ')[1]), headers, body } : undefined;
}

/** Sends bytes as they are over a connection that is there, and reads the answer. */
export const exchange = (socket: Socket, bytes: string): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    let text = '';
    const look = (ended: boolean) => {
      const answer = answerOf(text, ended);
      if (!answer && !ended) return;
      for (const name of ['data', 'end', 'error']) socket.removeAllListeners(name);
      if (answer) resolve(answer);
      else reject(new Error(`no answer, but: ${text}`));
    };
    socket.on('data', (part) => {
      text += part.toString('latin1');
      look(false);
    });
    socket.on('end', () => look(true));
    socket.on('error', reject);
    socket.write(bytes, 'latin1');
  });

/** The lines of a head, with CRLF, and the body. */
export const rawRequest = (start: string, lines: readonly string[], body = ''): string =>
  [start, ...lines, ...(body === '' ? [] : [`Content-Length: ${body.length}`]), '', body].join('\r\n');

/** One request over a connection of its own. */
export async function ask(
  port: number,
  start: string,
  lines: readonly string[],
  body = '',
): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1');
  try {
    return await exchange(socket, rawRequest(start, lines, body));
  } finally {
    socket.destroy();
  }
}
