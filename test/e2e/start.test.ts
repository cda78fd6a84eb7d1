import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { assert, suite } from '../harness/index.ts';
import { freePort, until } from './product.ts';

const test = suite('npm start');

/** Commands of living processes that belong to this test run, other than the runner's and this one's. */
function processesUnder(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((command) => command.includes(folder));
}

/** Runs it until the job's output is shown. */
async function started() {
  const port = await freePort();
  const child = spawn(process.execPath, ['scripts/start.js', '--http-port', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = new Promise<number | null>((done) => child.once('close', done));
  try {
    await until('RUNNING', () => /is RUNNING, [\d.]+ s after the command/.test(output), 60_000);
    await until('the output of the job', () =>
      /[Hh]ello/.test(output.split('Ctrl-C ends everything')[1] ?? ''),
    );
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${(error as Error).message}\n${output}`);
  }
  return { child, code, output: () => output };
}

/** The folder of a run of which processes are left. */
const leftOver = () => /aurora-start-\w+/.exec(processesUnder('aurora-start-').join('\n'))?.[0];

test('ends in a running hello_world whose output is shown; Ctrl-C leaves no process', async () => {
  const { child, code, output } = await started();
  child.kill('SIGINT');
  assert.is(await code, 0, output());
  assert.is(leftOver(), undefined);
}, 120_000);

test('nothing is left when its terminal goes, or when nobody reads what it shows', async () => {
  const lone = await started();
  lone.child.kill('SIGHUP');
  assert.is(await lone.code, 0, lone.output());
  assert.is(leftOver(), undefined);
  const unread = await started();
  unread.child.stdout.destroy();
  assert.is(await unread.code, 0, unread.output());
  assert.is(leftOver(), undefined);
}, 180_000);

test('a taken port is named, with what to do', async () => {
  const { createServer } = await import('node:net');
  const taken = createServer((connection) => connection.destroy());
  await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
  const { port } = taken.address() as { port: number };
  const child = spawn(process.execPath, ['scripts/start.js', '--http-port', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  taken.close();
  assert.is(code, 1);
  assert.match(output, String(port));
  assert.match(output, '--http-port');
}, 60_000);

test.run();
