import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBelow, seededRandom } from '../../src/base/random.ts';
import { assert, count, suite } from '../harness/index.ts';
import { newProduct, type Product, until } from './product.ts';

const ROUNDS = 20;
const INSTANCES = 50;
/** A restarted scheduler is killed again at a random moment up to this long after it leads. */
const LONGEST_LIFE_MS = 400;
const KEY = 'local/crash/devel/sleepers';
/** Executors are charged next to nothing, so that all of them fit on the one machine. */
const FLAGS = ['-thermos_executor_cpu=0.01', '-thermos_executor_ram=8MB'];

const jobSource = (startedFile: string) => `
import { Job, MB, Process, Resources, SequentialTask } from 'aurora';

const sleeper = Process({ name: 'sleeper', cmdline: 'echo {{thermos.task_id}} >> ${startedFile}; exec sleep 100000' });

export default [
  Job({
    cluster: 'local', role: 'crash', environment: 'devel', name: 'sleepers', instances: ${INSTANCES}, service: true,
    task: SequentialTask({ processes: [sleeper], resources: Resources({ cpu: 0.01, ram: 1 * MB, disk: 1 * MB }) }),
  }),
];
`;

interface ActiveTask {
  readonly id: string;
  readonly instance: number;
  readonly status: string;
}

/** The active tasks of the job as the client sees them; undefined while the scheduler does not answer with them. */
async function activeTasks(product: Product): Promise<ActiveTask[] | undefined> {
  const { code, stdout } = await product.aurora('job', 'status', '--write-json', KEY);
  if (code !== 0) return undefined;
  const [job] = JSON.parse(stdout);
  if (!job?.active) return undefined;
  return job.active.map((task: { assignedTask: { taskId: string; instanceId: number }; status: string }) => ({
    id: task.assignedTask.taskId,
    instance: task.assignedTask.instanceId,
    status: task.status,
  }));
}

async function allRunning(product: Product): Promise<ActiveTask[] | undefined> {
  const tasks = await activeTasks(product);
  return tasks?.length === INSTANCES && tasks.every((task) => task.status === 'RUNNING') ? tasks : undefined;
}

const idsOf = (tasks: readonly ActiveTask[]) => tasks.map((task) => task.id).sort();

const test = suite('a scheduler killed with kill -9');

test(`${INSTANCES} tasks outlive ${ROUNDS} kills: the same ids run, none is started twice, none is lost`, async () => {
  const random = seededRandom(20);
  const product = await newProduct();
  const startedFile = join(product.home, 'started');
  const job = product.jobFile('sleepers.aurora.ts', jobSource(startedFile));
  let scheduler = await product.startScheduler(...FLAGS);
  try {
    const created = await product.aurora('job', 'create', KEY, job);
    assert.is(created.code, 0, created.stderr);
    const before = idsOf(await until('all tasks RUNNING', () => allRunning(product), 120_000));

    for (let round = 1; round <= ROUNDS; round++) {
      await new Promise((next) => setTimeout(next, randomBelow(random, LONGEST_LIFE_MS)));
      await scheduler.kill9();
      scheduler = await product.startScheduler(...FLAGS);
      const after = await until(`all tasks RUNNING in round ${round}`, () => allRunning(product), 60_000);
      assert.equal(idsOf(after), before, `round ${round}`);
      assert.equal(new Set(after.map((task) => task.instance)).size, INSTANCES);
      const started = readFileSync(startedFile, 'utf8').trim().split('\n').sort();
      assert.equal(started, before, `round ${round}: every task was started exactly once`);
    }
    count('kill -9 of the scheduler, rounds', ROUNDS);
    assert.is(await scheduler.stop(), 0, scheduler.log());
  } catch (error) {
    console.error(scheduler.log().slice(-8_000));
    await scheduler.stop();
    throw error;
  } finally {
    product.remove();
  }
}, 300_000);

test('killed while it launches: every acknowledged instance ends up running once', async () => {
  const random = seededRandom(7);
  const product = await newProduct();
  const startedFile = join(product.home, 'started');
  const job = product.jobFile('sleepers.aurora.ts', jobSource(startedFile));
  let scheduler = await product.startScheduler(...FLAGS);
  try {
    const created = await product.aurora('job', 'create', KEY, job);
    assert.is(created.code, 0, created.stderr);
    for (let kill = 0; kill < 4; kill++) {
      await new Promise((next) => setTimeout(next, randomBelow(random, LONGEST_LIFE_MS)));
      await scheduler.kill9();
      scheduler = await product.startScheduler(...FLAGS);
    }
    const tasks = await until('all tasks RUNNING', () => allRunning(product), 120_000);
    assert.equal(new Set(tasks.map((task) => task.instance)).size, INSTANCES);
    const started = existsSync(startedFile) ? readFileSync(startedFile, 'utf8').trim().split('\n') : [];
    assert.is(new Set(started).size, started.length, 'no task id was started twice');
    for (const id of idsOf(tasks)) assert.ok(started.includes(id), `${id} runs but was never started`);
    assert.is(await scheduler.stop(), 0, scheduler.log());
  } catch (error) {
    console.error(scheduler.log().slice(-8_000));
    await scheduler.stop();
    throw error;
  } finally {
    product.remove();
  }
}, 300_000);

test.run();
