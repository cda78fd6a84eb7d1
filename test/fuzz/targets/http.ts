/** Requests of clients, as bytes on a connection and as parsed by the server. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Hono } from 'hono';
import { callOf, encodeMessage } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { httpApp } from '../../../src/scheduler/http/http-app.ts';
import { serveHttp } from '../../../src/scheduler/http/server.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { readAccounts } from '../../../src/scheduler/security/accounts.ts';
import { basicAuthenticator } from '../../../src/scheduler/security/basic.ts';
import { security } from '../../../src/scheduler/security/security.ts';
import { ANY_SITE } from '../../scheduler/builders.ts';
import type { FuzzTarget } from '../target.ts';

const clock = manualClock();
const accounts = readAccounts('[users]\nsally = secret, admin\n[roles]\nadmin = *\n', 'fuzz.ini');
const counted = counters(clock);
const app = httpApp({
  clock,
  counters: counted,
  log: silentLogger,
  sites: ANY_SITE,
  security: security({
    authenticators: [basicAuthenticator({ current: () => accounts }, clock, 'fuzz')],
    accounts: { current: () => accounts },
    anonymousReads: true,
  }),
  dispatch: async () => ({ responseCode: 'OK' }),
  pages: new Hono(),
  healthy: () => true,
  leader: () => 'self',
  leading: () => true,
  limits: { httpMaxBodyBytes: 4096, httpMaxCallsPerSec: 0 },
});
const failures = () => counted.read().get('uncaught_exceptions') ?? 0;
/** What the app takes for a fault of its own is one. */
const faultless = (before: unknown) => {
  if (failures() !== before) throw new Error('a request made the scheduler fail');
};

const BODY = Buffer.from(encodeMessage(callOf('getQuota', { ownerRole: 'www' }), 'json')).toString();
const HEADS = [
  'GET /health HTTP/1.1',
  'GET /vars.json?pretty=1 HTTP/1.1',
  'POST /api HTTP/1.1',
  'POST /apibeta/getQuota HTTP/1.1',
  'OPTIONS /api HTTP/1.1',
  'GET //%2e%2e/%00/structdump/task/x%ff HTTP/1.1',
  'HEAD http://other/api/view/jobs HTTP/1.0',
];
const LINES = [
  'Host: 127.0.0.1',
  'Authorization: Basic c2FsbHk6c2VjcmV0',
  'Content-Type: application/json',
  'Accept: application/vnd.apache.thrift.binary',
  'Accept-Encoding: gzip;q=0.5, *',
  'Origin: http://evil.example',
  'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'Cookie: a=b',
];
const WORDS = [
  '\r\n',
  'Host: ',
  'Origin: null',
  'Transfer-Encoding: chunked',
  'Content-Length: -1',
  'Expect: 100-continue',
  'Upgrade: websocket',
  'Basic ',
  '%00',
  '/../',
  'HTTP/2.0',
  'multipart/form-data',
];
const requests = (): Buffer[] =>
  HEADS.map((head) => {
    const body = head.startsWith('POST') ? BODY : '';
    return Buffer.from(
      [head, ...LINES, `Content-Length: ${body.length}`, 'Connection: close', '', body].join('\r\n'),
    );
  });

let port: Promise<number> | undefined;
/** Long, because a machine may be busy with other things. */
const LIMIT_MS = 20_000;

/** The bytes as they are over a connection: an answer, or its end, has to come, and the server lives on. */
const head: FuzzTarget = {
  samples: requests,
  words: WORDS,
  async run(input) {
    const before = failures();
    port ??= serveHttp(app, 0, '127.0.0.1').then((server) => server.port);
    const socket: Socket = connect({ port: await port, host: '127.0.0.1', allowHalfOpen: true });
    let status = '';
    socket.on('data', (part) => {
      if (status === '') status = part.toString('latin1', 0, 12);
    });
    socket.on('error', () => {});
    socket.setTimeout(LIMIT_MS, () => socket.destroy(new Error('nothing came')));
    const over = once(socket, 'close').catch((error: Error) => error);
    socket.end(input);
    const how = await over;
    if (how instanceof Error && /nothing came/.test(how.message))
      throw new Error('the server neither answers nor ends');
    faultless(before);
    return status === 'HTTP/1.1 200';
  },
};

/** The same lines, as the server's parser hands them on: what that refuses does not get here, so that more does. */
const bodies: FuzzTarget = {
  samples: requests,
  words: [...WORDS, '[1,"getQuota",1,0,', '{"ownerRole":', '\u0080\u0001\0\u0001'],
  async run(input) {
    const before = failures();
    const text = input.toString('latin1');
    const [first = '', ...rest] = text.split('\r\n');
    const end = rest.indexOf('');
    const [method = 'GET', path = '/'] = first.split(' ');
    const headers = new Headers();
    for (const line of rest.slice(0, end < 0 ? rest.length : end)) {
      const colon = line.indexOf(':');
      try {
        if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1));
      } catch {
        // No header that could come out of a parser.
      }
    }
    const body = Buffer.from(end < 0 ? '' : rest.slice(end + 1).join('\r\n'), 'latin1');
    let request: Request;
    try {
      const isRead = method === 'GET' || method === 'HEAD';
      request = new Request(new URL(path, 'http://127.0.0.1'), {
        method,
        headers,
        ...(isRead ? {} : { body }),
      });
    } catch {
      return false;
    }
    const answer = await app.fetch(request);
    await answer.arrayBuffer();
    faultless(before);
    return answer.status === 200;
  },
};

export const httpTargets: Readonly<Record<string, FuzzTarget>> = { 'http-head': head, 'http-bodies': bodies };
