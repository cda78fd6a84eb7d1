import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { parseSchedulerFlags } from '../../../src/scheduler/flags/parse.ts';
import { reconciliation } from '../../../src/scheduler/mesos/reconciliation.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
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
    events: stateEvents(silentLogger),
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
  const run = reconciliation({
    clock,
    counters: counters(),
    storage,
    calls: { reconcile: (tasks) => void asked.push(tasks.map(({ taskId }) => taskId)) },
    batchSize: 2,
    batchIntervalMs: 5000,
  });
  return { asked, clock, run, state, storage, taskIds };
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

test.run();
