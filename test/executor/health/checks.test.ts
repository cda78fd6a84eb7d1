import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../../src/base/clock.ts';
import { healthConfig } from '../../../src/executor/health/config.ts';
import { httpCheck } from '../../../src/executor/health/http-check.ts';
import { shellCheck } from '../../../src/executor/health/shell-check.ts';
import { assert, count, suite } from '../../harness/index.ts';
import { until } from '../running-task.ts';

interface Case {
  readonly id: string;
  readonly what: string;
  readonly healthy: boolean;
  readonly args: {
    readonly expected_response: string | null;
    readonly expected_response_code: number | null;
  };
  readonly answer: readonly [number, string] | 'nothing listens' | 'hang' | 'reset';
}

/** Where ours is stricter: an error page is no health, unless its code was asked for. */
const STRICTER: Readonly<Record<string, string>> = {
  c06: 'a 404 passes in the original when no body is expected',
  c14: 'a 503 passes in the original when nothing is expected; null means the defaults here',
};

const test = suite('health checks');

async function withServer<T>(
  answer: (path: string) => Case['answer'] | readonly [number, string, string],
  body: (port: number, server: Server) => Promise<T>,
): Promise<T> {
  const server = createServer((request, response) => {
    const reply = answer(request.url ?? '');
    if (reply === 'hang') return;
    if (reply === 'reset' || reply === 'nothing listens') return void request.socket.destroy();
    const [code, text, location] = reply;
    response.writeHead(code as number, location === undefined ? {} : { Location: location }).end(text);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    return await body((server.address() as AddressInfo).port, server);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

const httpConfig = (http: object) => healthConfig({ health_checker: { http } }).http;

test('an HTTP check judges answers as was recorded; where it is stricter has a reason', async () => {
  const cases = JSON.parse(readFileSync('test/golden/thermos/http-check.json', 'utf8')) as Case[];
  for (const { id, what, args, answer, healthy } of cases) {
    const reason = await withServer(
      () => answer,
      async (port, server) => {
        if (answer === 'nothing listens') await new Promise((done) => server.close(done));
        return httpCheck(port, httpConfig(args), answer === 'hang' ? 80 : 3_000);
      },
    );
    assert.is(reason === undefined, STRICTER[id] === undefined ? healthy : false, `${id} ${what}: ${reason}`);
  }
  count('golden/thermos http-check', cases.length);
});

test('redirects at the port are followed, others are not; proxies are not asked', async () => {
  const before = process.env.http_proxy;
  process.env.http_proxy = 'http://127.0.0.1:1';
  try {
    const paths: Record<string, readonly [number, string, string]> = {
      '/health': [302, '', '/health/'],
      '/away': [302, '', 'http://127.0.0.1:1/'],
      '/round': [302, '', '/round'],
    };
    await withServer(
      (path) => paths[path] ?? [200, 'ok'],
      async (port) => {
        const at = (endpoint: string) => httpCheck(port, httpConfig({ endpoint }), 3_000);
        assert.is(await at('/health'), undefined);
        assert.match((await at('/away')) ?? '', /not this port/);
        assert.match((await at('/round')) ?? '', /more than 3 times/);
      },
    );
  } finally {
    if (before === undefined) delete process.env.http_proxy;
    else process.env.http_proxy = before;
  }
});

const shell = (command: string): ChildProcess =>
  spawn('/bin/bash', ['-c', command], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
const check = (command: string, timeoutMs = 5_000) =>
  shellCheck({ command, spawn: shell, timeoutMs, clock: systemClock });

test('a shell check is healthy at exit code 0, and says what it said otherwise', async () => {
  assert.is(await check('exit 0'), undefined);
  assert.match((await check('echo no db >&2; exit 3')) ?? '', /exit code 3: no db$/);
  assert.match((await check('kill -9 $$')) ?? '', /killed by SIGKILL/);
  const long = (await check('yes | head -c 1000000; exit 1')) ?? '';
  assert.ok(long.length < 1200, `${long.length} letters`);
});

test('a command that does not exist is a failed check', async () => {
  const reason = await shellCheck({
    command: 'x',
    spawn: () => spawn('/no/such/program', [], { detached: true }),
    timeoutMs: 1_000,
    clock: systemClock,
  });
  assert.match(reason ?? '', /could not be started/);
});

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test('at the timeout the whole group of a shell check is killed, whoever holds its output', async () => {
  let pid = 0;
  const spawned = (command: string) => {
    const child = shell(command);
    child.stdout?.once('data', (data: Buffer) => {
      pid = Number(data.toString('utf8').split('\n')[0]);
    });
    return child;
  };
  const reason = await shellCheck({
    command: 'sleep 1000 & echo $!; wait',
    spawn: spawned,
    timeoutMs: 300,
    clock: systemClock,
  });
  assert.match(reason ?? '', /took longer than 0.3 s and was killed/);
  await until('the child is dead', () => pid > 0 && !alive(pid));
});

test('what a shell check leaves behind in its group ends with it', async () => {
  const child = { pid: 0 };
  const spawned = (command: string) => {
    const process = shell(command);
    process.stdout?.once('data', (data: Buffer) => {
      child.pid = Number(data.toString('utf8'));
    });
    return process;
  };
  await shellCheck({
    command: 'sleep 1000 & echo $!; sleep 0.1; exit 0',
    spawn: spawned,
    timeoutMs: 5_000,
    clock: systemClock,
  });
  await until('the child is dead', () => child.pid > 0 && !alive(child.pid));
});

test.run();
