import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { proxyFor, proxyText } from '../../src/client/proxy.ts';
import { postThrift } from '../../src/client/transport.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('proxies');

const through = (url: string, env: Record<string, string>): string => {
  const proxy = proxyFor(new URL(url), env);
  return proxy ? proxyText(proxy) : 'direct';
};
const ALL = { http_proxy: 'http://me:secret@proxy:3128', HTTPS_PROXY: 'proxy2:8080', no_proxy: '' };

test('an address has the proxy of its scheme; small letters win', () => {
  assert.is(through('http://far/api', ALL), 'the proxy http://proxy:3128 (http_proxy)');
  assert.is(through('https://far/api', ALL), 'the proxy http://proxy2:8080 (HTTPS_PROXY)');
  assert.is(through('http://far', { all_proxy: 'p:1' }), 'the proxy http://p:1 (all_proxy)');
  assert.is(
    through('http://far', { HTTP_PROXY: 'http://a:1', http_proxy: 'http://b:2' }),
    'the proxy http://b:2 (http_proxy)',
  );
  assert.is(through('http://far', {}), 'direct');
});

test('this machine is never asked through a proxy', () => {
  for (const host of [
    'localhost',
    'LOCALHOST',
    'a.localhost',
    '127.0.0.1',
    '127.9.9.9',
    '[::1]',
    'localhost.',
  ])
    assert.is(through(`http://${host}:8081/api`, ALL), 'direct', host);
});

/** Host, list, and whether curl asks it directly. */
const EXCEPTED: readonly (readonly [string, string, boolean])[] = [
  ['far.example.com', 'example.com', true],
  ['far.example.com', '.example.com', true],
  ['example.com', '.example.com', true],
  ['farexample.com', 'example.com', false],
  ['far.example.com', 'FAR.EXAMPLE.COM', true],
  ['far.example.com.', 'example.com', true],
  ['far.example.com', 'example.com.', true],
  ['far.example.com', 'other, example.com', true],
  ['far.example.com', 'other example.com', true],
  ['far.example.com', '*', true],
  ['far.example.com', '*.example.com', false],
  ['far.example.com', 'other,*', false],
  ['far.example.com', 'com.', true],
  ['10.1.2.3', '10.1.2.3', true],
  ['10.1.2.3', '1.2.3', false],
  ['10.1.2.3', '10.1.0.0/16', true],
  ['10.2.2.3', '10.1.0.0/16', false],
  ['10.1.2.3', '10.1.2.3/99', false],
  ['10.1.2.3', '0.0.0.0/0', true],
  ['[2001:db8::1]', '2001:db8::/32', true],
  ['[2001:db8::1]', '[2001:db8:0::1]', true],
  ['[2001:db9::1]', '2001:db8::/32', false],
  ['[2001:db8::1]', '10.0.0.0/0', false],
];
for (const [host, list, direct] of EXCEPTED) {
  test(`NO_PROXY=${list}: ${host} is asked ${direct ? 'directly' : 'through the proxy'}`, () => {
    const proxy = direct ? 'direct' : 'the proxy http://p:1 (HTTP_PROXY)';
    assert.is(through(`http://${host}/`, { HTTP_PROXY: 'http://p:1', NO_PROXY: list }), proxy);
  });
}

async function listening(answer: (url: string) => number): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(answer(request.url ?? '')).end('here');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}
const close = (server: Server) => new Promise((done) => server.close(done));
const portOf = (server: Server) => (server.address() as AddressInfo).port;
const post = (url: string, env: Record<string, string>) =>
  postThrift(url, Buffer.from('x'), {
    env: { HOME: '/nowhere', ...env },
    signal: new AbortController().signal,
  });

test('a far address is asked through the proxy, a near one is not', async () => {
  const asked: string[] = [];
  const proxy = await listening((url) => asked.push(url) && 200);
  const near = await listening(() => 200);
  const env = { HTTP_PROXY: `127.0.0.1:${portOf(proxy)}` };
  assert.is((await post('http://scheduler.example:8081/api', env)).kind, 'answered');
  assert.equal(asked, ['http://scheduler.example:8081/api']);
  assert.is((await post(`http://127.0.0.1:${portOf(near)}/api`, env)).kind, 'answered');
  assert.is(asked.length, 1);
  await Promise.all([close(proxy), close(near)]);
});

test('a proxy that is dead, refuses or is no address is named, and nothing is tried again', async () => {
  const proxy = await listening(() => 407);
  const env = { HTTP_PROXY: `http://127.0.0.1:${portOf(proxy)}` };
  const url = 'http://scheduler.example/api';
  const name = `the proxy http://127.0.0.1:${portOf(proxy)} (HTTP_PROXY)`;
  const next = 'correct HTTP_PROXY, or put scheduler.example into NO_PROXY';
  assert.equal(await post(url, env), {
    kind: 'hopeless',
    text: `407 Proxy Authentication Required from ${url} through ${name}`,
    next,
  });
  await close(proxy);
  const dead = await post(url, env);
  assert.is(dead.kind, 'hopeless');
  if (dead.kind !== 'hopeless') return;
  assert.match(dead.text, `${url} through ${name}: `);
  assert.match(dead.text, 'ECONNREFUSED');
  assert.is(dead.next, next);
  const odd = await post(url, { HTTP_PROXY: 'http://[bad' });
  assert.is(odd.kind, 'hopeless');
  assert.match(odd.kind === 'hopeless' ? odd.text : '', /names "http:\/\/\[bad" as the proxy/);
});

test('an answer that no later attempt changes is not waited for; one that may change is', async () => {
  let status = 404;
  const server = await listening(() => status);
  for (const [code, kind] of [
    [404, 'hopeless'],
    [405, 'hopeless'],
    [413, 'hopeless'],
    [408, 'failed'],
    [429, 'failed'],
    [502, 'failed'],
  ] as const) {
    status = code;
    assert.is((await post(`http://127.0.0.1:${portOf(server)}/api`, {})).kind, kind, String(code));
  }
  await close(server);
});

test.run();
