import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy as some companies have them: it passes a reply on when all of it is there, and a stream never is. */
export interface HoldingProxy {
  readonly origin: string;
  close(): void;
}

export async function holdingProxy(port: number): Promise<HoldingProxy> {
  const server = createServer((incoming, outgoing) => {
    const onward = request(
      { port, host: '127.0.0.1', path: incoming.url, method: incoming.method, headers: incoming.headers },
      (reply) => {
        const parts: Buffer[] = [];
        reply.on('data', (part: Buffer) => void parts.push(part));
        reply.on('end', () => {
          const { 'transfer-encoding': _, ...headers } = reply.headers;
          outgoing.writeHead(reply.statusCode ?? 502, headers).end(Buffer.concat(parts));
        });
        reply.on('error', () => outgoing.destroy());
      },
    );
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
