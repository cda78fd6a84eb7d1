import { appendFileSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { assert, suite } from '../harness/index.ts';
import { freePort, newProduct, until } from './product.ts';

const test = suite('a scheduler that cannot start, or finds damage');

const message = async (start: Promise<unknown>): Promise<string> => {
  try {
    await start;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it started');
};

test('a taken port is named with the flag that changes it', async () => {
  const product = await newProduct();
  const taken = createServer((connection) => connection.destroy());
  await new Promise<void>((done) => taken.listen(product.port, '127.0.0.1', done));
  try {
    const text = await message(product.startScheduler());
    assert.match(text, String(product.port));
    assert.match(text, /http[-_]port/);
  } finally {
    taken.close();
    product.remove();
  }
}, 60_000);

test('a data directory in use is refused, naming its owner, and the owner goes on', async () => {
  const product = await newProduct();
  const owner = await product.startScheduler();
  try {
    const other = String(await freePort());
    const done = await product.aurora(
      'scheduler',
      'start',
      '--http-port',
      other,
      '--data-dir',
      product.dataDir,
    );
    assert.is(done.code, 1);
    assert.match(done.stderr, product.dataDir);
    assert.match(done.stderr, /\b\d{2,}\b/, 'the process that has it');
    const status = await product.aurora('job', 'list', 'local/nobody');
    assert.is(status.code, 0, status.stderr);
  } finally {
    assert.is(await owner.stop(), 0);
    product.remove();
  }
}, 60_000);

test('a missing executor file is named', async () => {
  const product = await newProduct();
  try {
    const text = await message(product.startScheduler('-thermos_executor_path=/nowhere/aurora-executor'));
    assert.match(text, '/nowhere/aurora-executor');
  } finally {
    product.remove();
  }
}, 60_000);

test('an unknown flag is refused with the nearest name', async () => {
  const product = await newProduct();
  try {
    const text = await message(product.startScheduler('--http-prot=1'));
    assert.match(text, /http[-_]port/);
  } finally {
    product.remove();
  }
}, 60_000);

test('a torn tail of the log is cut off and said; what was acknowledged is there', async () => {
  const product = await newProduct();
  const file = product.jobFile(
    'idle.aurora.ts',
    `import { Job, MB, Process, Resources, SequentialTask } from 'aurora';
     const idle = Process({ name: 'idle', cmdline: 'sleep 1000' });
     export default [Job({ cluster: 'local', role: 'torn', environment: 'devel', name: 'idle', service: true,
       task: SequentialTask({ processes: [idle], resources: Resources({ cpu: 900, ram: 1 * MB, disk: 1 * MB }) }) })];`,
  );
  const first = await product.startScheduler();
  const created = await product.aurora('job', 'create', 'local/torn/devel/idle', file);
  assert.is(created.code, 0, created.stderr);
  await first.kill9();
  const segments = readdirSync(product.dataDir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(product.dataDir, name))
    .filter((path) => /segment-\d+\.log$/.test(path) && statSync(path).isFile())
    .sort();
  appendFileSync(segments.at(-1) as string, Buffer.from([200, 0, 0, 0, 1, 2, 3]));
  const second = await product.startScheduler();
  try {
    assert.match(second.log(), segments.at(-1) as string);
    const listed = await product.aurora('job', 'list', 'local/torn');
    assert.match(listed.stdout, 'local/torn/devel/idle');
  } finally {
    assert.is(await second.stop(), 0);
    product.remove();
  }
}, 90_000);

test('a scheduler that is down is named by its address while the client tries again', async () => {
  const product = await newProduct();
  const client = product.start('job', 'killall', 'local/a/devel/b');
  try {
    await until('the address', () => client.stderr().includes(`127.0.0.1:${product.port}`));
    assert.match(client.stderr(), /again/);
  } finally {
    client.kill();
    await client.finished;
    product.remove();
  }
}, 60_000);

test.run();
