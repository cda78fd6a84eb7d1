import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An observer that has one file for whatever task it is asked about. */
export interface FakeObserver {
  readonly url: string;
  /** Paths that it was asked for. */
  readonly asked: string[];
  content: Buffer;
  close(): void;
}

export async function fakeObserver(): Promise<FakeObserver> {
  const asked: string[] = [];
  const self = { asked, content: Buffer.from('one\ntwo\n') };
  const server: Server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', 'http://observer');
    asked.push(url.pathname);
    if (url.pathname === '/j/processes') {
      const id = url.searchParams.get('task_id') ?? '';
      outgoing.end(JSON.stringify({ [id]: { main: { process_run: 0, state: 'RUNNING' } } }));
      return;
    }
    if (url.pathname.startsWith('/j/browse/')) {
      outgoing.end(JSON.stringify({ entries: [{ name: 'stdout', kind: 'file', size: 8, mtime: 1 }] }));
      return;
    }
    const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(incoming.headers.range ?? '') ?? [];
    const { content } = self;
    const from = first === '' ? Math.max(0, content.length - Number(last)) : Number(first);
    const to = first === '' ? content.length : Math.min(content.length, Number(last) + 1);
    if (!url.pathname.endsWith('/stdout')) outgoing.writeHead(404).end();
    else if (from >= content.length)
      outgoing.writeHead(416, { 'Content-Range': `bytes */${content.length}` }).end();
    else
      outgoing
        .writeHead(206, { 'Content-Range': `bytes ${from}-${to - 1}/${content.length}` })
        .end(content.subarray(from, to));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return Object.assign(self, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  });
}
