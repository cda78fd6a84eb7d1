/** The files beside the built program's bundles: a usual command line loads none of them, and who needs one gets it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { assert, suite } from '../harness/index.ts';
import { fakeScheduler } from './golden/fake-scheduler.ts';
import { groups } from './golden/scenario.ts';

const test = suite('late parts of the built program');

let home: string;
test.beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'aurora-parts-'));
});
test.afterEach(() => rmSync(home, { recursive: true, force: true }));

const recorded = groups()
  .flatMap(({ scenarios }) => scenarios)
  .find(({ id }) => id === 'status-one');
if (!recorded) throw new Error('the recording status-one is gone');

/** Starts the program; the result tells how it ended and which files of dist/parts it had loaded. */
function start(entry: object, args = recorded?.argv ?? [], env: NodeJS.ProcessEnv = {}, preload = '') {
  writeFileSync(join(home, 'clusters.json'), JSON.stringify([{ name: 'west', ...entry }]));
  const list = join(home, 'loaded');
  writeFileSync(
    join(home, 'preload.cjs'),
    `${preload}
    process.on('exit', () => require('node:fs').writeFileSync('${list}', Object.keys(require.cache).join('\\n')));`,
  );
  const child = spawn(process.execPath, [resolve('bin/aurora.js'), ...args], {
    cwd: home,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      AURORA_CONFIG_ROOT: home,
      NODE_OPTIONS: `--require=${join(home, 'preload.cjs')}`,
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({
    code,
    stderr,
    parts: readFileSync(list, 'utf8')
      .split('\n')
      .filter((file) => file.includes('/dist/parts/'))
      .map((file) => basename(file, '.cjs')),
  }));
  return { child, ended };
}

/** A server that takes one connection: its first bytes, and the connection. */
async function listening() {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const first = once(server, 'connection').then(async ([socket]: Socket[]) => {
    const [bytes] = (await once(socket as Socket, 'data')) as Buffer[];
    return { bytes: bytes as Buffer, socket: socket as Socket };
  });
  return { port: (server.address() as AddressInfo).port, first, close: () => server.close() };
}

test('a plain call loads none', async () => {
  const scheduler = await fakeScheduler(recorded.rpcs);
  const { ended } = start({ scheduler_uri: `http://127.0.0.1:${scheduler.ports[0]}` });
  const { code, parts } = await ended;
  await scheduler.close();
  assert.is(code, 0);
  assert.equal(parts, []);
});

test('a cluster in ZooKeeper loads its client, which asks for a session', async () => {
  const { port, first, close } = await listening();
  const { child, ended } = start({ zk: '127.0.0.1', zk_port: port, scheduler_zk_path: '/aurora/scheduler' });
  const { bytes, socket } = await first;
  // The length of a connect request without credentials, and the version of the protocol.
  assert.equal([bytes.readInt32BE(0), bytes.readInt32BE(4)], [bytes.length - 4, 0]);
  child.kill('SIGINT');
  const { code, parts } = await ended;
  socket.destroy();
  close();
  assert.is(code, 130);
  assert.equal(parts, ['zookeeper']);
});

test('a proxy to an https scheduler loads the tunnel', async () => {
  const { port, first, close } = await listening();
  const { ended } = start({ scheduler_uri: 'https://scheduler.example' }, undefined, {
    https_proxy: `http://127.0.0.1:${port}`,
  });
  const { bytes, socket } = await first;
  assert.match(bytes.toString(), /^CONNECT scheduler\.example:443 HTTP\/1\.1\r\n/);
  socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  const { code, stderr, parts } = await ended;
  close();
  assert.match(stderr, '407 Proxy Authentication Required');
  assert.is.not(code, 0);
  assert.equal(parts, ['proxy']);
});

test('a traced command loads the API of tracing, and is a span', async () => {
  const preload = `
    const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
    const span = (name) => ({
      spanContext: () => ids, setAttributes() {}, setStatus() {}, end: () => console.error('span', name),
    });
    require('${resolve('node_modules/@opentelemetry/api')}').trace.setGlobalTracerProvider({
      getTracer: () => ({ startSpan: span }),
    });`;
  const { code, stderr, parts } = await start({}, ['version'], {}, preload).ended;
  assert.is(stderr, 'span aurora version\n');
  assert.is(code, 0);
  assert.equal(parts, ['tracing']);
});

test('a command without its argument loads what writes lists', async () => {
  const { code, stderr, parts } = await start({}, ['job', 'status']).ended;
  assert.match(stderr, /^aurora job status: Missing 1 required arg: jobspec {2}the jobs: CLUSTER/);
  assert.is(code, 2);
  assert.equal(parts, ['oclif']);
});

test.run();
