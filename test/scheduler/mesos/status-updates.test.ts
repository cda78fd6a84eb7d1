import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import type { TaskStatus } from '../../../src/mesos/index.ts';
import { statusUpdates } from '../../../src/scheduler/mesos/status-updates.ts';
import { eventMessage, STATUS_OF_STATE } from '../../../src/scheduler/mesos/task-status.ts';
import { type UnknownTaskPolicy, unknownTasks } from '../../../src/scheduler/mesos/unknown-tasks.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import type { StateChange, StateManager } from '../../../src/scheduler/state/index.ts';
import { openStorage } from '../../../src/scheduler/storage/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { memoryLog } from '../storage/memory-log.ts';

const test = suite('status updates');

const status = (taskId: string, change: Partial<TaskStatus> = {}): TaskStatus => ({
  task_id: { value: taskId },
  agent_id: { value: 'agent' },
  state: 'TASK_RUNNING',
  uuid: `uuid-${taskId}`,
  ...change,
});

/** The state manager is a list of changes; one for the task `poison` throws. The framework id stands for the write. */
async function setUp(maxBatch = 100, policy: UnknownTaskPolicy = 'kill') {
  let spentMs = 0;
  const time = manualClock();
  const clock = { ...time, monotonicMs: () => time.monotonicMs() + spentMs };
  const log = memoryLog();
  const storage = await openStorage({ log, clock, logger: silentLogger, onFatal: () => {} });
  const changes: StateChange[] = [];
  const acknowledged: string[] = [];
  const counted = counters();
  const state = {
    changeState(tx, change) {
      if (change.taskId === 'poison') throw new Error('poison');
      if (change.taskId.startsWith('slow')) spentMs += 4;
      tx.framework.saveId(change.taskId);
      changes.push(change);
      return 'ILLEGAL';
    },
  } as Pick<StateManager, 'changeState'> as StateManager;
  const updates = statusUpdates({
    clock,
    log: silentLogger,
    counters: counted,
    storage,
    state,
    unknown: unknownTasks({ clock, log: silentLogger, counters: counted, policy }),
    calls: { acknowledge: ({ taskId }) => void acknowledged.push(taskId) },
    maxBatch,
  });
  return { acknowledged, changes, clock, counted, log, storage, updates };
}

test('every state of Mesos means something', () => {
  const expected = {
    TASK_STAGING: 'STARTING',
    TASK_STARTING: 'STARTING',
    TASK_RUNNING: 'RUNNING',
    TASK_FINISHED: 'FINISHED',
    TASK_FAILED: 'FAILED',
    TASK_KILLED: 'KILLED',
    TASK_KILLING: 'KILLED',
    TASK_LOST: 'LOST',
    TASK_ERROR: 'LOST',
    TASK_DROPPED: 'LOST',
    TASK_GONE: 'LOST',
    TASK_GONE_BY_OPERATOR: 'LOST',
    TASK_UNREACHABLE: 'PARTITIONED',
    TASK_UNKNOWN: 'PARTITIONED',
  };
  assert.equal(STATUS_OF_STATE, expected);
});

test('messages are passed on, made up for limits, and dropped for unregistered executors', () => {
  assert.is(eventMessage(status('x', { message: 'said' })), 'said');
  assert.is(eventMessage(status('x')), undefined);
  assert.is(
    eventMessage(status('x', { reason: 'REASON_CONTAINER_LIMITATION_MEMORY' })),
    'Task used more memory than requested.',
  );
  assert.is(
    eventMessage(status('x', { reason: 'REASON_CONTAINER_LIMITATION_DISK' })),
    'Task used more disk than requested.',
  );
  assert.is(
    eventMessage(status('x', { reason: 'REASON_EXECUTOR_UNREGISTERED', message: 'said' })),
    undefined,
  );
});

test('updates that come together are one record, in order, acknowledged only when it is durable', async () => {
  const { acknowledged, changes, clock, log, storage, updates } = await setUp();
  log.hold();
  for (const id of ['a', 'b', 'c']) updates.received(status(id));
  clock.advance(0);
  assert.equal(
    changes.map(({ taskId }) => taskId),
    ['a', 'b', 'c'],
  );
  assert.equal(acknowledged, []);
  log.release();
  await storage.settled();
  assert.equal(acknowledged, ['a', 'b', 'c']);
  assert.is(log.records.length, 1);
});

test('illegal transitions are acknowledged, updates without uuid are not', async () => {
  const { acknowledged, clock, counted, storage, updates } = await setUp();
  updates.received(status('a', { uuid: undefined as never }));
  updates.received(status('b', { reason: 'REASON_RECONCILIATION' }));
  clock.advance(0);
  await storage.settled();
  assert.equal(acknowledged, ['b']);
  assert.is(counted.read().get('status_update_REASON_RECONCILIATION_ILLEGAL'), 1);
});

test('an update that cannot be applied is not acknowledged and spoils no other', async () => {
  const { acknowledged, clock, storage, updates } = await setUp();
  for (const id of ['a', 'poison', 'c']) updates.received(status(id));
  clock.advance(0);
  // The rejection of the spoiled write is one turn away, the writes that follow it another.
  for (let turn = 0; turn < 5; turn++) await storage.settled();
  assert.equal(acknowledged, ['a', 'c']);
});

test('what the log refuses is not acknowledged', async () => {
  const { acknowledged, clock, log, storage, updates } = await setUp();
  log.hold();
  updates.received(status('a'));
  clock.advance(0);
  log.release(new Error('disk full'));
  await storage.settled().catch(() => {});
  assert.equal(acknowledged, []);
});

test('a batch has an upper size', async () => {
  const { clock, log, storage, updates } = await setUp(2);
  for (const id of ['a', 'b', 'c']) updates.received(status(id));
  clock.advance(0);
  await storage.settled();
  assert.is(log.records.length, 2);
});

test('a full batch of waiting updates is enough, until some are applied', async () => {
  const { clock, updates } = await setUp(2);
  updates.received(status('a'));
  assert.not(updates.isFull());
  updates.received(status('b'));
  assert.ok(updates.isFull());
  clock.advance(0);
  assert.not(updates.isFull());
});

test('updates that take long are applied in several writes, in order', async () => {
  const { acknowledged, clock, log, storage, updates } = await setUp();
  const ids = ['slow-a', 'slow-b', 'slow-c', 'slow-d', 'e'];
  for (const id of ids) updates.received(status(id));
  for (let turn = 0; turn < ids.length; turn++) {
    clock.advance(0);
    await storage.settled();
  }
  assert.is(log.records.length, 3);
  assert.equal(acknowledged, ids);
});

test('closing forgets what was not applied', async () => {
  const { changes, clock, updates } = await setUp();
  updates.received(status('a'));
  updates.close();
  clock.advance(1000);
  assert.equal(changes, []);
  assert.is(clock.pending(), 1, 'only the snapshot timer of the storage');
});

test.run();
