import { connect } from 'node:net';
import { Hono } from 'hono';
import { callOf, encodeMessage } from '../../../src/api/index.ts';
import { firstLines } from '../../../src/base/first-lines.ts';
import { HEAD_LIMIT_MS, KEEP_ALIVE_MS } from '../../../src/base/keep-alive.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { wantsGzip } from '../../../src/scheduler/http/compression.ts';
import { httpApp } from '../../../src/scheduler/http/http-app.ts';
import { requestProtocol } from '../../../src/scheduler/http/negotiation.ts';
import { type ConnectionTimes, type HttpServer, serveHttp } from '../../../src/scheduler/http/server.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { assert, suite } from '../../harness/index.ts';
import { ask, exchange, rawRequest } from '../../harness/raw-exchange.ts';
import { ANY_SITE } from '../builders.ts';

const test = suite('headers of requests');

const BINARY = 'application/vnd.apache.thrift.binary';
const JSON_TYPE = 'application/vnd.apache.thrift.json';

const LONG = 'x'.repeat(1000);

async function served(times?: ConnectionTimes): Promise<HttpServer & { readonly users: string[] }> {
  const clock = manualClock();
  const users: string[] = [];
  const app = httpApp({
    clock,
    counters: counters(clock),
    log: silentLogger,
    sites: ANY_SITE,
    dispatch: async (_, caller) => {
      users.push(`${caller.user} ${caller.address} ${caller.scheme} ${caller.authenticatedBy}`);
      return { responseCode: 'OK', details: [{ message: LONG }] };
    },
    pages: new Hono(),
    healthy: () => true,
    leader: () => 'nobody',
    leading: () => false,
  });
  return { ...(await serveHttp(app, 0, '127.0.0.1', times && { times })), users };
}

/** Lines beside Host, the protocol of the body, and what comes of it: status, protocol and encoding of the answer. */
const ODDITIES: readonly (readonly [lines: readonly string[], body: 'binary' | 'json', answer: string])[] = [
  [['Content-Type: application/x-thrift', 'Content-Type: application/x-thrift'], 'json', '200 json plain'],
  [['Content-Type: application/x-thrift', `Content-Type: ${BINARY}`], 'json', '200 json plain'],
  [[`Content-Type: ${BINARY}`, 'content-type: application/json'], 'binary', '200 json plain'],
  [['Content-Type: text/plain', 'Content-Type: application/json'], 'json', '415'],
  [['Content-Type: application/json, application/json'], 'json', '200 json plain'],
  [['Content-Type: application/json,text/plain'], 'json', '200 json plain'],
  [['Content-Type: '], 'json', '200 json plain'],
  [['Content-Type:   application/json   '], 'json', '200 json plain'],
  [['CONTENT-TYPE: APPLICATION/X-THRIFT'], 'json', '200 json plain'],
  [[`Content-Type: ${JSON_TYPE};charset=utf-8`], 'json', '200 json plain'],
  [[`Content-Type: ${JSON_TYPE} ; Charset = "UTF-8"`], 'json', '200 json plain'],
  [[`Content-Type: ${JSON_TYPE}; charset=latin1`], 'json', '415'],
  [['Content-Type: application/json; charset=utf-8'], 'json', '415'],
  [['Content-Type: , application/json'], 'json', '500'],
  [['Content-Type: json'], 'json', '500'],
  [[`Accept: ${BINARY}`, `Accept: ${BINARY}`], 'json', '200 binary plain'],
  [[`Accept: ${BINARY}`, 'Accept: */*'], 'json', '200 binary plain'],
  [['Accept: */*', `Accept: ${BINARY}`], 'json', '200 json plain'],
  [[`Accept: ${BINARY.toUpperCase()}`], 'json', '200 binary plain'],
  [[`Accept: ${BINARY}, */*`], 'json', '200 json plain'],
  [[`Accept: ${BINARY};q=1`], 'json', '200 json plain'],
  [['Accept: '], 'json', '200 json plain'],
  [['Accept-Encoding: identity', 'Accept-Encoding: gzip'], 'json', '200 json gzip'],
  [['Accept-Encoding: deflate, GZIP'], 'json', '200 json gzip'],
  [['Accept-Encoding: gzip;q=0'], 'json', '200 json plain'],
  [['Accept-Encoding: '], 'json', '200 json plain'],
  [['Bypass-Leader-Redirect: true', 'Bypass-Leader-Redirect: false'], 'json', '200 json plain'],
  [['Expect: 100-continue'], 'json', '200 json plain'],
  [['X-Unknown: 1', 'X-Unknown: 2'], 'json', '200 json plain'],
];

test('sent twice, as a list, blank, in upper case or with parameters: every header that is read', async () => {
  const server = await served();
  try {
    for (const [lines, protocol, expected] of ODDITIES) {
      const body = Buffer.from(encodeMessage(callOf('getJobs', {}), protocol)).toString('latin1');
      const head = [
        'Host: 127.0.0.1',
        ...lines,
        ...(lines[0]?.startsWith('Bypass') ? [] : ['Bypass-Leader-Redirect: 1']),
      ];
      const answer = await ask(server.port, 'POST /api HTTP/1.1', head, body);
      const { headers, status } = answer;
      const type = headers.get('content-type') === BINARY ? 'binary' : 'json';
      const coding = headers.get('content-encoding') ?? 'plain';
      assert.is(status === 200 ? `${status} ${type} ${coding}` : String(status), expected, lines.join(' | '));
    }
  } finally {
    await server.close();
  }
});

test('every route learns who calls, from where and how that is known', async () => {
  const server = await served();
  try {
    const head = ['Host: 127.0.0.1', 'Bypass-Leader-Redirect: 1'];
    await ask(server.port, 'POST /api HTTP/1.1', head, '[1,"getJobs",1,0,{}]');
    await ask(server.port, 'POST /apibeta/getJobs HTTP/1.1', head, '{}');
    assert.equal(server.users, ['UNSECURE 127.0.0.1 http none', 'UNSECURE 127.0.0.1 http none']);
  } finally {
    await server.close();
  }
});

test('a second line counts only where lists are read, and where it tells who asks', () => {
  assert.equal(firstLines(['Accept', 'a', 'ACCEPT', 'b', 'Host', 'c', 'host', 'd', 'Accept-Encoding', 'e']), [
    ...['Accept', 'a', 'Host', 'c', 'host', 'd', 'Accept-Encoding', 'e'],
  ]);
  assert.is(requestProtocol('a/b; x="1,2"'), 'unsupported');
  const asked: readonly (readonly [string | undefined, boolean])[] = [
    [undefined, false],
    ['*', true],
    ['x-gzip', true],
    ['gzip; q=0.0, *', false],
    ['*;q=0, gzip', true],
    ['gzip;q=0.5', true],
    ['br', false],
  ];
  for (const [header, wanted] of asked) assert.is(wantsGzip(header), wanted, String(header));
});

test('an idle connection is kept for 75 seconds at least, and a head may take longer than that', async () => {
  assert.ok(KEEP_ALIVE_MS >= 75_000);
  assert.ok(HEAD_LIMIT_MS > KEEP_ALIVE_MS);
  const server = await served();
  const socket = connect(server.port, '127.0.0.1');
  try {
    const answer = await exchange(socket, rawRequest('GET /health HTTP/1.1', ['Host: 127.0.0.1']));
    assert.is(answer.headers.get('keep-alive'), `timeout=${KEEP_ALIVE_MS / 1000}`);
  } finally {
    socket.destroy();
    await server.close();
  }
});

test('a connection that is idle for longer than a head may take is not closed for that', async () => {
  // The same server with its times made short: the limit of the head is over long before the connection's.
  const server = await served({ keepAliveMs: 60_000, headLimitMs: 150, lookMs: 20 });
  const socket = connect(server.port, '127.0.0.1');
  const request = rawRequest('GET /health HTTP/1.1', ['Host: 127.0.0.1']);
  try {
    assert.is((await exchange(socket, request)).status, 200);
    // An unfinished head on another connection tells when the limit has passed for both: no sleeping.
    const slow = connect(server.port, '127.0.0.1');
    assert.is((await exchange(slow, 'GET /health HTTP/1.1\r\nHost: 127')).status, 408);
    slow.destroy();
    assert.is((await exchange(socket, request)).status, 200);
  } finally {
    socket.destroy();
    await server.close();
  }
});

test.run();
