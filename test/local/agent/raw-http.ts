import { connect } from 'node:net';

/** One request over one connection, and what comes back, byte for byte as the wire has it. */
export interface RawExchange {
  head: { readonly start: string; readonly headers: readonly (readonly [string, string])[] } | undefined;
  /** Chunks of the answer that have not been looked at; a whole body of known length is one chunk. */
  readonly chunks: Buffer[];
  /** The last chunk, or all of the body, came. */
  complete: boolean;
  closed: boolean;
  /** Breaks the connection. */
  close(): void;
  /** The same request over a new connection. */
  repeat(): RawExchange;
}

/** Sends `head` (request line and headers, without the empty line) and `body`. */
export function rawRequest(port: number, head: string, body: Buffer): RawExchange {
  const socket = connect(port, '127.0.0.1');
  let rest = Buffer.alloc(0);
  let chunked = false;
  let left = 0;
  const exchange: RawExchange = {
    head: undefined,
    chunks: [],
    complete: false,
    closed: false,
    close: () => void socket.destroy(),
    repeat() {
      socket.destroy();
      return rawRequest(port, head, body);
    },
  };

  const readHead = (): boolean => {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const [start = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const headers = lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
    });
    rest = rest.subarray(end + 4);
    exchange.head = { start, headers };
    const value = (name: string) => headers.find(([key]) => key.toLowerCase() === name)?.[1];
    chunked = value('transfer-encoding') === 'chunked';
    left = Number(value('content-length') ?? 0);
    return true;
  };
  const readChunk = (): boolean => {
    const line = rest.indexOf('\r\n');
    if (line < 0) return false;
    const size = Number.parseInt(rest.subarray(0, line).toString('latin1'), 16);
    if (rest.length < line + 2 + size + 2) return false;
    if (size === 0) exchange.complete = true;
    else exchange.chunks.push(rest.subarray(line + 2, line + 2 + size));
    rest = rest.subarray(line + 2 + size + 2);
    return !exchange.complete;
  };
  const readAll = () => {
    if (!exchange.head && !readHead()) return;
    while (chunked && !exchange.complete && readChunk());
    if (chunked || exchange.complete || rest.length < left) return;
    if (left > 0) exchange.chunks.push(rest);
    exchange.complete = true;
  };

  socket.on('data', (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    readAll();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    exchange.closed = true;
  });
  socket.write(Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), body]));
  return exchange;
}
