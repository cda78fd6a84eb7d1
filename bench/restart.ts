/**
 * The time from the start of `aurora scheduler start` on a data directory with 100,000 tasks to its first answers: the
 * thousand tasks of a job, then all tasks. There is no Mesos master, because the API answers before one is found.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { callOf, decodeMessage, encodeMessage, type Wire } from '../src/api/index.ts';
import { startLoneScheduler } from './cluster/lone-scheduler.ts';
import { pause } from './cluster/start.ts';
import { figure, median } from './harness.ts';
import { openDataDirectory } from './state/data-directory.ts';
import { fillJob, jobKeyOf, TASKS_OF_EACH } from './state/fill.ts';

const TASKS = Number(process.env.BENCH_TASKS ?? 100_000);
const JOBS = TASKS / TASKS_OF_EACH;
/** The number of tasks that have changed since the last snapshot, each twice. */
const CHANGED = TASKS / 5;
const STARTS = 3;
const BINARY = 'application/vnd.apache.thrift.binary';

async function prepare(directory: string): Promise<void> {
  const storage = await openDataDirectory(directory);
  for (let job = 0; job < JOBS; job++) await storage.write((tx) => fillJob(tx, job, randomUUID));
  await storage.write((tx) => tx.framework.saveId('6a1ab2bb-ce52-4b2c-a6b2-0f3e5d7c9b1a-0000'));
  await storage.snapshot();
  const writes: Promise<unknown>[] = [];
  for (let number = 0; number < 2 * CHANGED; number++) {
    const change = storage.write(({ tasks }) => {
      const instance = Math.floor(number / JOBS) % TASKS_OF_EACH;
      const task = tasks.activeInstance(jobKeyOf(number % JOBS), instance);
      if (!task) throw new Error('a task is missing');
      const event = { timestamp: Date.now(), status: 'RUNNING' as const, message: 'again' };
      tasks.save({ ...task, taskEvents: [...task.taskEvents, event] });
    });
    writes.push(change);
  }
  await Promise.all(writes);
  await storage.close();
}

/** Asks for tasks until they come, because the port may be open, or a page shown, before the state has been read. */
async function read(port: number, query: Wire<'TaskQuery'>, expected: number): Promise<number> {
  const body = encodeMessage(
    callOf('getTasksWithoutConfigs', { query }),
    'binary',
  ) as Uint8Array<ArrayBuffer>;
  for (;;) {
    const reply = await fetch(`http://127.0.0.1:${port}/api`, {
      method: 'POST',
      body,
      redirect: 'manual',
      headers: { 'Content-Type': BINARY, Accept: BINARY },
    }).then(
      async (response) =>
        response.status === 200 ? new Uint8Array(await response.arrayBuffer()) : undefined,
      () => undefined,
    );
    const answeredMs = performance.now();
    const message = reply && decodeMessage(reply, 'binary');
    if (message?.kind === 'reply' && message.response.responseCode === 'OK') {
      const found = message.response.result?.scheduleStatusResult?.tasks?.length;
      if (found !== expected) throw new Error(`${found} tasks instead of ${expected}`);
      return answeredMs;
    }
    await pause(10);
  }
}

async function start(directory: string): Promise<{ firstS: number; allS: number }> {
  const startMs = performance.now();
  const { port, kill } = await startLoneScheduler(directory);
  try {
    const firstMs = await read(port, { jobKeys: [jobKeyOf(0)] }, TASKS_OF_EACH);
    const allMs = await read(port, {}, TASKS);
    return { firstS: (firstMs - startMs) / 1_000, allS: (allMs - startMs) / 1_000 };
  } finally {
    await kill();
  }
}

const [loadBefore = 0] = loadavg();
const directory = mkdtempSync(join(tmpdir(), 'aurora-bench-'));
try {
  await prepare(directory);
  const starts: { firstS: number; allS: number }[] = [];
  for (let count = 0; count < STARTS; count++) starts.push(await start(directory));
  const conditions = [
    `${TASKS} tasks in ${JOBS} jobs out of a snapshot and ${2 * CHANGED} records, killed and started ${STARTS} times`,
    'from the start of the process',
    `${availableParallelism()} cores, load ${loadBefore.toFixed(1)} before, node ${process.version}`,
  ].join('; ');
  figure({
    name: 'first_read_s',
    value: median(starts.map(({ firstS }) => firstS)),
    unit: 's',
    conditions: `a job of ${TASKS_OF_EACH} tasks is answered; ${conditions}`,
  });
  figure({
    name: 'serving_s',
    value: median(starts.map(({ allS }) => allS)),
    unit: 's',
    conditions: `every task is answered, in one answer; ${conditions}`,
  });
} finally {
  rmSync(directory, { recursive: true, force: true });
}
