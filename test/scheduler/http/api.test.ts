import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { Hono } from 'hono';
import {
  type Call,
  callOf,
  decodeMessage,
  encodeMessage,
  encodePlain,
  type Message,
  type Protocol,
  type Wire,
} from '../../../src/api/index.ts';
import { AuroraError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { httpApp } from '../../../src/scheduler/http/http-app.ts';
import type { Dispatch } from '../../../src/scheduler/http/rpc/dispatch.ts';
import { serveHttp } from '../../../src/scheduler/http/server.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { assert, suite } from '../../harness/index.ts';
import { ANY_SITE } from '../builders.ts';

const test = suite('scheduler http');
const BINARY = 'application/vnd.apache.thrift.binary';
const JSON_TYPE = 'application/vnd.apache.thrift.json';

const answer = (details: string[] = []): Wire<'Response'> => ({
  responseCode: 'OK',
  serverInfo: { clusterName: 'west', statsUrlPrefix: '' },
  details: details.map((message) => ({ message })),
});

function setUp(change: { dispatch?: Dispatch; corsOrigin?: string; leading?: boolean } = {}) {
  const calls: Pick<Call, 'method' | 'args'>[] = [];
  const clock = manualClock();
  const counted = counters(clock);
  const app = httpApp({
    dispatch:
      change.dispatch ??
      (async (call) => {
        calls.push(call);
        return answer();
      }),
    clock,
    counters: counted,
    log: silentLogger,
    pages: new Hono(),
    sites: { ...ANY_SITE, corsOrigin: change.corsOrigin },
    healthy: () => true,
    leader: () => 'self',
    leading: () => change.leading ?? true,
  });
  return { app, calls, counted };
}

const bodyOf = (message: Message, protocol: Protocol) =>
  encodeMessage(message, protocol) as Uint8Array<ArrayBuffer>;
const CALL = callOf('getRoleSummary', {}, 7);
const post = (headers: Record<string, string>, protocol: Protocol = 'json', message: Message = CALL) => ({
  method: 'POST',
  headers,
  body: bodyOf(message, protocol),
});
/** A text body would bring a Content-Type of its own. */
const raw = (text: string) => ({ method: 'POST', body: new TextEncoder().encode(text) });
const read = async (response: Response, protocol: Protocol) =>
  decodeMessage(new Uint8Array(await response.arrayBuffer()), protocol);

test('the request protocol follows Content-Type exactly', async () => {
  const { app } = setUp();
  const types: [string | undefined, number, Protocol][] = [
    [undefined, 200, 'json'],
    ['application/x-thrift', 200, 'json'],
    ['application/json', 200, 'json'],
    ['APPLICATION/JSON', 200, 'json'],
    [JSON_TYPE, 200, 'json'],
    [`${JSON_TYPE}; charset=UTF-8`, 200, 'json'],
    [BINARY, 200, 'binary'],
    ['application/json; charset=utf-8', 415, 'json'],
    ['application/x-thrift; charset=utf-8', 415, 'json'],
    ['text/plain', 415, 'json'],
    ['nonsense', 500, 'json'],
  ];
  for (const [type, status, protocol] of types) {
    const response = await app.request('/api', post(type ? { 'Content-Type': type } : {}, protocol));
    assert.is(response.status, status, String(type));
    if (status === 415) assert.is(await response.text(), `Unsupported Content-Type: ${type}`);
  }
});

test('the reply is binary only when exactly that is accepted', async () => {
  const { app } = setUp();
  for (const [accept, protocol] of [
    [BINARY, 'binary'],
    ['*/*', 'json'],
    [`${BINARY}, */*`, 'json'],
    ['text/plain, */*; q=0.01', 'json'],
    [JSON_TYPE, 'json'],
  ] as const) {
    const response = await app.request('/api', post({ Accept: accept }));
    assert.is(response.headers.get('Content-Type'), protocol === 'binary' ? BINARY : JSON_TYPE);
    const reply = await read(response, protocol);
    assert.equal([reply.kind, reply.method, reply.seqid], ['reply', 'getRoleSummary', 7]);
  }
});

test('what cannot be read as a message is a 500; what can gets its answer in Thrift', async () => {
  const { app } = setUp();
  assert.is((await app.request('/api')).status, 500);
  assert.is((await app.request('/api', raw('{"not":"thrift"}'))).status, 500);
  const unknown = await app.request('/api', raw('[1,"acquireLock",1,3,{}]'));
  assert.is(unknown.status, 200);
  assert.equal(await read(unknown, 'json'), {
    kind: 'exception',
    method: 'acquireLock',
    seqid: 3,
    type: 'UNKNOWN_METHOD',
    message: "Invalid method name: 'acquireLock'",
  });
  const broken = await app.request('/api', raw('[1,"getJobs",1,4,{"1":{"str":5}}]'));
  const exception = await read(broken, 'json');
  assert.is(exception.kind === 'exception' && exception.type, 'PROTOCOL_ERROR');
  const reply = await app.request(
    '/api',
    post({}, 'json', { kind: 'reply', method: 'x', seqid: 1, response: answer() }),
  );
  const wrong = await read(reply, 'json');
  assert.is(wrong.kind === 'exception' && wrong.type, 'INVALID_MESSAGE_TYPE');
});

test('other methods, other paths', async () => {
  const { app } = setUp();
  assert.is((await app.request('/api', { method: 'PUT' })).status, 405);
  const options = await app.request('/api', { method: 'OPTIONS' });
  assert.is(options.status, 200);
  assert.match(options.headers.get('Allow') ?? '', /POST/);
  assert.is((await app.request('/api/')).status, 404);
  assert.is((await app.request('/nothing')).status, 404);
  assert.is((await app.request('/api?x=1', post({}))).status, 200);
});

test('HEAD is a GET without a body; a preflight gets what the origin may do', async () => {
  const { app } = setUp({ corsOrigin: 'https://x' });
  const head = await app.request('/api', { method: 'HEAD' });
  assert.equal([head.status, await head.text()], [500, '']);
  assert.is((await app.request('/vars', { method: 'HEAD' })).status, 200);
  const options = await app.request('/api', { method: 'OPTIONS' });
  assert.is(options.status, 200);
  assert.is(options.headers.get('Allow'), 'GET, HEAD, OPTIONS, POST');
  assert.is(options.headers.get('Access-Control-Allow-Methods'), 'DELETE,GET,HEAD,OPTIONS,POST,PUT');
  assert.is(
    options.headers.get('Access-Control-Allow-Headers'),
    'Accept,Content-Type,Origin,X-Requested-With',
  );
  for (const failing of [post({ 'Content-Type': 'text/plain' }), raw('broken')])
    assert.is((await app.request('/api', failing)).headers.get('Access-Control-Allow-Origin'), 'https://x');
  const beta = await app.request('/apibeta/getJobs', { method: 'POST', body: '{}' });
  assert.is(beta.headers.get('Access-Control-Allow-Origin'), null);
});

test('/apibeta leads to a list of the methods, and takes nothing but POST', async () => {
  const { app } = setUp();
  const help = await app.request('/apibeta');
  assert.equal([help.status, help.headers.get('Location')], [303, '/apihelp/index.html']);
  const page = await (await app.request('/apihelp/index.html')).text();
  assert.match(page, /<td>killTasks<\/td><td>job: JobKey, instances: set&lt;i32&gt;, message: string<\/td>/);
  const get = await app.request('/apibeta/getJobs');
  assert.equal([get.status, get.headers.get('Allow')], [405, 'OPTIONS, POST']);
  assert.is((await app.request('/apibeta/getJobs', { method: 'OPTIONS' })).status, 200);
});

test('CORS headers only when an origin is allowed, and only at /api', async () => {
  const allowed = setUp({ corsOrigin: 'https://x' }).app;
  const response = await allowed.request('/api', post({}));
  assert.is(response.headers.get('Access-Control-Allow-Origin'), 'https://x');
  assert.is((await allowed.request('/health')).headers.get('Access-Control-Allow-Origin'), null);
  assert.is((await setUp().app.request('/api', post({}))).headers.get('Access-Control-Allow-Origin'), null);
});

test('large replies are compressed for those who ask, small ones are not', async () => {
  const { app } = setUp({ dispatch: async () => answer(['long '.repeat(500)]) });
  const zipped = await app.request('/api', post({ 'Accept-Encoding': 'gzip, deflate' }));
  assert.is(zipped.status, 200);
  assert.is(zipped.headers.get('Content-Encoding'), 'gzip');
  const plain = gunzipSync(Buffer.from(await zipped.arrayBuffer()));
  assert.is(decodeMessage(plain, 'json').kind, 'reply');
  assert.is((await app.request('/api', post({}))).headers.get('Content-Encoding'), null);
  assert.is(
    (await app.request('/api', post({ 'Accept-Encoding': 'gzip;q=0' }))).headers.get('Content-Encoding'),
    null,
  );
  const small = await setUp().app.request('/api', post({ 'Accept-Encoding': 'gzip' }));
  assert.is(small.headers.get('Content-Encoding'), null);
  assert.is((await read(small, 'json')).kind, 'reply');
});

test('a reply of thousands of tasks is written in slices and reads like any other, compressed or not', async () => {
  const tasks = Array.from(
    { length: 1201 },
    (_, at): Wire<'ScheduledTask'> => ({
      assignedTask: { taskId: `task-${at} "lst":["rec",0]`, instanceId: at, assignedPorts: { http: at } },
      status: 'RUNNING',
      failureCount: 0,
      taskEvents: [{ timestamp: at, status: 'RUNNING', message: '"tasks":[]' }],
      timesPartitioned: 0,
    }),
  );
  const whole: Wire<'Response'> = {
    ...answer(['"lst":["rec",0] "tasks":[]']),
    result: { scheduleStatusResult: { tasks } },
  };
  const { app } = setUp({ dispatch: async () => whole });
  for (const protocol of ['binary', 'json'] as const) {
    const accept = { Accept: protocol === 'binary' ? BINARY : JSON_TYPE };
    const reply = await read(await app.request('/api', post(accept)), protocol);
    assert.equal(reply, { kind: 'reply', method: 'getRoleSummary', seqid: 7, response: whole });
    const zipped = await app.request('/api', post({ ...accept, 'Accept-Encoding': 'gzip' }));
    assert.is(zipped.headers.get('Content-Encoding'), 'gzip');
    const plain = gunzipSync(Buffer.from(await zipped.arrayBuffer()));
    assert.equal(decodeMessage(plain, protocol), reply);
  }
  const beta = await app.request('/apibeta/getTasksStatus', { method: 'POST', body: '{}' });
  assert.equal(await beta.json(), JSON.parse(encodePlain('Response', whole)));
  const empty = setUp({
    dispatch: async () => ({ ...whole, result: { scheduleStatusResult: { tasks: [] } } }),
  });
  const none = await read(await empty.app.request('/api', post({ Accept: BINARY })), 'binary');
  assert.equal(none.kind === 'reply' && none.response.result, { scheduleStatusResult: { tasks: [] } });
});

test('a body beyond the limit is refused', async () => {
  const { app } = setUp();
  const response = await app.request('/api', {
    method: 'POST',
    headers: { 'Content-Length': String(2 ** 30) },
    body: 'x',
  });
  assert.is(response.status, 413);
});

test('a dispatcher that throws is a 500, not a crash', async () => {
  const { app } = setUp({ dispatch: () => Promise.reject(new Error('bug')) });
  assert.is((await app.request('/api', post({}))).status, 500);
});

test('apibeta: arguments by name, reply as plain JSON', async () => {
  const { app, calls } = setUp();
  const beta = (path: string, body: string) => app.request(path, { method: 'POST', body });
  const response = await beta('/apibeta/getJobs', '{"ownerRole":"web","more":1}');
  assert.is(response.status, 200);
  assert.equal(await response.json(), {
    responseCode: 'OK',
    serverInfo: { clusterName: 'west', statsUrlPrefix: '' },
    details: [],
  });
  assert.equal(calls, [{ method: 'getJobs', args: { ownerRole: 'web' } }]);
  assert.is((await beta('/apibeta/getJobs', '')).status, 200);
  for (const [path, body, status] of [
    ['/apibeta/nothing', '{}', 404],
    ['/apibeta/getJobs', 'no json', 400],
    ['/apibeta/getJobs', '[]', 400],
    ['/apibeta/addInstances', '{"count":"many"}', 400],
  ] as const) {
    const failed = await beta(path, body);
    assert.is(failed.status, status, path);
    const reply = (await failed.json()) as { responseCode: string; details: unknown[] };
    assert.is(reply.responseCode, 'ERROR');
    assert.is(reply.details.length, 1);
  }
});

test('pages for monitors', async () => {
  const { app, counted } = setUp();
  counted.add('b.c', 2);
  counted.gauge('a b', () => 1);
  assert.is(await (await app.request('/health')).text(), 'OK\n');
  const vars = await (await app.request('/vars')).text();
  assert.match(vars, /^a_b 1\nb\.c 2\nhttp_200_responses_events 1\nhttp_200_responses_events_per_sec 0\n/);
  const metrics = await app.request('/metrics');
  assert.match(metrics.headers.get('Content-Type') ?? '', /^text\/plain; version=0\.0\.4/);
  assert.match(await metrics.text(), /\naurora_http_responses_seconds_count\{code="200"\} 2\n/);
  const json = await app.request('/vars.json');
  assert.is(((await json.json()) as Record<string, number>)['b.c'], 2);
  assert.match(await (await app.request('/vars.json?pretty=1')).text(), /\n {2}"a_b": 1/);
  assert.is((await app.request('/leaderhealth')).status, 200);
  assert.is((await setUp({ leading: false }).app.request('/leaderhealth')).status, 502);
});

const send = (port: number, headers: Record<string, string>, body: Uint8Array): Promise<[number, Buffer]> =>
  new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path: '/api', method: 'POST', headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve([response.statusCode ?? 0, Buffer.concat(parts)]));
    });
    sent.on('error', reject);
    sent.end(body);
  });

test('a client that leaves in the middle of a large reply takes nothing down with it', async () => {
  const task: Wire<'ScheduledTask'> = { taskEvents: [{ timestamp: 1, message: 'x'.repeat(2000) }] };
  const tasks = Array.from({ length: 5000 }, () => task);
  const large = { ...answer(), result: { scheduleStatusResult: { tasks } } };
  const { app } = setUp({ dispatch: async (call) => (call.method === 'getJobs' ? answer() : large) });
  const server = await serveHttp(app, 0, '127.0.0.1');
  try {
    for (const encoding of ['identity', 'gzip']) {
      await new Promise<void>((resolve, reject) => {
        const options = { port: server.port, host: '127.0.0.1', path: '/api', method: 'POST' };
        const sent = request({ ...options, headers: { 'Accept-Encoding': encoding } }, (response) => {
          response.once('data', () => response.destroy());
          response.once('close', resolve);
          response.on('error', () => {});
        });
        sent.on('error', reject);
        sent.end(bodyOf(CALL, 'json'));
      });
      const [status] = await send(server.port, {}, bodyOf(callOf('getJobs', {}, 8), 'json'));
      assert.is(status, 200, encoding);
    }
  } finally {
    await server.close();
  }
});

test('over a real socket: both protocols, a chunked body, and a port that is taken', async () => {
  const { app } = setUp();
  const server = await serveHttp(app, 0, '127.0.0.1');
  try {
    const binary = bodyOf(CALL, 'binary');
    const [status, reply] = await send(server.port, { 'Content-Type': BINARY, Accept: BINARY }, binary);
    assert.is(status, 200);
    assert.is(decodeMessage(reply, 'binary').seqid, 7);
    const chunked = { 'Transfer-Encoding': 'chunked' };
    const [, text] = await send(server.port, chunked, bodyOf(CALL, 'json'));
    assert.is(decodeMessage(text, 'json').seqid, 7);
    let failure: unknown;
    await serveHttp(app, server.port, '127.0.0.1').catch((error) => {
      failure = error;
    });
    assert.instance(failure, AuroraError);
    assert.is((failure as AuroraError).code, 'PORT_IN_USE');
    assert.match((failure as AuroraError).message, new RegExp(`port ${server.port} is in use.*--http-port`));
  } finally {
    await server.close();
  }
});

test.run();
