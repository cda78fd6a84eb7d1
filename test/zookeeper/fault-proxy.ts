/** Stands between a client and a ZooKeeper server and spoils what passes, for tests. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface FaultProxy {
  readonly port: number;
  /** `host:port`. */
  readonly address: string;
  /** Connections taken so far. */
  connections(): number;
  /**
   * What goes wrong from now on, for open and new connections; undefined for nothing. Whether it does is asked for every
   * part that arrives.
   */
  spoil(fault: Fault | undefined): void;
  /** Cuts every connection. */
  cut(): void;
  stop(): Promise<void>;
}

export interface Fault {
  /** Nothing passes in either direction, nothing is closed: a machine that is gone without a word. */
  readonly blackHole?: boolean;
  /** What the client sends does not arrive, what the server sends does. */
  readonly muteClient?: boolean;
  /** What the client sends arrives, what the server answers does not. */
  readonly muteServer?: boolean;
  /** Every part of an answer waits for so long. */
  readonly delayMs?: number;
  /** Cuts a connection when so many bytes of answers have passed on it since the fault was set. */
  readonly cutAfterBytes?: number;
  /** Ends the server's side of the connection only; the client may go on talking to nobody. */
  readonly halfClose?: boolean;
  /** Changes a part of what the client sends. */
  readonly request?: (bytes: Buffer) => Buffer;
}

/** @param host what it listens on. */
export async function startFaultProxy(upstreamPort: number, host = '127.0.0.1'): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  let fault: Fault = {};
  /** Counts from when the fault was set. */
  let passed = new WeakMap<Socket, number>();
  let taken = 0;

  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  };
  function answer(client: Socket, upstream: Socket, bytes: Buffer) {
    if (fault.blackHole || fault.muteServer) return;
    if (fault.halfClose) return void client.end();
    const before = passed.get(client) ?? 0;
    passed.set(client, before + bytes.length);
    const leftBytes = (fault.cutAfterBytes ?? Number.POSITIVE_INFINITY) - before;
    if (bytes.length < leftBytes) return void client.write(bytes);
    client.end(bytes.subarray(0, leftBytes), () => client.destroy());
    upstream.destroy();
  }
  const server = createServer((client) => {
    taken++;
    const upstream = connect(upstreamPort, '127.0.0.1');
    keep(client);
    keep(upstream);
    client.on('data', (bytes: Buffer) => {
      if (!fault.blackHole && !fault.muteClient) upstream.write(fault.request?.(bytes) ?? bytes);
    });
    upstream.on('data', (bytes: Buffer) => {
      if (fault.delayMs === undefined) answer(client, upstream, bytes);
      else setTimeout(() => answer(client, upstream, bytes), fault.delayMs);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => {
      if (!fault.blackHole && !fault.muteServer) client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    address: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    connections: () => taken,
    spoil(next) {
      fault = next ?? {};
      passed = new WeakMap();
    },
    cut,
    stop() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
