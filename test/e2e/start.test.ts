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

test('ends in a running hello_world whose output is shown; Ctrl-C leaves no process', async () => {
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
  const folder = /aurora-start-\w+/;
  child.kill('SIGINT');
  assert.is(await code, 0, output);
  const home = folder.exec(processesUnder('aurora-start-').join('\n'))?.[0];
  assert.is(home, undefined, `still running below ${home}`);
}, 120_000);

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
