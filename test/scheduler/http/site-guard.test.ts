import { Hono } from 'hono';
import { CALLS, callOf, encodeMessage } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import type { CallerEnv } from '../../../src/scheduler/http/caller.ts';
import { httpApp } from '../../../src/scheduler/http/http-app.ts';
import { siteRules } from '../../../src/scheduler/http/site-rules.ts';
import { standbyApp } from '../../../src/scheduler/http/standby-app.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { assert, count, suite } from '../../harness/index.ts';
import { ask } from '../../harness/raw-exchange.ts';
import { ANY_SITE } from '../builders.ts';
import { testScheduler } from '../running.ts';

const test = suite('requests of foreign pages');

function setUp(sites = ANY_SITE) {
  const clock = manualClock();
  const counted = counters(clock);
  const calls: string[] = [];
  const common = { clock, counters: counted, log: silentLogger, sites, healthy: () => true };
  const pages = new Hono<CallerEnv>();
  pages.all('*', (c) => c.text('here'));
  const app = httpApp({
    ...common,
    dispatch: async ({ method }) => {
      calls.push(method);
      return { responseCode: 'OK' };
    },
    pages,
    leader: () => 'self',
    leading: () => true,
  });
  const standby = standbyApp({ ...common, clusterName: 'west', statsUrlPrefix: '', leader: () => 'nobody' });
  return { app, standby, calls, counted };
}

const HOST = 'aurora.example.com:8081';
const EVIL = { Host: HOST, Origin: 'http://evil.example' };
/** What a page can send without asking first, and without a word of the server. */
const HOSTILE: readonly Readonly<Record<string, string>>[] = [
  { ...EVIL, 'Content-Type': 'text/plain' },
  { ...EVIL, 'Content-Type': 'application/x-www-form-urlencoded' },
  { ...EVIL, 'Content-Type': 'multipart/form-data; boundary=x' },
  EVIL,
  { ...EVIL, 'Content-Type': 'application/json' },
  { Host: HOST, Origin: 'null', 'Content-Type': 'text/plain' },
  { Host: HOST, 'Sec-Fetch-Site': 'cross-site' },
  { Host: HOST, 'Sec-Fetch-Site': 'same-site', 'Content-Type': 'text/plain' },
  { Host: HOST, Origin: 'http://127.0.0.1:8081' },
];

test('every route that is not a read, of a leader and of a standby, refuses what a page of another site can send', async () => {
  const { app, calls, counted, standby } = setUp();
  const served = app.routes.filter(({ method }) => method !== 'GET' && method !== 'OPTIONS');
  const paths = new Set([
    ...served.map(({ path }) => path.replace(':method', 'killTasks').replace('*', 'any/path')),
    ...Object.keys(CALLS).map((method) => `/apibeta/${method}`),
    ...['/quitquitquit', '/abortabortabort', '/logconfig', '/mname/a/b/c/0/d'],
  ]);
  assert.ok(paths.has('/api'));
  let refused = 0;
  for (const side of [app, standby])
    for (const path of paths)
      for (const method of path === '/api' ? ['POST', 'PUT', 'DELETE', 'GET'] : ['POST', 'PUT', 'DELETE'])
        for (const headers of HOSTILE) {
          const answer = await side.request(`http://${HOST}${path}`, { method, headers });
          assert.is(answer.status, 403, `${method} ${path} ${JSON.stringify(headers)}`);
          refused++;
        }
  assert.equal(calls, []);
  assert.is(counted.values().counts.get('http_cross_site_refusals'), refused);
  count('hostile requests', refused);
});

test('a page of our own must say application/json at /apibeta, and any type at /api', async () => {
  const { app, calls } = setUp();
  const own = { Host: HOST, Origin: `http://${HOST}`, 'Sec-Fetch-Site': 'same-origin' };
  const post = (path: string, headers: Record<string, string>, body: string) =>
    app.request(`http://${HOST}${path}`, { method: 'POST', headers, body: new TextEncoder().encode(body) });
  assert.is((await post('/apibeta/getJobs', { ...own, 'Content-Type': 'text/plain' }, '{}')).status, 415);
  assert.is((await post('/apibeta/getJobs', own, '{}')).status, 415);
  assert.is((await post('/api', own, '[1,"getJobs",1,0,{}]')).status, 415);
  assert.equal(calls, []);
  assert.is(
    (await post('/apibeta/getJobs', { ...own, 'Content-Type': 'application/json' }, '{}')).status,
    200,
  );
  const thrift = { ...own, 'Content-Type': 'application/vnd.apache.thrift.json; charset=UTF-8' };
  assert.is((await post('/api', thrift, '[1,"getJobs",1,0,{}]')).status, 200);
  assert.equal(calls, ['getJobs', 'getJobs']);
});

test('reads are for everybody, and CORS is for the configured origin, never with credentials', async () => {
  const { app } = setUp({ ...ANY_SITE, corsOrigin: 'https://tools.example.com' });
  const read = await app.request(`http://${HOST}/vars`, { headers: EVIL });
  assert.is(read.status, 200);
  assert.is(read.headers.get('Access-Control-Allow-Origin'), null);
  const headers = {
    Host: HOST,
    Origin: 'https://tools.example.com',
    'Sec-Fetch-Site': 'cross-site',
    'Content-Type': 'application/json',
  };
  const called = await app.request(`http://${HOST}/api`, {
    method: 'POST',
    headers,
    body: encodeMessage(callOf('getJobs', {}), 'json') as Uint8Array<ArrayBuffer>,
  });
  assert.is(called.status, 200);
  assert.is(called.headers.get('Access-Control-Allow-Origin'), 'https://tools.example.com');
  assert.is(called.headers.get('Access-Control-Allow-Credentials'), null);
  const foreign = await app.request(`http://${HOST}/api`, {
    method: 'POST',
    headers: { ...headers, Origin: 'https://x' },
  });
  assert.is(foreign.status, 403);
});

test('the rules are those of the flags', () => {
  const flags = { httpAllowedHosts: [], httpPublicNames: [], ip: undefined, enableCorsFor: undefined };
  const hostsFor = (change: object) => siteRules({ ...flags, ...change }, 'node1').hosts;
  assert.is(hostsFor({}), 'any');
  assert.is(hostsFor({ ip: '10.0.0.7' }), 'any');
  for (const ip of ['127.0.0.1', '127.9.9.9', '::1', 'localhost', '::ffff:127.0.0.1'])
    assert.is(hostsFor({ ip }), 'named', ip);
  assert.is(hostsFor({ httpAllowedHosts: ['a'] }), 'named or address');
  const rules = siteRules({ ...flags, httpAllowedHosts: ['a'], httpPublicNames: ['b:1'] }, 'node1');
  assert.equal(rules.hostNames, ['node1', 'b:1', 'a']);
});

/**
 * Heads of clients of the original as recorded, without the path. Source: the recordings of clients and golden/client.
 */
const CLIENTS: readonly (readonly [who: string, lines: readonly string[], protocol: 'binary' | 'json'])[] = [
  [
    'the Python client, Host without a port',
    [
      'Host: 127.0.0.1',
      'User-Agent: Aurora V2',
      'Accept-Encoding: gzip, deflate',
      'Accept: application/vnd.apache.thrift.binary',
      'Connection: keep-alive',
      'Content-Type: application/vnd.apache.thrift.binary',
      'Bypass-Leader-Redirect: true',
    ],
    'binary',
  ],
  [
    'gorealis, JSON, Content-Type twice',
    [
      'Host: 127.0.0.1:PORT',
      'User-Agent: gorealis v2.22.1',
      'Content-Type: application/x-thrift',
      'Content-Type: application/x-thrift',
      'Accept-Encoding: gzip',
    ],
    'json',
  ],
  [
    'gorealis, binary',
    [
      'Host: 127.0.0.1:PORT',
      'User-Agent: gorealis v2.22.1',
      'Accept: application/vnd.apache.thrift.binary',
      'Content-Type: application/x-thrift',
      'Content-Type: application/vnd.apache.thrift.binary',
      'Accept-Encoding: gzip',
    ].filter((line) => line !== 'Content-Type: application/x-thrift'),
    'binary',
  ],
  [
    'the page of the original',
    [
      'Host: localhost:PORT',
      'Origin: http://localhost:PORT',
      'Sec-Fetch-Site: same-origin',
      'Content-Type: application/vnd.apache.thrift.json; charset=UTF-8',
      'Accept: text/plain, */*; q=0.01',
      'X-Requested-With: XMLHttpRequest',
    ],
    'json',
  ],
  ['curl without a type', ['Host: 127.0.0.1:PORT', 'User-Agent: curl/8.0', 'Accept: */*'], 'json'],
];

test('over a socket on loopback: recorded clients pass, foreign pages and foreign names do not', async () => {
  const scheduler = await testScheduler();
  const port = scheduler.running().httpPort;
  try {
    for (const [who, lines, protocol] of CLIENTS) {
      const body = Buffer.from(encodeMessage(callOf('getRoleSummary', {}, 7), protocol)).toString('latin1');
      const head = lines.map((line) => line.replace('PORT', String(port)));
      const { status } = await ask(port, 'POST /api HTTP/1.1', head, body);
      assert.is(status, 200, who);
    }
    const json = ['Content-Type: application/json'];
    const rebound = await ask(
      port,
      'POST /apibeta/getJobs HTTP/1.1',
      [`Host: evil.example:${port}`, ...json],
      '{}',
    );
    assert.is(rebound.status, 403);
    assert.match(rebound.body, 'evil.example');
    assert.match(rebound.body, '-http_allowed_hosts');
    assert.is((await ask(port, 'GET /state HTTP/1.1', ['Host: evil.example'])).status, 403);
    assert.is((await ask(port, 'GET /vars HTTP/1.1', ['Host: scheduler.example.com:80'])).status, 200);
    assert.is((await ask(port, 'GET /vars HTTP/1.1', ['Host: 127.0.0.1', 'Host: evil.example'])).status, 400);
    assert.is((await ask(port, 'GET /health HTTP/1.0', [])).status, 200, 'a monitor that speaks HTTP/1.0');
    const page = ['Host: 127.0.0.1', 'Origin: http://evil.example', 'Content-Type: text/plain'];
    const created = await ask(port, 'POST /apibeta/createJob HTTP/1.1', page, '{"description":{}}');
    assert.is(created.status, 403);
    const twice = ['Host: 127.0.0.1', 'Origin: http://127.0.0.1', 'Origin: http://evil.example', ...json];
    assert.is((await ask(port, 'POST /apibeta/getJobs HTTP/1.1', twice, '{}')).status, 403);
  } finally {
    await scheduler.stop();
  }
});

test.run();
