import type { ScheduleStatus } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { startWatchdogs } from '../../../src/scheduler/state/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { sampleConfig } from '../storage/sample.ts';
import { scene } from './scene.ts';

const test = suite('watchdogs');
const MINUTE = 60_000;
const RUNNING: ScheduleStatus[] = ['ASSIGNED', 'STARTING', 'RUNNING'];

const guarded = async (options: Parameters<typeof scene>[0] = {}) => {
  const stage = await scene(options);
  const start = () =>
    startWatchdogs({
      ...stage,
      log: silentLogger,
      counters: stage.counts,
      settings: {
        transientTaskStateTimeoutMs: 5 * MINUTE,
        startingTaskTimeoutMs: 60 * MINUTE,
        initialTaskKillRetryIntervalMs: 15_000,
      },
    });
  /** Lets time pass and everything that it sets off become durable. */
  const pass = async (ms: number) => {
    stage.clock.advance(ms);
    await stage.storage.settled();
  };
  return { ...stage, start, pass };
};

test('a task that stays in a transient status is lost after five minutes', async () => {
  for (const way of [
    ['ASSIGNED'],
    ['ASSIGNED', 'RUNNING', 'RESTARTING'],
    ['ASSIGNED', 'RUNNING', 'PREEMPTING'],
    ['ASSIGNED', 'RUNNING', 'DRAINING'],
    ['ASSIGNED', 'RUNNING', 'KILLING'],
  ] as const) {
    const { start, pass, taskIn, get, counts } = await guarded();
    start();
    const taskId = await taskIn(way);
    await pass(5 * MINUTE - 1);
    assert.is(get(taskId)?.status, way.at(-1), 'too early');
    await pass(1);
    assert.is(get(taskId)?.status, 'LOST', way.at(-1));
    assert.is(get(taskId)?.taskEvents.at(-1)?.message, 'Task timed out');
    assert.is(counts.read().get('timed_out_tasks'), 1);
  }
});

test('a task has an hour to start; one that does not is lost, and killed, for it may have processes', async () => {
  const { start, pass, taskIn, get, kills } = await guarded();
  start();
  const taskId = await taskIn(['ASSIGNED', 'STARTING']);
  await pass(60 * MINUTE - 1);
  assert.is(get(taskId)?.status, 'STARTING');
  await pass(1);
  assert.is(get(taskId)?.status, 'LOST');
  assert.equal(kills, [{ taskId, agentId: 'agent-1' }]);
});

test('a task that went on is left alone, and the time begins anew in each status', async () => {
  const { start, pass, taskIn, change, get } = await guarded();
  start();
  const taskId = await taskIn(['ASSIGNED']);
  await pass(4 * MINUTE);
  await change({ taskId, to: 'STARTING' });
  await pass(4 * MINUTE);
  assert.is(get(taskId)?.status, 'STARTING');
  await change({ taskId, to: 'RUNNING' });
  await pass(60 * MINUTE);
  assert.is(get(taskId)?.status, 'RUNNING');
});

test('a restart arms the watchdogs for the tasks that are stored', async () => {
  const before = await guarded();
  const taskId = await before.taskIn(['ASSIGNED']);
  const { start, pass, get } = await guarded({ log: before.log.again() });
  start();
  await pass(5 * MINUTE);
  assert.is(get(taskId)?.status, 'LOST');
});

test('watchdogs that are called off do nothing and leave no timer', async () => {
  const { start, taskIn, clock, get } = await guarded();
  const stop = start();
  const taskId = await taskIn(['ASSIGNED']);
  stop();
  assert.is(clock.pending(), 0);
  assert.is(get(taskId)?.status, 'ASSIGNED');
});

test('thousands of watched tasks take one timer of the clock', async () => {
  const { start, storage, state, clock } = await guarded();
  start();
  await storage.write((tx) => {
    const instances = Array.from({ length: 2_000 }, (_, instance) => instance);
    for (const taskId of state.insertPendingTasks(tx, sampleConfig(), instances)) {
      state.assignTask(tx, { taskId, slaveId: 'a', slaveHost: 'h', assignedPorts: {} });
    }
  });
  assert.is(clock.pending(), 1);
});

test('a kill is sent again, less and less often, until the task is gone', async () => {
  const { start, pass, taskIn, change, kills, counts, clock } = await guarded();
  start();
  const taskId = await taskIn([...RUNNING, 'KILLING']);
  const atMs: number[] = [];
  const startMs = clock.monotonicMs();
  while (clock.monotonicMs() < startMs + 4 * MINUTE) {
    const sent = kills.length;
    await pass(1_000);
    if (kills.length > sent) atMs.push(clock.monotonicMs() - startMs);
  }
  assert.ok(atMs.length >= 2 && atMs.length <= 8, String(atMs));
  const waits = atMs.map((ms, index) => ms - (atMs[index - 1] ?? 0));
  for (const [index, wait] of waits.entries())
    assert.ok(wait >= (waits[index - 1] ?? 15_000) - 1_000, String(waits));
  assert.is(counts.read().get('task_kill_retries'), atMs.length);
  await change({ taskId, to: 'KILLED' });
  const sent = kills.length;
  await pass(60 * MINUTE);
  assert.is(kills.length, sent);
});

test('a partitioned task without a policy is replaced at once', async () => {
  const { start, pass, taskIn, get, active } = await guarded();
  start();
  const taskId = await taskIn([...RUNNING, 'PARTITIONED']);
  await pass(0);
  assert.is(get(taskId)?.taskEvents.at(-1)?.message, 'Task partitioned for too long.');
  assert.is.not(active()?.assignedTask.taskId, taskId);
});

test('a partition policy delays the replacement, or forbids it', async () => {
  for (const [policy, lostAfterMs] of [
    [{ reschedule: true, delaySecs: 90 }, 90_000],
    [{ reschedule: false, delaySecs: 0 }, undefined],
  ] as const) {
    const { start, pass, taskIn, get } = await guarded();
    start();
    const taskId = await taskIn(
      [...RUNNING, 'PARTITIONED'],
      sampleConfig('web', { partitionPolicy: policy }),
    );
    await pass(lostAfterMs === undefined ? 1_000 * MINUTE : lostAfterMs - 1);
    assert.is(get(taskId)?.status, 'PARTITIONED');
    await pass(1);
    assert.is(get(taskId)?.status, lostAfterMs === undefined ? 'PARTITIONED' : 'LOST');
  }
});

test('the time before a restart counts towards the partition delay', async () => {
  const config = sampleConfig('web', { partitionPolicy: { reschedule: true, delaySecs: 100 } });
  const before = await guarded();
  const taskId = await before.taskIn([...RUNNING, 'PARTITIONED'], config);
  const { start, pass, get } = await guarded({ log: before.log.again() });
  await pass(70_000);
  start();
  await pass(29_999);
  assert.is(get(taskId)?.status, 'PARTITIONED');
  await pass(1);
  assert.is(get(taskId)?.status, 'LOST');
});

test('a task that came back and was partitioned again has its full delay', async () => {
  const { start, pass, taskIn, change, get } = await guarded();
  start();
  const config = sampleConfig('web', { partitionPolicy: { reschedule: true, delaySecs: 100 } });
  const taskId = await taskIn([...RUNNING, 'PARTITIONED'], config);
  await pass(99_000);
  await change({ taskId, to: 'RUNNING' });
  await change({ taskId, to: 'PARTITIONED' });
  await pass(99_000);
  assert.is(get(taskId)?.status, 'PARTITIONED');
  await pass(1_000);
  assert.is(get(taskId)?.status, 'LOST');
});

test('a task that has moved, though nobody was told yet, is left alone', async () => {
  const { start, taskIn, change, get, log, clock, storage } = await guarded();
  start();
  const config = sampleConfig('web', { partitionPolicy: { reschedule: true, delaySecs: 100 } });
  const taskId = await taskIn([...RUNNING, 'PARTITIONED'], config);
  clock.advance(99_000);
  log.hold();
  const moved = [change({ taskId, to: 'RUNNING' }), change({ taskId, to: 'PARTITIONED' })];
  clock.advance(1_000);
  log.release();
  await Promise.all(moved);
  await storage.settled();
  assert.is(get(taskId)?.status, 'PARTITIONED');
});

test('a task that leaves a watched status, or is deleted, is never due, and in the end no timer is left', async () => {
  const { start, taskIn, change, clock, active, pass } = await guarded();
  start();
  const idle = clock.pending();
  const taskId = await taskIn(['ASSIGNED']);
  const armed = clock.pending();
  assert.is(armed, idle + 1);
  await change({ taskId, to: 'RUNNING' });
  await change({ taskId, to: 'FAILED' });
  assert.is(active()?.status, 'THROTTLED');
  assert.is(clock.pending(), armed + 1);
  await change({ taskId: active()!.assignedTask.taskId, to: 'KILLING' });
  assert.is(active(), undefined);
  assert.is(clock.pending(), armed);
  const other = await taskIn(['ASSIGNED', 'RUNNING']);
  await pass(5 * MINUTE);
  assert.is(active()?.assignedTask.taskId, other);
  assert.is(active()?.status, 'RUNNING');
  assert.is(clock.pending(), idle);
});

test('a throttled task goes on when the penalty in its event is served', async () => {
  const { start, pass, taskIn, change, active } = await guarded();
  start();
  const taskId = await taskIn(RUNNING);
  await change({ taskId, to: 'FAILED' });
  const throttled = active()!;
  assert.is(throttled.status, 'THROTTLED');
  const penaltyMs = Number(/penalized for (\d+) ms/.exec(throttled.taskEvents[0]!.message!)![1]);
  await pass(penaltyMs - 1);
  assert.is(active()?.status, 'THROTTLED');
  await pass(1);
  assert.is(active()?.status, 'PENDING');
  assert.is(active()?.assignedTask.taskId, throttled.assignedTask.taskId);
});

test('a throttled task serves only the rest of its penalty after a restart', async () => {
  const before = await guarded();
  const taskId = await before.taskIn(RUNNING);
  await before.change({ taskId, to: 'FAILED' });
  const { start, pass, active } = await guarded({ log: before.log.again() });
  await pass(10 * MINUTE);
  start();
  await pass(0);
  assert.is(active()?.status, 'PENDING');
});

test('a wall clock that jumps back makes no wait longer than the penalty', async () => {
  const { start, pass, taskIn, change, active, clock } = await guarded();
  const taskId = await taskIn(RUNNING);
  await change({ taskId, to: 'FAILED' });
  clock.setWall(0);
  start();
  await pass(5 * MINUTE);
  assert.is(active()?.status, 'PENDING');
});

test.run();
