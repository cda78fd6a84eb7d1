/** Where a request goes: a host and port, or a Unix socket. */
export type Target = { readonly host: string; readonly port: number } | { readonly socketPath: string };

/** Everything of a POST but its answer. */
export interface Post {
  readonly target: Target;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What is kept of an answer's body. */
export const MAX_TEXT_BYTES = 64 * 1024;

/** An answer that is complete; `text` is cut after 64 KiB. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** `[::1]:5050`, `10.0.0.1:5050` or the path of a socket, for log lines and errors. */
export const nameOf = (target: Target): string => {
  if ('socketPath' in target) return target.socketPath;
  return `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
};

/** What node:http wants to hear about a request. */
export const requestOptions = ({ target, path, headers, body }: Post) => ({
  ...('socketPath' in target ? { socketPath: target.socketPath } : { host: target.host, port: target.port }),
  // A Unix socket has no name of its own, and HTTP/1.1 wants one.
  headers: {
    ...('socketPath' in target ? { Host: 'localhost' } : {}),
    ...headers,
    'Content-Length': String(body.length),
  },
  path,
  method: 'POST',
});

/** What stands before the body on the wire, but for the body's length, which comes last. */
export function requestHead({ target, path, headers }: Omit<Post, 'body'>): string {
  const host = 'socketPath' in target ? 'localhost' : nameOf(target);
  let head = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\n`;
  for (const name of Object.keys(headers)) head += `${name}: ${headers[name]}\r\n`;
  return `${head}Content-Length: `;
}
