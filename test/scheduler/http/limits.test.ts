/** What one client may take: bytes, time, connections, calls, results; and who does not keep to it. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Hono } from 'hono';
import type { Wire } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { defaultSchedulerOptions } from '../../../src/scheduler/flags/parse.ts';
import { connectionOptions } from '../../../src/scheduler/http/connection-options.ts';
import { type HttpAppSettings, httpApp } from '../../../src/scheduler/http/http-app.ts';
import { dispatcher } from '../../../src/scheduler/http/rpc/dispatch.ts';
import { type ServeOptions, serveHttp } from '../../../src/scheduler/http/server.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { EVERYTHING } from '../../../src/scheduler/security/permission.ts';
import type { Security } from '../../../src/scheduler/security/security.ts';
import { assert, suite } from '../../harness/index.ts';
import { ask, exchange, rawRequest } from '../../harness/raw-exchange.ts';
import { ANY_SITE } from '../builders.ts';

const test = suite('limits of clients');

const HOST = 'Host: 127.0.0.1';

function appWith(settings: Partial<HttpAppSettings> = {}) {
  const clock = manualClock();
  const counted = counters(clock);
  const app = httpApp({
    clock,
    counters: counted,
    log: silentLogger,
    sites: ANY_SITE,
    dispatch: async () => ({ responseCode: 'OK' }),
    pages: new Hono(),
    healthy: () => true,
    leader: () => 'self',
    leading: () => true,
    ...settings,
  });
  return { app, clock, counted };
}

/** Does something with a server, and what it counted. */
async function served(
  app: { fetch: ReturnType<typeof httpApp>['fetch'] },
  options: ServeOptions,
  body: (port: number, count: (name: string) => number | string | undefined) => Promise<void>,
) {
  const counted = counters(manualClock());
  const limits = { perAddress: 0, readerLimitMs: 60_000, ...options.limits, counters: counted };
  const server = await serveHttp(app as never, 0, '127.0.0.1', { ...options, limits });
  try {
    await body(server.port, (name) => counted.read().get(name));
  } finally {
    await server.close();
  }
}

const closed = async (socket: Socket): Promise<void> => {
  if (!socket.closed) await once(socket, 'close');
};

test('a body of 10 GB that is announced is refused before it comes, and one without a length when it is too long', async () => {
  const { app } = appWith({ limits: { httpMaxBodyBytes: 2048 } });
  await served(app, {}, async (port) => {
    const announced = connect(port, '127.0.0.1');
    const head = rawRequest('POST /api HTTP/1.1', [HOST, `Content-Length: ${10 * 2 ** 30}`]);
    const { body, status } = await exchange(announced, head);
    assert.is(status, 413);
    assert.match(body, '2048 bytes (-http_max_body_size)');
    // Nobody reads on for what will not be looked at.
    await closed(announced);
    const chunk = 'x'.repeat(1500);
    const chunked = `${rawRequest('POST /api HTTP/1.1', [HOST, 'Transfer-Encoding: chunked'])}5dc\r\n${chunk}\r\n5dc\r\n${chunk}\r\n0\r\n\r\n`;
    const socket = connect(port, '127.0.0.1');
    assert.is((await exchange(socket, chunked)).status, 413);
    socket.destroy();
    const small = await ask(port, 'POST /apibeta/getQuota HTTP/1.1', [HOST], '{"ownerRole":"www"}');
    assert.is(small.status, 200);
  });
});

test('a name of a host that is none is told so, and is no failure of the scheduler', async () => {
  const { app, counted } = appWith();
  await served(app, {}, async (port) => {
    for (const host of ['1ap.1', 'a.0x', '256.1.1.1'])
      assert.is((await ask(port, 'GET /vars.json?pretty=1 HTTP/1.1', [`Host: ${host}`])).status, 400, host);
  });
  assert.is(counted.read().get('uncaught_exceptions') ?? 0, 0);
});

test('a head of 60 KB is read, tickets are as long; beyond the limit it is 431', async () => {
  const { app } = appWith();
  const long = (kb: number) => `Authorization: Negotiate ${'A'.repeat(kb * 1024)}`;
  await served(app, {}, async (port) => {
    assert.is((await ask(port, 'GET /health HTTP/1.1', [HOST, long(60)])).status, 200);
    assert.is((await ask(port, 'GET /health HTTP/1.1', [HOST, long(70)])).status, 431);
  });
  await served(app, { maxHeaderBytes: 4096 }, async (port) => {
    assert.is((await ask(port, 'GET /health HTTP/1.1', [HOST, long(5)])).status, 431);
  });
});

test('a request that comes a byte at a time, and a connection on which nothing comes, end when their time is over', async () => {
  const { app } = appWith();
  const times = { keepAliveMs: 150, headLimitMs: 200, requestLimitMs: 300, lookMs: 25 };
  await served(app, { times }, async (port) => {
    const silent = connect(port, '127.0.0.1');
    silent.resume();
    const slow = connect(port, '127.0.0.1');
    slow.on('error', () => {});
    const drip = setInterval(() => slow.write('x'), 20);
    const answer = await exchange(slow, `POST /api HTTP/1.1\r\n${HOST}\r\nContent-Length: 100000\r\n\r\n`);
    clearInterval(drip);
    assert.is(answer.status, 408);
    await closed(silent);
    slow.destroy();
  });
});

test('connections of one address beyond its share are refused, and come in again when one has gone', async () => {
  const { app } = appWith();
  await served(app, { limits: { perAddress: 2, readerLimitMs: 60_000 } }, async (port, count) => {
    const held = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    for (const socket of held) await once(socket, 'connect');
    // Whoever asks on one of them learns that the server has both.
    for (const socket of held)
      assert.is((await exchange(socket, rawRequest('GET /health HTTP/1.1', [HOST]))).status, 200);
    const third = await ask(port, 'GET /health HTTP/1.1', [HOST]);
    assert.is(third.status, 503);
    assert.is(third.headers.get('retry-after'), '30');
    assert.match(third.body, 'http_max_connections_per_address');
    assert.is(count('http_connections_refused'), 1);
    held[0]?.destroy();
    for (let status = 503; status !== 200; )
      status = (await ask(port, 'GET /health HTTP/1.1', [HOST]).catch(() => ({ status: 503 }))).status;
    held[1]?.destroy();
  });
});

test('a reader that takes nothing is cut off, and nothing is made for it meanwhile', async () => {
  let made = 0;
  let ended = false;
  const endless = {
    fetch: () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            made += 65_536;
            controller.enqueue(new Uint8Array(65_536));
          },
          cancel() {
            ended = true;
          },
        }),
      ),
  };
  const times = { keepAliveMs: 60_000, headLimitMs: 65_000, lookMs: 25 };
  const limits = { perAddress: 0, readerLimitMs: 300 };
  await served(endless as never, { times, limits }, async (port, count) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.pause();
    socket.write(rawRequest('GET /events HTTP/1.1', [HOST]));
    while (!ended) await new Promise((next) => setImmediate(next));
    assert.is(count('http_slow_readers_cut'), 1);
    // The buffers of both kernels hold some megabytes; beyond them a few pieces at most.
    assert.ok(made < 64 * 2 ** 20, `${made} bytes were made`);
    socket.destroy();
  });
});

test('requests that come at once on one connection are answered one at a time, in their order', async () => {
  let under = 0;
  let most = 0;
  const slow = {
    async fetch(request: Request) {
      most = Math.max(most, ++under);
      await new Promise((next) => setTimeout(next, 5));
      under--;
      return new Response(new URL(request.url).pathname);
    },
  };
  await served(slow as never, {}, async (port) => {
    const socket = connect(port, '127.0.0.1');
    const paths = Array.from({ length: 10 }, (_, at) => `/answer-${at}`);
    let text = '';
    socket.on('data', (part) => {
      text += part;
    });
    socket.write(
      paths
        .map((path, at) =>
          rawRequest(`GET ${path} HTTP/1.1`, at === 9 ? [HOST, 'Connection: close'] : [HOST]),
        )
        .join(''),
    );
    await closed(socket);
    assert.equal(text.match(/\/answer-\d/g), paths);
    assert.is(most, 1);
  });
});

test('a client that sends more than a thousand requests ahead is cut off', async () => {
  const app = { fetch: () => new Promise<never>(() => {}) };
  await served(app, {}, async (port) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`GET / HTTP/1.1\r\n${HOST}\r\n\r\n`.repeat(1_002));
    await closed(socket);
  });
});

test('a reader that takes its time, but takes something, is not cut off', async () => {
  const bytes = 12 * 2 ** 20;
  const whole = { fetch: () => new Response(new Uint8Array(bytes)) };
  const times = { keepAliveMs: 60_000, headLimitMs: 65_000, lookMs: 20 };
  await served(
    whole as never,
    { times, limits: { perAddress: 0, readerLimitMs: 400 } },
    async (port, count) => {
      const socket = connect(port, '127.0.0.1');
      let got = 0;
      socket.on('data', (part) => {
        got += part.length;
        if (got >= bytes) return;
        socket.pause();
        setTimeout(() => socket.resume(), 5);
      });
      socket.write(rawRequest('GET / HTTP/1.1', [HOST, 'Connection: close']));
      await closed(socket);
      assert.ok(got > bytes, `${got} bytes`);
      assert.is(count('http_slow_readers_cut'), 0);
    },
  );
});

/** Everybody is who the header says. */
const byName: Security = {
  challenges: ['Basic'],
  anonymous: EVERYTHING,
  anonymousReads: true,
  identify: async ({ authorization }) =>
    authorization && { user: authorization.value, by: 'basic', roles: [], grants: EVERYTHING },
};

test('a user who calls too often in a second gets 429 and a time, others do not, and the next second is free', async () => {
  const { app, clock, counted } = appWith({ security: byName, limits: { httpMaxCallsPerSec: 3 } });
  const call = async (user: string) => {
    const answer = await app.request('/apibeta/getQuota', {
      method: 'POST',
      headers: { Authorization: `Basic ${user}` },
      body: '{}',
    });
    return answer;
  };
  for (let round = 0; round < 2; round++) {
    for (let made = 0; made < 3; made++) assert.is((await call('sally')).status, 200);
    const refused = await call('sally');
    assert.is(refused.status, 429);
    assert.is(refused.headers.get('Retry-After'), '1');
    assert.match(await refused.text(), /user sally made more than 3 requests in a second; nothing was done/);
    assert.is((await call('bob')).status, 200);
    assert.is((await app.request('/health')).status, 200);
    clock.advance(1000);
  }
  assert.is(counted.read().get('http_calls_refused'), 2);
});

test('where nobody has to log in no calls are refused without a flag; with it, those of one address', async () => {
  const from = (remoteAddress: string) => ({ incoming: { socket: { remoteAddress } } });
  const asked = async (app: ReturnType<typeof httpApp>, address: string) =>
    (await app.request('/apibeta/getQuota', { method: 'POST', body: '{}' }, from(address))).status;
  const { app } = appWith();
  for (let made = 0; made < 1200; made++)
    if ((await asked(app, '10.0.0.1')) !== 200) assert.unreachable(`call ${made}`);
  const { app: limited } = appWith({ limits: { httpMaxCallsPerSec: 1 } });
  assert.is(await asked(limited, '10.0.0.1'), 200);
  assert.is(await asked(limited, '10.0.0.1'), 429);
  assert.is(await asked(limited, '10.0.0.2'), 200);
});

test('a result with more items than may be is refused by a sentence that says what to do, and a change never is', async () => {
  const clock = manualClock();
  const tasks: Wire<'ScheduledTask'>[] = Array.from({ length: 11 }, () => ({}));
  const dispatch = dispatcher({
    handlers: {
      getTasksStatus: () => ({ code: 'OK', result: { scheduleStatusResult: { tasks } } }),
      killTasks: () => ({ code: 'OK', result: { scheduleStatusResult: { tasks } }, durable: true }),
    },
    storage: { settled: async () => {}, refusesWrites: () => undefined },
    clock,
    counters: counters(clock),
    log: silentLogger,
    serverInfo: {},
    mostItems: 10,
    notReady: () => undefined,
    leader: () => 'self',
  });
  const caller = { user: 'x', grants: EVERYTHING } as never;
  const answer = await dispatch({ method: 'getTasksStatus', args: { query: {} } } as never, caller);
  assert.is(answer.responseCode, 'INVALID_REQUEST');
  assert.is(answer.result, undefined);
  assert.match(
    answer.details?.[0]?.message ?? '',
    /would return 11 items; one answer may have 10 \(-http_max_result_items\)/,
  );
  const change = await dispatch({ method: 'killTasks', args: {} } as never, caller);
  assert.is(change.responseCode, 'OK');
});

test('the flags that nobody gives trip no client: 75 s of silence, long heads, thousands of connections', () => {
  const { limits, maxHeaderBytes, times } = connectionOptions(defaultSchedulerOptions(), {});
  assert.ok((times?.keepAliveMs ?? 0) >= 75_000);
  assert.ok((times?.headLimitMs ?? 0) > (times?.keepAliveMs ?? 0));
  assert.is(maxHeaderBytes, 64 * 1024);
  assert.is(limits?.perAddress, 2500);
  assert.is(limits?.readerLimitMs, 60_000);
});

test.run();
