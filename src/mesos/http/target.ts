import { createConnection, type OnReadOpts, type Socket } from 'node:net';

/** Where a request goes: a host and port, or a Unix socket. */
export type Target =
  | {
      readonly host: string;
      readonly port: number;
      /** What the server at this address is called, when that is known: its certificate may have this name. */
      readonly name?: string;
    }
  | { readonly socketPath: string };

/**
 * Opens a connection; takes the place of a plain one where connections are encrypted. What arrives goes to `reading`, or it
 * comes as `data` events, each with memory of its own.
 */
export type Connect = (target: Target, reading: OnReadOpts) => Socket;

/** Opens a connection that is not encrypted. */
export const connectPlainly: Connect = (target, onread) =>
  createConnection({ ...('socketPath' in target ? { path: target.socketPath } : target), onread });

/** As much as Node reads at once. */
const READ_BYTES = 64 * 1024;

/**
 * Reads into the same memory again and again: a chunk is valid until the next one, which does not come while the socket is
 * paused. Memory of its own for every chunk lies outside of V8's heap. V8 counts it, and at 64 MiB looks at its whole heap
 * for what could be freed: with a million tasks every few seconds, for a second or two each time.
 */
export const intoOneBuffer = (read: (chunk: Buffer) => void): OnReadOpts => {
  const memory = Buffer.allocUnsafeSlow(READ_BYTES);
  return {
    buffer: memory,
    callback(bytes) {
      read(memory.subarray(0, bytes));
      return true;
    },
  };
};

/** A POST request without its answer. */
export interface Post {
  readonly target: Target;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text is sent as UTF-8. */
  readonly body: Uint8Array | string;
}

/** How much of an answer's body is kept. */
export const MAX_TEXT_BYTES = 64 * 1024;

/** A complete answer; `text` is cut after 64 KiB. */
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

/** The request up to the value of Content-Length, which comes last, so that the length and the body can be appended. */
export function requestHead({ target, path, headers }: Omit<Post, 'body'>): string {
  const host = 'socketPath' in target ? 'localhost' : nameOf(target);
  let head = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\n`;
  for (const name of Object.keys(headers)) head += `${name}: ${headers[name]}\r\n`;
  return `${head}Content-Length: `;
}
