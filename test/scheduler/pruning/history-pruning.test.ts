import type { TaskConfig } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { startTaskHistory } from '../../../src/scheduler/pruning/history-pruning.ts';
import { assert, suite } from '../../harness/index.ts';
import { scene } from '../state/scene.ts';
import { sampleConfig } from '../storage/sample.ts';

const test = suite('task history');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const SETTINGS = { historyMinRetentionMs: HOUR, historyPruneThresholdMs: 2 * DAY, historyMaxPerJob: 3 };

async function setUp(options: Parameters<typeof scene>[0] = {}) {
  const stage = await scene(options);
  const { storage, clock, counts, get } = stage;
  const start = (change: Partial<typeof SETTINGS> = {}) =>
    startTaskHistory({
      ...stage,
      counters: counts,
      log: silentLogger,
      settings: { ...SETTINGS, ...change },
    });
  const pass = async (ms: number) => {
    clock.advance(ms);
    await storage.settled();
  };
  /** A task that ran and has finished just now; its id. */
  const ended = async (config: TaskConfig = once('web')): Promise<string> => {
    const taskId = await stage.taskIn(['ASSIGNED', 'RUNNING', 'FINISHED'], config);
    await storage.settled();
    return taskId;
  };
  const kept = (...taskIds: string[]): boolean[] => taskIds.map((taskId) => get(taskId) !== undefined);
  return { ...stage, start, pass, ended, kept };
}

const once = (name: string): TaskConfig => sampleConfig(name, { isService: false });

test('an ended task is forgotten after two days, an active one never', async () => {
  const { start, pass, ended, kept, counts, taskIn, clock } = await setUp();
  const stop = start();
  const running = await taskIn(['ASSIGNED', 'RUNNING'], sampleConfig('service'));
  const first = await ended();
  await pass(HOUR);
  const second = await ended();
  await pass(2 * DAY - HOUR - 1);
  assert.equal(kept(first, second, running), [true, true, true]);
  await pass(1);
  assert.equal(kept(first, second, running), [false, true, true]);
  await pass(HOUR);
  assert.equal(kept(first, second, running), [false, false, true]);
  assert.is(counts.read().get('tasks_pruned'), 2);
  const timers = clock.pending();
  stop();
  assert.is(clock.pending(), timers, 'none of its own is left when there is nothing to forget');
});

test('one timer stands for all ended tasks', async () => {
  const { start, ended, clock } = await setUp();
  const timers = clock.pending();
  const stop = start({ historyMaxPerJob: 100 });
  for (let n = 0; n < 20; n++) await ended();
  assert.is(clock.pending(), timers + 1);
  stop();
  assert.is(clock.pending(), timers);
});

test('after a restart old tasks go within the least time, younger ones when they are due', async () => {
  const before = await setUp();
  const old = await before.ended();
  const { start, pass, kept, ended } = await setUp({ log: before.log.again() });
  await pass(3 * DAY);
  const young = await ended();
  await pass(DAY);
  start();
  await pass(HOUR - 1);
  assert.equal(kept(old, young), [true, true]);
  await pass(1);
  assert.equal(kept(old, young), [false, true]);
  await pass(DAY - HOUR);
  assert.equal(kept(old, young), [false, false]);
});

test('of a job with too many the oldest go, but none that ended within the hour', async () => {
  const { start, pass, ended, kept } = await setUp();
  start();
  const ids: string[] = [];
  for (let n = 0; n < 4; n++) {
    await pass(60_000);
    ids.push(await ended());
  }
  assert.equal(kept(...ids), [true, true, true, true], 'all are too young');
  await pass(HOUR - 3 * 60_000 - 1);
  assert.equal(kept(...ids), [true, true, true, true]);
  await pass(1);
  assert.equal(kept(...ids), [false, true, true, true], 'as soon as the oldest is an hour old');
  ids.push(await ended());
  assert.equal(kept(...ids), [false, true, true, true, true]);
  await pass(60_000);
  assert.equal(kept(...ids), [false, false, true, true, true]);
});

test('old ones over the limit go at once when one more ends; other jobs are left alone', async () => {
  const { start, pass, ended, kept, storage } = await setUp();
  const other = [await ended(once('other')), await ended(once('other'))];
  const ids = [await ended(), await ended(), await ended()];
  await pass(2 * HOUR);
  start();
  ids.push(await ended());
  await storage.settled();
  assert.is(kept(...ids).filter(Boolean).length, 3);
  assert.equal(kept(ids[3] as string, ...other), [true, true, true]);
});

test('a task that somebody else forgot is no trouble', async () => {
  const { start, pass, ended, kept, storage, state, counts } = await setUp();
  start();
  const gone = await ended();
  const stays = await ended();
  await storage.write((tx) => state.deleteTasks(tx, [gone]));
  await pass(2 * DAY);
  assert.equal(kept(gone, stays), [false, false]);
  assert.is(counts.read().get('tasks_pruned'), 1);
});

test('thousands of tasks that are due together are forgotten in several writes', async () => {
  const { start, pass, storage, state } = await setUp();
  const config = once('many');
  await storage.write((tx) => {
    const ids = state.insertPendingTasks(
      tx,
      config,
      Array.from({ length: 2_500 }, (_, at) => at),
    );
    for (const taskId of ids) {
      state.assignTask(tx, { taskId, slaveId: 'a', slaveHost: 'h', assignedPorts: {} });
      state.changeState(tx, { taskId, to: 'FINISHED' });
    }
  });
  start({ historyMaxPerJob: 10_000 });
  await pass(2 * DAY);
  await pass(0);
  await pass(0);
  assert.is(
    storage.read(({ tasks }) => tasks.size),
    0,
  );
});

test.run();
