/** `job logs` on the embedded cluster: through the scheduler, straight from an observer, with lines that are counted. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { SHAPES } from '../commands/json-shapes.ts';
import { assert, count, suite } from '../harness/index.ts';
import { freePort, newProduct, type Product, type RunningScheduler, until } from './product.ts';

const INSTANCES = 10;
const RESTARTED = '0,3,7';
/** Executors are charged next to nothing, so that all instances fit on the one machine at once. */
const FLAGS = ['-thermos_executor_cpu=0.01', '-thermos_executor_ram=8MB'];

const TALK = 'local/shop/devel/talk';
const ONCE = 'local/shop/devel/once';

/** `talk` writes a hundred numbered lines a second, every one once. */
const SOURCE = `
import { Job, MB, Process, Resources, Task } from 'aurora';

const talk = Process({
  name: 'talk',
  cmdline: 'i=0; while true; do for k in 1 2 3 4 5 6 7 8 9 10; do echo "line $$ $i äöü"; i=$((i+1)); done; sleep 0.1; done',
});
const once = Process({
  name: 'once',
  cmdline: "printf 'bytes \\\\377\\\\000\\\\001 end\\\\n'; echo to stderr >&2; printf 'no newline'; exit 3",
});
const resources = Resources({ cpu: 0.01, ram: 16 * MB, disk: 16 * MB });
const place = { cluster: 'local', role: 'shop', environment: 'devel' };

export default [
  Job({ ...place, name: 'talk', instances: ${INSTANCES}, task: Task({ processes: [talk], resources }) }),
  Job({ ...place, name: 'once', instances: 1, task: Task({ processes: [once], resources }) }),
];
`;

/** What `--json` shows is what the documented schema says. */
function keeps(verb: string, value: unknown): void {
  const shape = SHAPES[verb];
  assert.ok(shape, verb);
  assert.is(shape?.safeParse(value).error?.message, undefined, JSON.stringify(value));
}

/** What stands before the scheduler of another cluster's name. */
interface Front {
  readonly port: number;
  /** Streams that were cut. */
  cuts(): number;
  close(): void;
}

/** Passes requests on. Views are cut after so many bytes, or, for `none`, are not there: as before an original scheduler. */
async function front(port: number, views: number | 'none'): Promise<Front> {
  let cuts = 0;
  const server: Server = createServer((incoming, outgoing) => {
    if (views === 'none' && incoming.url?.startsWith('/api/view/')) {
      incoming.resume();
      outgoing.writeHead(404).end('<html>Not found</html>');
      return;
    }
    const { headers, method, url } = incoming;
    const onwards = request({ host: '127.0.0.1', port, path: url, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      let left = views === 'none' || !url?.startsWith('/api/view/logs') ? Number.POSITIVE_INFINITY : views;
      answer.on('data', (chunk: Buffer) => {
        // Also in the middle of an event.
        if (chunk.length > left) {
          cuts++;
          outgoing.write(chunk.subarray(0, left), () => outgoing.destroy());
          answer.destroy();
        } else outgoing.write(chunk);
        left -= chunk.length;
      });
      answer.once('end', () => outgoing.end());
      answer.once('error', () => outgoing.destroy());
    });
    onwards.once('error', () => outgoing.destroy());
    outgoing.once('close', () => onwards.destroy());
    incoming.pipe(onwards);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    cuts: () => cuts,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const test = suite('job logs');
let product: Product;
let scheduler: RunningScheduler;
let cutting: Front;
let original: Front;
let observer: ChildProcess | undefined;
let file: string;

test.before(async () => {
  product = await newProduct();
  scheduler = await product.startScheduler(...FLAGS);
  cutting = await front(product.port, 100_000);
  original = await front(product.port, 'none');
  const port = await freePort();
  const root = join(product.dataDir, 'cluster/work/agent-0');
  const words = [
    'observer',
    '--mesos-root',
    root,
    '--port',
    String(port),
    '--polling_interval_secs',
    '1',
    '--ip',
    '127.0.0.1',
  ];
  observer = spawn(process.execPath, [resolve('bin/aurora.js'), ...words], { stdio: 'ignore' });
  const cluster = (name: string, at: number) => ({
    name,
    scheduler_uri: `http://127.0.0.1:${at}`,
    auth_mechanism: 'UNAUTHENTICATED',
    observer_url: `http://127.0.0.1:${port}`,
  });
  writeFileSync(
    join(product.home, 'etc/clusters.json'),
    JSON.stringify([
      cluster('local', product.port),
      cluster('cutting', cutting.port),
      cluster('original', original.port),
    ]),
  );
  file = product.jobFile('talk.aurora.ts', SOURCE);
});
test.after(async () => {
  observer?.kill('SIGKILL');
  cutting.close();
  original.close();
  const code = await scheduler.stop();
  product.remove();
  assert.is(code, 0, scheduler.log());
});

test('of a task that has ended: every byte, stderr apart, and how it ended', async () => {
  const created = await product.aurora('job', 'create', ONCE, file);
  assert.is(created.code, 0, created.stderr);
  await until(
    'the end of the task',
    async () => (await product.aurora('job', 'status', ONCE)).stdout.includes('FAILED'),
    90_000,
  );
  const live = await product.aurora('job', 'logs', ONCE);
  assert.is(live.code, 6, live.stderr);
  assert.match(live.stderr, 'ended are 0 (FAILED)');
  const dead = await product.aurora('job', 'logs', ONCE, '--dead', '--exit-status');
  assert.is(dead.code, 4, dead.stderr);
  assert.equal(
    dead.stdout
      .split('\n')
      .map((line) => line.replace(/ +/g, ' '))
      .sort(),
    ['', 'once/0 once bytes \ufffd\0\x01 end', 'once/0 once no newline', 'once/0 once! to stderr'].sort(),
  );
  const plain = await product.aurora('job', 'logs', ONCE, '--previous', '--stderr', '--no-prefix');
  assert.is(plain.stdout, 'to stderr\n');
  const json = await product.aurora('job', 'logs', `${ONCE}/0`, '--dead', '--grep', 'bytes', '--json');
  const objects = json.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(
    objects.map(({ type, stream, line, exit }) => ({ type, stream, line, exit })),
    [
      { type: 'line', stream: 'stdout', line: 'bytes \ufffd\0\x01 end', exit: undefined },
      { type: 'end', stream: undefined, line: undefined, exit: 0 },
    ],
  );
  for (const object of objects) keeps('job logs', object);
  const files = await product.aurora('task', 'files', `${ONCE}/0`, '.logs/once/0', '--json');
  keeps('task files', JSON.parse(files.stdout));
  const listed = await product.aurora('task', 'files', `${ONCE}/0`, '.logs/once/0');
  assert.match(listed.stdout, /stderr\n.*stdout\n/s, listed.stderr);
  const copy = await product.aurora('task', 'files', `${ONCE}/0`, '.logs/once/0/stderr', '-o', '-');
  assert.is(copy.stdout, 'to stderr\n', copy.stderr);
  const outside = await product.aurora('task', 'files', `${ONCE}/0`, '../../../../etc/passwd', '--get');
  assert.is(outside.code, 6, outside.stderr);
}, 120_000);

/** Every line that was written, out of the files themselves. */
function written(): string[] {
  return readdirSync(product.dataDir, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('/.logs/talk/0/stdout') && !path.includes('/latest/'))
    .flatMap((path) => readFileSync(join(product.dataDir, path), 'utf8').split('\n').slice(0, -1));
}

test('followed through restarts and cut connections no line is lost or doubled', async () => {
  const created = await product.aurora('job', 'create', '--wait-until', 'RUNNING', TALK, file);
  assert.is(created.code, 0, created.stderr);
  const key = TALK.replace('local', 'cutting');
  const followed = product.start('job', 'logs', '-f', '--tail', 'all', '--no-prefix', key);
  await until('connections that were cut', () => cutting.cuts() >= 2, 60_000);
  const restarted = await product.aurora(
    'job',
    'restart',
    `${TALK}/${RESTARTED}`,
    '--batch-size',
    '3',
    '--watch-secs',
    '1',
  );
  assert.is(restarted.code, 0, restarted.stderr);
  await until('news of the restarts', () => followed.stderr().match(/starts anew/g)?.length === 3, 60_000);
  const direct = await product.aurora(
    'job',
    'logs',
    TALK.replace('local', 'original'),
    '--tail',
    '1',
    '--stdout',
  );
  assert.is(direct.code, 0, direct.stderr);
  assert.match(direct.stderr, 'shows no logs: the agents are asked themselves');
  // what is written while it is read comes, too
  const shown = direct.stdout.split('\n').filter((line) => line !== '');
  assert.equal(
    shown.filter((line) => !/^talk\/\d talk line \d+ \d+ äöü$/.test(line)),
    [],
  );
  assert.is(new Set(shown.map((line) => line.split(' ')[0])).size, INSTANCES);
  const top = await product.aurora('task', 'top', '--json', TALK);
  keeps('task top', JSON.parse(top.stdout));
  const used = JSON.parse(top.stdout).tasks as { instance: number; ramBytes: number }[];
  assert.is(used.filter(({ ramBytes }) => ramBytes > 0).length, INSTANCES, top.stdout);
  const killed = await product.aurora('job', 'killall', '--no-batching', TALK);
  assert.is(killed.code, 0, killed.stderr);
  // A job that is no service is over, and so is who follows it.
  const { code, stderr, stdout } = await followed.finished;
  assert.is(code, 0, stderr);
  const times = new Map<string, number>();
  for (const line of stdout.split('\n').slice(0, -1)) times.set(line, (times.get(line) ?? 0) + 1);
  const lines = written();
  const lost = lines.filter((line) => !times.has(line));
  const doubled = [...times].filter(([, number]) => number > 1);
  assert.is(new Set(lines).size, lines.length, 'every line is written once');
  assert.equal([lost.slice(0, 3), doubled.slice(0, 3)], [[], []], stderr);
  assert.is(times.size, lines.length);
  assert.match(stderr, /^-- talk\/3 KILLED/m);
  count('lines followed through restarts and cut connections', lines.length);
}, 240_000);

test.run();
