/** The built program as a process: what only shows there. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { COMMANDS } from '../../src/commands/table.ts';
import { assert, suite } from '../harness/index.ts';
import { fakeScheduler } from './golden/fake-scheduler.ts';
import { groups } from './golden/scenario.ts';

const test = suite('built program');
const LIMIT_MS = 30_000;

let home: string;
test.beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'aurora-binary-'));
});
test.afterEach(() => rmSync(home, { recursive: true, force: true }));

const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  spawn(process.execPath, [resolve('bin/aurora.js'), ...args], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, AURORA_CONFIG_ROOT: home, TZ: 'UTC', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

async function run(...args: string[]) {
  const child = start(args);
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    said.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.stderr += chunk;
  });
  const code = await new Promise((done) => child.once('close', (status, signal) => done(signal ?? status)));
  return { code, ...said };
}

const useScheduler = (port: number) =>
  writeFileSync(
    join(home, 'clusters.json'),
    JSON.stringify([{ name: 'west', scheduler_uri: `http://127.0.0.1:${port}` }]),
  );

const recorded = (id: string) => {
  const found = groups()
    .flatMap(({ scenarios }) => scenarios)
    .find((scenario) => scenario.id === id);
  if (!found) throw new Error(`no recording ${id}`);
  return found;
};

test(
  'recorded runs give the same output as a process',
  async () => {
    for (const id of ['status-one', 'list-env', 'kill-nobatch', 'status-none', 'list-401']) {
      const scenario = recorded(id);
      const scheduler = await fakeScheduler(scenario.rpcs);
      useScheduler(scheduler.ports[0]);
      const { code, stdout } = await run(...scenario.argv);
      await scheduler.close();
      assert.equal([...scheduler.problems, ...scheduler.missing()], [], id);
      assert.is(code, scenario.exitCode, id);
      assert.is(stdout, scenario.stdout, id);
    }
  },
  LIMIT_MS,
);

test(
  'a file in the language is loaded from wherever the command runs',
  async () => {
    const job = `Service({ cluster: 'west', role: 'web', environment: 'test', name: 'a', task: {
      processes: [{ name: 'p', cmdline: 'true' }], resources: { cpu: 1, ram: 64 * MB, disk: 64 * MB } } })`;
    writeFileSync(
      join(home, 'a.aurora.ts'),
      `import { MB, Service } from 'aurora';\nexport default [${job}];\n`,
    );
    const { code, stdout, stderr } = await run('config', 'list', 'a.aurora.ts');
    assert.is(stderr, '');
    assert.is(stdout, 'jobs=[west/web/test/a]\n');
    assert.is(code, 0);
  },
  LIMIT_MS,
);

test('help and version come from the built program, too', async () => {
  assert.match((await run()).stdout, 'USAGE');
  assert.match((await run('job', 'status', '--help')).stdout, '$ aurora job status');
  assert.match((await run('version')).stdout, /^\d+\.\d+\.\d+\n$/);
  assert.is((await run('no', 'such')).code, 2);
});

test('what a command loads holds no other command: it does not grow with their number', async () => {
  const all = await Promise.all(
    Object.entries(COMMANDS).map(async ([id, load]) => ({ id, summary: (await load()).default.summary })),
  );
  // The commands of administrators share the bundle of all.
  for (const { id, summary } of all.filter(({ id }) => !id.startsWith('admin '))) {
    const bundle = readFileSync(resolve('dist/cli', `${id.replace(' ', '-')}.cjs`), 'utf8');
    const held = all
      .filter((other) => bundle.includes(JSON.stringify(other.summary)))
      .map((other) => other.id);
    assert.equal(
      held.filter((other) => other !== id),
      [],
      `${id} holds other commands`,
    );
    assert.ok(held.includes(id), `${id} is looked for by ${summary}`);
  }
});

/** Modules of Node that a plain call needs none of; each costs a command milliseconds. */
const NOT_NEEDED =
  /^NativeModule (?:tls|https|http2|zlib|crypto|dns|perf_hooks|worker_threads|readline|child_process|repl)$/;

test('a command loads none of the modules of Node that it does not need', async () => {
  const list = join(home, 'modules');
  writeFileSync(
    join(home, 'list.cjs'),
    `process.on('exit', () => require('node:fs').writeFileSync('${list}', process.moduleLoadList.join('\\n')));`,
  );
  const scenario = recorded('status-one');
  const scheduler = await fakeScheduler(scenario.rpcs);
  useScheduler(scheduler.ports[0]);
  const child = start(scenario.argv, { NODE_OPTIONS: `--require=${join(home, 'list.cjs')}` });
  child.stdout.resume();
  child.stderr.resume();
  assert.is(await new Promise((done) => child.once('close', done)), 0);
  await scheduler.close();
  const loaded = readFileSync(list, 'utf8').split('\n');
  assert.ok(loaded.includes('NativeModule http'));
  assert.equal(
    loaded.filter((name) => NOT_NEEDED.test(name)),
    [],
  );
});

test('a reader that goes away ends the command quietly', async () => {
  const child = start(['help']);
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise((done) => child.once('close', done));
  assert.is(stderr, '');
  assert.ok(code === 0 || code === 141, `exit code ${code}`);
});

test('Ctrl-C ends a command that waits for the scheduler', async () => {
  const server = createServer();
  const called = new Promise((done) => server.once('request', done));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  useScheduler((server.address() as AddressInfo).port);
  const child = start(['job', 'list', 'west']);
  const ended = new Promise((done) => child.once('close', (code, signal) => done(signal ?? code)));
  await called;
  child.kill('SIGINT');
  assert.is(await ended, 130);
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

test.run();
