import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, suite } from '../harness/index.ts';
import { newProduct, type Product, type RunningScheduler, until } from './product.ts';

const KEY = 'local/shop/devel/pair';

const SOURCE = `
import { Job, MB, order, Process, Resources, Task } from 'aurora';

const prepare = Process({ name: 'prepare', cmdline: 'echo prepared instance {{mesos.instance}} > ready' });
const serve = Process({ name: 'serve', cmdline: 'cat ready; echo serving; while true; do sleep 1; done' });

export default [
  Job({
    cluster: 'local', role: 'shop', environment: 'devel', name: 'pair', instances: 2, service: true,
    task: Task({
      processes: [serve, prepare],
      constraints: order(prepare, serve),
      resources: Resources({ cpu: 0.1, ram: 16 * MB, disk: 16 * MB }),
    }),
  }),
];
`;

/** Every file below a folder whose path ends in \`suffix`. */
function filesEndingIn(folder: string, suffix: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => path.endsWith(suffix) && !path.includes('/latest/'));
}

const running = async (product: Product) => {
  const { code, stdout } = await product.aurora('job', 'status', '--write-json', KEY);
  if (code !== 0) return undefined;
  const [job] = JSON.parse(stdout);
  return job.active?.length === 2 && job.active.every((task: { status: string }) => task.status === 'RUNNING')
    ? job
    : undefined;
};

const test = suite('a job of two processes');
let product: Product;
let scheduler: RunningScheduler;

test.before(async () => {
  product = await newProduct();
  scheduler = await product.startScheduler();
});
test.after(async () => {
  const code = await scheduler.stop();
  product.remove();
  assert.is(code, 0, scheduler.log());
});

test('is created, seen, inspected and killed', async () => {
  const file = product.jobFile('pair.aurora.ts', SOURCE);

  const inspected = await product.aurora('job', 'inspect', KEY, file);
  assert.is(inspected.code, 0, inspected.stderr);
  for (const text of ['pair', 'prepare', 'serve']) assert.match(inspected.stdout, text);
  const asJson = await product.aurora('job', 'inspect', '--write-json', KEY, file);
  assert.is(asJson.code, 0, asJson.stderr);
  assert.is(JSON.parse(asJson.stdout).name, 'pair');

  const created = await product.aurora('job', 'create', '--wait-until', 'RUNNING', KEY, file);
  assert.is(created.code, 0, created.stderr);
  await until('both instances RUNNING', () => running(product));

  const status = await product.aurora('job', 'status', KEY);
  assert.is(status.code, 0, status.stderr);
  assert.match(status.stdout, 'RUNNING');
  const sandbox = await product.aurora('task', 'files', `${KEY}/0`);
  assert.is(sandbox.code, 0, sandbox.stderr);
  assert.match(sandbox.stdout, /\.logs/);
  const below = await product.aurora('task', 'files', `${KEY}/0`, '.logs');
  assert.match(below.stdout, /prepare/);
  const again = await product.aurora('job', 'create', KEY, file);
  assert.is(again.code, 4, 'a second create is refused');
  const listed = await product.aurora('job', 'list', 'local/shop');
  assert.match(listed.stdout, KEY);

  const outputs = await until('the output of both instances', () => {
    const found = filesEndingIn(product.dataDir, '/.logs/serve/0/stdout').filter((path) =>
      readFileSync(path, 'utf8').includes('serving'),
    );
    return found.length === 2 ? found : undefined;
  });
  const texts = outputs.map((path) => readFileSync(path, 'utf8')).sort();
  assert.match(texts[0] as string, 'prepared instance 0\nserving');
  assert.match(texts[1] as string, 'prepared instance 1\nserving');

  const one = await product.aurora('job', 'kill', `${KEY}/1`);
  assert.is(one.code, 0, one.stderr);
  const left = await until('one instance', async () => {
    const { stdout } = await product.aurora('job', 'status', '--write-json', KEY);
    const [job] = JSON.parse(stdout);
    return job.active.length === 1 ? job : undefined;
  });
  assert.is(left.active[0].assignedTask.instanceId, 0);
  const all = await product.aurora('job', 'killall', KEY);
  assert.is(all.code, 0, all.stderr);
  const gone = await product.aurora('job', 'status', '--write-json', KEY);
  assert.equal(JSON.parse(gone.stdout)[0]?.active ?? [], []);
}, 120_000);

test('what the client is told of its mistakes', async () => {
  const broken = product.jobFile(
    'broken.aurora.ts',
    "import { Job } from 'aurora';\nexport default [Job({ name: 'x', });",
  );
  const cases: { args: string[]; code: number; says: (string | RegExp)[] }[] = [
    { args: ['job', 'create', KEY, broken], code: 3, says: ['broken.aurora.ts:2'] },
    {
      args: ['job', 'create', KEY, join(product.home, 'nowhere.aurora.ts')],
      code: 3,
      says: ['nowhere.aurora.ts'],
    },
    { args: ['job', 'status', 'atlantis/a/devel/b'], code: 3, says: ['atlantis'] },
    { args: ['job', 'inspect', 'not-a-key', broken], code: 2, says: ['not-a-key'] },
    { args: ['job', 'creat', KEY], code: 2, says: ['create'] },
    { args: ['job', 'status', '--colour', KEY], code: 2, says: ['--colour'] },
  ];
  for (const { args, code, says } of cases) {
    const done = await product.aurora(...args);
    assert.is(done.code, code, `${args.join(' ')}\n${done.stdout}${done.stderr}`);
    for (const text of says) assert.match(done.stderr, text);
    assert.not.match(done.stderr, /^\s+at /m, 'no stack trace');
  }
}, 60_000);

test('the data directory exists and holds the sandboxes', () => {
  assert.ok(existsSync(product.dataDir));
});

test.run();
