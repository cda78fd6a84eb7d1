import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { parseSchedulerFlags } from '../../../src/scheduler/flags/parse.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { reconciliation } from '../../../src/scheduler/reconciliation/reconciliation.ts';
import { stateEvents, stateManager } from '../../../src/scheduler/state/index.ts';
import { openStorage } from '../../../src/scheduler/storage/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { taskConfig } from '../builders.ts';
import { memoryLog } from '../storage/memory-log.ts';

const test = suite('reconciliation');

/** Five tasks, the last one still pending. */
async function setUp() {
  const clock = manualClock();
  const storage = await openStorage({ log: memoryLog(), clock, logger: silentLogger, onFatal: () => {} });
  const state = stateManager({
    clock,
    random: seededRandom(1),
    counters: counters(),
    events: stateEvents(silentLogger, { add: () => {} }),
    kill: () => {},
    schedulerHost: 'here',
    flapping: parseSchedulerFlags([]),
  });
  const taskIds = await storage.write((tx) => {
    const made = state.insertPendingTasks(tx, taskConfig(), [0, 1, 2, 3, 4]);
    for (const taskId of made.slice(0, 4))
      state.assignTask(tx, { taskId, slaveId: 'agent', slaveHost: 'host', assignedPorts: {} });
    return made;
  });
  const asked: string[][] = [];
  const launching = new Set<string>();
  const run = reconciliation({
    clock,
    counters: counters(),
    storage,
    calls: { reconcile: (tasks) => void asked.push(tasks.map(({ taskId }) => taskId)) },
    settings: { ...parseSchedulerFlags([]), reconciliationBatchSize: 2 },
    launching: (taskId) => launching.has(taskId),
  });
  return { asked, clock, launching, run, state, storage, taskIds };
}

test('every task with an agent is asked for, some at a time', async () => {
  const { asked, clock, run, taskIds } = await setUp();
  run.explicit();
  assert.is(asked.length, 1);
  clock.advance(5000);
  assert.is(asked.length, 2);
  clock.advance(60_000);
  assert.equal(asked.flat().sort(), taskIds.slice(0, 4).sort());
  assert.is(asked.length, 2);
});

test('a task that has ended before its turn is left out; an empty call is never made', async () => {
  const { asked, clock, run, state, storage } = await setUp();
  run.explicit();
  const done = new Set(asked.flat());
  await storage.write((tx) => {
    for (const { assignedTask } of tx.tasks.inStatus('ASSIGNED'))
      if (!done.has(assignedTask.taskId))
        state.changeState(tx, { taskId: assignedTask.taskId, to: 'FINISHED' });
  });
  clock.advance(60_000);
  assert.is(asked.length, 1);
});

test('a new run replaces the one under way', async () => {
  const { asked, clock, run } = await setUp();
  run.explicit();
  run.explicit();
  clock.advance(60_000);
  assert.equal(
    asked.map(({ length }) => length),
    [2, 2, 2],
  );
  run.explicit();
  run.close();
  clock.advance(60_000);
  assert.is(asked.length, 4);
});

test('a task whose launch has not reached Mesos is not asked for', async () => {
  const { asked, clock, launching, run, taskIds } = await setUp();
  for (const taskId of taskIds.slice(0, 3)) launching.add(taskId);
  run.explicit();
  launching.clear();
  clock.advance(60_000);
  assert.equal(asked, [[taskIds[3]]]);
});

test('a run may have a batch size of its own', async () => {
  const { asked, clock, run } = await setUp();
  run.explicit(3);
  clock.advance(60_000);
  assert.equal(
    asked.map(({ length }) => length),
    [3, 1],
  );
});

test('without tasks there is no call at all; an implicit run names none', async () => {
  const { asked, clock, run, state, storage, taskIds } = await setUp();
  await storage.write((tx) => {
    for (const taskId of taskIds.slice(0, 4)) state.changeState(tx, { taskId, to: 'FAILED' });
  });
  run.explicit();
  clock.advance(60_000);
  assert.equal(asked, []);
  run.implicit();
  assert.equal(asked, [[]]);
});

test('tasks that come during a run are left to the next one, so that every run ends', async () => {
  const { asked, clock, run, state, storage, taskIds } = await setUp();
  run.explicit();
  const [fresh] = await storage.write((tx) => {
    const made = state.insertPendingTasks(tx, taskConfig(), [9]);
    state.assignTask(tx, { taskId: made[0]!, slaveId: 'agent', slaveHost: 'host', assignedPorts: {} });
    return made;
  });
  clock.advance(60_000);
  assert.equal(asked.flat(), taskIds.slice(0, 4));
  run.explicit();
  clock.advance(60_000);
  assert.ok(asked.flat().includes(fresh as string));
});

test('both kinds run every hour, the implicit one half an hour after the explicit one', async () => {
  const { asked, clock, run, storage } = await setUp();
  await storage.write((tx) => {
    for (const { assignedTask } of tx.tasks.inStatus('ASSIGNED')) tx.tasks.delete(assignedTask.taskId);
  });
  const atMinutes: number[] = [];
  const timers = clock.pending();
  run.start();
  for (let minute = 1; minute <= 180; minute++) {
    clock.advance(60_000);
    if (asked.splice(0).length > 0) atMinutes.push(minute);
  }
  assert.equal(atMinutes, [31, 91, 151]);
  run.close();
  assert.is(clock.pending(), timers);
});

test('the explicit run begins after a minute and comes again every hour', async () => {
  const { asked, clock, run } = await setUp();
  run.start();
  clock.advance(59_999);
  assert.equal(asked, []);
  clock.advance(1);
  assert.is(asked.length, 1);
  clock.advance(29 * 60_000);
  assert.is(asked.splice(0).length, 2);
  clock.advance(31 * 60_000 + 5000);
  assert.equal(
    asked.map(({ length }) => length),
    [0, 2, 2],
  );
  run.close();
});

test.run();
