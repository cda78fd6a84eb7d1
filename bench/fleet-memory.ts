/**
 * The memory of a running task, in two kinds of fleet: one where all tasks of a job changed together, as after a burst,
 * and an ordinary one, where each changed at a time of its own. They differ because equal parts share one object. Then the
 * memory of a whole scheduler with an ordinary fleet of a million tasks (BENCH_RSS_TASKS), which it has read from its log.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { normalise, type TaskConfig } from '../src/api/index.ts';
import { silentLogger } from '../src/base/log.ts';
import { manualClock } from '../src/base/manual-clock.ts';
import { seededRandom } from '../src/base/random.ts';
import { counters } from '../src/scheduler/metrics/counters.ts';
import { type StateManager, stateEvents, stateManager } from '../src/scheduler/state/index.ts';
import { openLocalLog, openStorage, type WriteTransaction } from '../src/scheduler/storage/index.ts';
import { startLoneScheduler } from './cluster/lone-scheduler.ts';
import { pause } from './cluster/start.ts';
import { figure } from './harness.ts';
import { memoryBytes } from './machine/memory.ts';
import { openDataDirectory } from './state/data-directory.ts';
import { fillJob, jobKeyOf, TASKS_OF_EACH } from './state/fill.ts';

const TASKS = Number(process.env.BENCH_TASKS ?? 100_000);
const JOBS = TASKS / TASKS_OF_EACH;
const RSS_TASKS = Number(process.env.BENCH_RSS_TASKS ?? 1_000_000);
/** Long enough for V8 to free garbage, which it does when a program has been idle for 8 s. */
const SETTLE_MS = 20_000;
const AGENTS = 5_000;
/** The time between two changes in an ordinary fleet. */
const APART_MS = 137;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heapBytes = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

const configOf = (job: number): TaskConfig =>
  normalise('TaskConfig', {
    job: jobKeyOf(job),
    isService: true,
    maxTaskFailures: 1,
    tier: 'preemptible',
    executorConfig: { name: 'AuroraExecutor', data: '{"processes":[]}' },
    resources: [{ numCpus: 0.25 }, { ramMb: 256 }, { diskMb: 512 }],
  });

type Step = (tx: WriteTransaction, state: StateManager, taskId: string, number: number) => void;

const STEPS: readonly Step[] = [
  (tx, state, taskId, number) =>
    void state.assignTask(tx, {
      taskId,
      slaveId: `6a1ab2bb-ce52-4b2c-a6b2-0f3e5d7c9b1a-S${number % AGENTS}`,
      slaveHost: `agent-${number % AGENTS}.example.com`,
      assignedPorts: {},
    }),
  (tx, state, taskId) => void state.changeState(tx, { taskId, to: 'STARTING' }),
  (tx, state, taskId) => void state.changeState(tx, { taskId, to: 'RUNNING' }),
];

/** Bytes of heap for each task, when all tasks of a job change in one write, or each in a write of its own. */
async function bytesPerTask(together: boolean): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'aurora-bench-'));
  const clock = manualClock();
  const before = heapBytes();
  const log = await openLocalLog({ directory, clock, logger: silentLogger });
  const fatal = (error: Error) => {
    throw error;
  };
  const storage = await openStorage({ log, clock, logger: silentLogger, onFatal: fatal });
  const state = stateManager({
    clock,
    random: seededRandom(1),
    counters: counters(clock),
    events: stateEvents(silentLogger, { add: () => {} }),
    kill: () => {},
    schedulerHost: 'scheduler-1.example.com',
    flapping: { flappingTaskThresholdMs: 0, initialFlappingTaskDelayMs: 1, maxFlappingTaskDelayMs: 1 },
  });
  const instances = Array.from({ length: TASKS_OF_EACH }, (_, instance) => instance);
  for (let job = 0; job < JOBS; job++) {
    const config = configOf(job);
    const at = (instance: number) => job * TASKS_OF_EACH + instance;
    if (together) {
      const taskIds = await storage.write((tx) => state.insertPendingTasks(tx, config, instances));
      for (const step of STEPS) {
        clock.advance(APART_MS);
        await storage.write((tx) => {
          for (const [instance, taskId] of taskIds.entries()) step(tx, state, taskId, at(instance));
        });
      }
      continue;
    }
    for (const instance of instances) {
      clock.advance(APART_MS);
      const [taskId = ''] = await storage.write((tx) => state.insertPendingTasks(tx, config, [instance]));
      for (const step of STEPS) {
        clock.advance(APART_MS);
        void storage.write((tx) => step(tx, state, taskId, at(instance)));
      }
    }
    await storage.settled();
  }
  const used = heapBytes() - before;
  if (storage.read(({ tasks }) => tasks.countInStatus('RUNNING')) !== TASKS) throw new Error('not all run');
  await storage.close();
  rmSync(directory, { recursive: true });
  return used / TASKS;
}

const conditions = `${TASKS} RUNNING tasks of ${JOBS} jobs on ${AGENTS} agents, four events each, heap after a collection`;
figure({ name: 'heap_per_task_together_bytes', value: await bytesPerTask(true), unit: 'B', conditions });
figure({ name: 'heap_per_task_staggered_bytes', value: await bytesPerTask(false), unit: 'B', conditions });

/** The number of RUNNING tasks that the scheduler has read; 0 until it serves. */
async function running(port: number): Promise<number> {
  const vars = await fetch(`http://127.0.0.1:${port}/vars.json`).then(
    async (response) => (response.ok ? ((await response.json()) as Record<string, number>) : {}),
    () => ({}) as Record<string, number>,
  );
  return vars.task_store_RUNNING ?? 0;
}

/** The whole RSS of a scheduler for each task of an ordinary fleet: no two events of its tasks have the same time. */
async function rssPerTask(): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'aurora-bench-'));
  try {
    const storage = await openDataDirectory(directory);
    for (let job = 0; job < RSS_TASKS / TASKS_OF_EACH; job++)
      await storage.write((tx) => fillJob(tx, job, randomUUID));
    await storage.snapshot();
    await storage.close();
    const scheduler = await startLoneScheduler(directory, ['--max-semi-space-size=32']);
    try {
      while ((await running(scheduler.port)) < RSS_TASKS) await pause(500);
      await pause(SETTLE_MS);
      return memoryBytes(scheduler.pid, 'VmRSS') / RSS_TASKS;
    } finally {
      await scheduler.kill();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

figure({
  name: 'rss_per_task_staggered_bytes',
  value: await rssPerTask(),
  unit: 'bytes',
  conditions: `the whole RSS of a scheduler with ${RSS_TASKS} RUNNING tasks of ${RSS_TASKS / TASKS_OF_EACH} jobs, four events each, no two at the same time, ${SETTLE_MS / 1000} s after it read them`,
});
