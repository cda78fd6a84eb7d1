import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** A request that waits for its answer. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Number of the connection it came over, counted from 1. */
  readonly connection: number;
  answer(status: number, headers: Readonly<Record<string, string>>, body?: string): void;
  /** Cuts the connection without an answer. */
  cut(): void;
  stream(headers: Readonly<Record<string, string>>): ReplayStream;
}

/** The answer to a SUBSCRIBE while it lasts. */
export interface ReplayStream {
  /** Sends the bytes as HTTP chunks of the given sizes, the last one with whatever is left. */
  write(bytes: Buffer, sizes?: readonly number[]): void;
  /** Ends it with the last chunk. */
  end(): void;
  /** Cuts the connection without the last chunk. */
  cut(): void;
  /** Resolves when the client has gone away or the stream has ended. */
  readonly closed: Promise<void>;
}

export interface ReplayServer {
  readonly port: number;
  /** The next request in order of arrival. */
  next(): Promise<Received>;
  /** Requests that nobody has asked for. */
  waiting(): number;
  close(): Promise<void>;
}

const openStream = (response: ServerResponse): ReplayStream => {
  const closed = new Promise<void>((resolve) => response.on('close', resolve));
  response.on('error', () => {});
  return {
    write(bytes, sizes = []) {
      let at = 0;
      for (const size of sizes) {
        if (at >= bytes.length) break;
        response.write(bytes.subarray(at, at + size));
        at += size;
      }
      if (at < bytes.length) response.write(bytes.subarray(at));
    },
    end: () => response.end(),
    cut: () => response.socket?.destroy(),
    closed,
  };
};

/** A server on a loopback port, or on a Unix socket, that does nothing of its own accord; with `tls` it speaks https. */
export async function replayServer(socketPath?: string, tls?: ServerOptions): Promise<ReplayServer> {
  const arrived: Received[] = [];
  const askers: ((received: Received) => void)[] = [];
  const connections = new Map<Socket, number>();
  let opened = 0;

  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const received: Received = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts),
        connection: connections.get(request.socket) ?? 0,
        answer: (status, headers, body = '') => {
          response.writeHead(status, headers);
          response.end(body);
        },
        cut: () => request.socket.destroy(),
        stream: (headers) => {
          response.writeHead(200, headers);
          response.flushHeaders();
          return openStream(response);
        },
      };
      const asker = askers.shift();
      if (asker) asker(received);
      else arrived.push(received);
    });
  };
  const server = tls ? createTlsServer(tls, onRequest) : createServer(onRequest);
  server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    connections.set(socket, ++opened);
    socket.on('error', () => {});
    socket.on('close', () => connections.delete(socket));
  });
  await new Promise<void>((resolve) =>
    socketPath ? server.listen(socketPath, resolve) : server.listen(0, '127.0.0.1', resolve),
  );
  return {
    port: socketPath ? 0 : (server.address() as AddressInfo).port,
    next: () => {
      const ready = arrived.shift();
      return ready ? Promise.resolve(ready) : new Promise((resolve) => askers.push(resolve));
    },
    waiting: () => arrived.length,
    close: () => {
      for (const socket of connections.keys()) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
