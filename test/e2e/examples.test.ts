/** Every example on the embedded cluster, as a user tries it: created with the command line, watched until it runs. */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assert, count, suite } from '../harness/index.ts';
import { newProduct, type Product, type RunningScheduler, until } from './product.ts';

const FOLDER = resolve('examples');
/** Executors are charged next to nothing, so that all examples fit on the one machine at once. */
const FLAGS = ['-thermos_executor_cpu=0.01', '-thermos_executor_ram=8MB'];

/** What instances of an example come to; a state in which they stay, or one that they end in. */
type Goal = 'RUNNING' | 'FINISHED';
/** Examples that come to something else than instances that run, and why some cannot be created here. */
const BATCH = new Set(['batch']);
const ELSEWHERE: Readonly<Record<string, string>> = {
  cron: 'is put on a schedule, not created',
  docker: 'needs Docker',
};

interface Example {
  readonly file: string;
  readonly key: string;
  readonly goal: Goal;
}

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.aurora.ts'));
const stem = (file: string) => file.replace('.aurora.ts', '');

const test = suite('examples on the embedded cluster');
let product: Product;
let scheduler: RunningScheduler;

test.before(async () => {
  product = await newProduct();
  scheduler = await product.startScheduler(...FLAGS);
});
test.after(async () => {
  const code = await scheduler.stop();
  product.remove();
  assert.is(code, 0, scheduler.log());
});

async function jobsIn(file: string): Promise<readonly Example[]> {
  const { code, stdout, stderr } = await product.aurora('config', 'list', join(FOLDER, file));
  assert.is(code, 0, stderr);
  const [, keys = ''] = /^jobs=\[(.*)\]$/m.exec(stdout) ?? [];
  const goal = BATCH.has(stem(file)) ? 'FINISHED' : 'RUNNING';
  return keys.split(', ').map((key) => ({ file: join(FOLDER, file), key, goal }));
}

interface Task {
  readonly status: string;
  readonly assignedTask: { readonly instanceId: number };
}

/** States of the newest task of each instance, when all are what they should come to. */
async function arrived({ key, goal }: Example): Promise<readonly string[] | undefined> {
  const { code, stdout, stderr } = await product.aurora('job', 'status', '--write-json', key);
  assert.is(code, 0, stderr);
  const [job] = JSON.parse(stdout) as { active: Task[]; inactive: Task[] }[];
  const gone = (job?.inactive ?? []).filter(({ status }) => status !== 'FINISHED');
  assert.equal(gone, [], `${key}: an instance did not come up`);
  const tasks = goal === 'RUNNING' ? job?.active : (job?.active.length ?? 1) > 0 ? [] : job?.inactive;
  const states = (tasks ?? []).map(({ status }) => status);
  return states.length > 0 && states.every((status) => status === goal) ? states : undefined;
}

for (const file of files) {
  const why = ELSEWHERE[stem(file)];
  test(`${file} ${why ?? 'runs'}`, async () => {
    const path = join(FOLDER, file);
    const checked = await product.aurora('config', 'check', path);
    assert.is(checked.code, 0, checked.stdout);
    const jobs = await jobsIn(file);
    for (const { key } of jobs) {
      const inspected = await product.aurora('job', 'inspect', key, path);
      assert.is(inspected.code, 0, inspected.stderr);
    }
    if (why) return;
    for (const example of jobs) {
      const created = await product.aurora('job', 'create', example.key, path);
      assert.is(created.code, 0, `${created.stderr}\n${scheduler.log().slice(-2_000)}`);
    }
    for (const example of jobs) await until(`${example.key} ${example.goal}`, () => arrived(example), 90_000);
    for (const { key } of jobs.filter(({ goal }) => goal === 'RUNNING')) {
      const killed = await product.aurora('job', 'killall', '--no-batching', key);
      assert.is(killed.code, 0, killed.stderr);
    }
    count('examples on the embedded cluster, jobs', jobs.length);
  }, 180_000);
}

test.run();
