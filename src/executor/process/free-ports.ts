import { createServer, type Server } from 'node:net';

const listening = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });

/** One port of this machine for each name; all are different and free at this moment. */
export async function freePorts(names: readonly string[]): Promise<Record<string, number>> {
  const servers = names.map(() => createServer());
  const ports = await Promise.all(servers.map(listening));
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return Object.fromEntries(names.map((name, at) => [name, ports[at] as number]));
}
