import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { postThrift } from '../../src/client/transport.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('calls over HTTP');

const servers: Server[] = [];
let home: string;
test.before(() => {
  home = mkdtempSync(join(tmpdir(), 'aurora-transport-'));
  writeFileSync(join(home, '.netrc'), 'machine 127.0.0.1 login me password secret\n');
});
test.after(() => rmSync(home, { recursive: true, force: true }));
test.afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

async function serve(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

const post = (url: string, signal = new AbortController().signal) =>
  postThrift(url, Buffer.from('question'), { env: { HOME: home }, signal });

test('an answer comes back as it was sent, unpacked', async () => {
  const port = await serve((_, response) => {
    response.setHeader('Content-Encoding', 'gzip');
    response.end(gzipSync(Buffer.from([0, 255, 128, 10])));
  });
  const posted = await post(`http://127.0.0.1:${port}/api`);
  assert.is(posted.kind, 'answered');
  if (posted.kind === 'answered') assert.equal([...posted.body], [0, 255, 128, 10]);
});

test('a redirect repeats the call, with the credentials of the host that it leads to', async () => {
  const seen: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  const port = await serve(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ headers: request.headers, body });
    response.end('here');
  });
  for (const [host, wanted] of [
    ['localhost', undefined],
    ['127.0.0.1', `Basic ${Buffer.from('me:secret').toString('base64')}`],
  ] as const) {
    const first = await serve((_, response) =>
      response.writeHead(307, { Location: `http://${host}:${port}/api` }).end(),
    );
    const posted = await post(`http://127.0.0.1:${first}/api`);
    assert.is(posted.kind, 'answered', JSON.stringify(posted));
    const { headers, body } = seen.pop() ?? {};
    assert.is(body, 'question');
    assert.is(headers?.authorization, wanted);
  }
});

test('redirects that go round in a circle come to an end', async () => {
  let calls = 0;
  const port: number = await serve((_, response) => {
    calls++;
    response.writeHead(307, { Location: '/api' }).end();
  });
  const posted = await post(`http://127.0.0.1:${port}/api`);
  assert.is(posted.kind, 'hopeless');
  assert.ok(calls < 10);
});

test('a cut answer is a failure, not an answer', async () => {
  const port = await serve((_, response) => {
    response.writeHead(200, { 'Content-Length': 100 });
    response.write('half', () => response.destroy());
  });
  assert.is((await post(`http://127.0.0.1:${port}/api`)).kind, 'failed');
});

test('a refused connection, an unknown host and 5xx are failures; 401 and 403 are not to be repeated', async () => {
  const status = { value: 500 };
  const port = await serve((_, response) => void response.writeHead(status.value).end());
  const url = `http://127.0.0.1:${port}/api`;
  assert.equal(await post(url), { kind: 'failed', text: `500 Internal Server Error from ${url}` });
  for (status.value of [401, 403]) assert.is((await post(url)).kind, 'unauthorised');
  const closed = servers.pop() as Server;
  closed.closeAllConnections();
  await new Promise((done) => closed.close(done));
  const refused = await post(url);
  assert.match(refused.kind === 'failed' ? refused.text : '', /ECONNREFUSED/);
});

test('an interrupt ends a call that waits', async () => {
  const interrupt = new AbortController();
  const port = await serve(() => interrupt.abort(new Error('enough')));
  try {
    await post(`http://127.0.0.1:${port}/api`, interrupt.signal);
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, 'enough');
  }
});

test.run();
