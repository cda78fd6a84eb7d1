import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { answerTogether } from '../../src/local/master/http/answers-together.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('answers of the embedded master that leave together');

/**
 * Sends the requests in one write to a server that answers each with its path, in a body of so many bytes, and returns what comes
 * until the connection ends. Answers to /late come in a later turn.
 */
async function answersTo(
  paths: readonly string[],
  bodyBytes: number,
): Promise<{ text: string; writes: number }> {
  let writes = 0;
  const server = createServer((req, res) => {
    const answer = () => {
      const body = bodyBytes === 0 ? '' : `${req.url}`.padEnd(bodyBytes, '.');
      res.writeHead(202, { Path: req.url ?? '', 'Content-Length': body.length });
      res.end(body);
    };
    if (req.url?.startsWith('/late')) setImmediate(() => setImmediate(answer));
    else answer();
  });
  server.on('connection', (socket) => {
    const write = socket.write.bind(socket) as (...parts: unknown[]) => boolean;
    socket.write = ((...parts: unknown[]) => {
      writes++;
      return write(...parts);
    }) as typeof socket.write;
    answerTogether(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes;
    });
    const last = paths.length - 1;
    socket.write(
      paths
        .map(
          (path, at) =>
            `GET ${path} HTTP/1.1\r\nHost: x\r\n${at === last ? 'Connection: close\r\n' : ''}\r\n`,
        )
        .join(''),
    );
    await once(socket, 'end');
    return { text, writes };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const pathsIn = (text: string) => [...text.matchAll(/^Path: (.*)\r$/gm)].map(([, path]) => path);
const numbered = (count: number) => Array.from({ length: count }, (_, at) => `/${at}`);

test('the answers to calls that came together are written together, in the order of the calls', async () => {
  const paths = numbered(200);
  const { text, writes } = await answersTo(paths, 0);
  assert.equal(pathsIn(text), paths);
  assert.ok(writes <= 3, `${writes} writes for 200 answers`);
});

test('an answer that comes late holds back those behind it, and none is lost at the end', async () => {
  const paths = ['/a', '/late', '/b', '/late-too', '/c'];
  assert.equal(pathsIn((await answersTo(paths, 0)).text), paths);
});

test('what was answered before a request that cannot be read still leaves', async () => {
  const { text } = await answersTo(['/a', '/ b c'], 0);
  assert.equal(pathsIn(text), ['/a']);
});

test('short and long bodies stay behind their heads', async () => {
  for (const bytes of [10, 5_000, 100_000]) {
    const { text } = await answersTo(numbered(20), bytes);
    const bodies = text.split(/HTTP\/1\.1 202 Accepted\r\n.*?\r\n\r\n/s).slice(1);
    assert.equal(
      bodies.map((body) => [body.length, body.split('.')[0]]),
      numbered(20).map((path) => [bytes, path]),
    );
  }
});

test.run();
