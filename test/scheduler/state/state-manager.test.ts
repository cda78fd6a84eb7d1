import type { ScheduleStatus } from '../../../src/api/index.ts';
import { AuroraError } from '../../../src/base/errors.ts';
import { assert, suite } from '../../harness/index.ts';
import { memoryLog } from '../storage/memory-log.ts';
import { sampleConfig, sampleTask } from '../storage/sample.ts';
import { scene } from './scene.ts';

const test = suite('state manager');
const adHoc = sampleConfig('batch', { isService: false, maxTaskFailures: 3 });
const RUNNING: ScheduleStatus[] = ['ASSIGNED', 'STARTING', 'RUNNING'];

test('a new task is PENDING, named after its instance, and says so once it is durable', async () => {
  const log = memoryLog();
  const { storage, state, said, get } = await scene({ log });
  const odd = sampleConfig('a.b', { job: { role: 'w.w', environment: 'prod', name: 'a.b' } });
  log.hold();
  const written = storage.write((tx) => state.insertPendingTasks(tx, odd, [3, 4]));
  await Promise.resolve();
  assert.equal(said, []);
  log.release();
  const ids = await written;
  assert.equal(said, ['INIT->PENDING', 'INIT->PENDING']);
  assert.match(
    ids[0]!,
    /^w-w-prod-a-b-3-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  assert.is(get(ids[1]!)?.assignedTask.instanceId, 4);
  assert.equal(
    get(ids[0]!)?.taskEvents.map(({ status, scheduler }) => [status, scheduler]),
    [['PENDING', 'here']],
  );
});

test('an instance with an active task is not doubled, and nothing of the request stays', async () => {
  const { storage, state, insert, said } = await scene();
  await insert();
  said.length = 0;
  for (const instances of [
    [1, 0],
    [2, 2],
  ]) {
    const error = await storage
      .write((tx) => state.insertPendingTasks(tx, sampleConfig(), instances))
      .catch((thrown) => thrown);
    assert.instance(error, AuroraError);
    assert.is(error.text, 'Instance ID collision detected.');
  }
  assert.is(
    storage.read(({ tasks }) => tasks.size),
    1,
  );
  assert.equal(said, []);
});

test('an assignment takes agent and ports along, and only a PENDING task can have one', async () => {
  const { insert, assign, get, said } = await scene();
  const taskId = await insert();
  const assigned = await assign(taskId);
  assert.equal(assigned?.assignedPorts, { http: 31000 });
  assert.is(get(taskId)?.status, 'ASSIGNED');
  assert.is(get(taskId)?.assignedTask.slaveHost, 'host-1');
  assert.is(await assign(taskId), undefined);
  assert.is(await assign('nobody'), undefined);
  assert.equal(said, ['INIT->PENDING', 'PENDING->ASSIGNED']);
});

test('a change with an expected status does nothing when the status is another or the task is gone', async () => {
  const { change, insert, said, get, kills } = await scene();
  const taskId = await insert();
  said.length = 0;
  assert.is(await change({ taskId, cas: 'RUNNING', to: 'KILLING' }), 'INVALID_CAS_STATE');
  assert.is(await change({ taskId: 'nobody', cas: 'PENDING', to: 'RUNNING' }), 'INVALID_CAS_STATE');
  assert.is(get(taskId)?.status, 'PENDING');
  assert.equal([said, kills], [[], []]);
});

test('the status that a task already has is no change', async () => {
  const { change, taskIn, said, get } = await scene();
  const taskId = await taskIn(RUNNING);
  assert.is(await change({ taskId, to: 'RUNNING' }), 'NOOP');
  assert.equal(said, []);
  assert.is(get(taskId)?.taskEvents.length, 4);
});

test('unknown tasks that run are killed; unknown tasks that ended or cannot be reached are not', async () => {
  const { change, kills, counts } = await scene();
  for (const to of ['ASSIGNED', 'STARTING', 'RUNNING'] as const) {
    assert.is(await change({ taskId: 'stray', to }), 'ILLEGAL_WITH_SIDE_EFFECTS');
  }
  assert.is(kills.length, 3);
  for (const to of ['FINISHED', 'FAILED', 'KILLED', 'LOST', 'PARTITIONED'] as const) {
    assert.is(await change({ taskId: 'stray', to }), 'ILLEGAL');
  }
  assert.is(kills.length, 3);
  assert.is(counts.read().get('scheduler_illegal_task_state_transitions'), 8);
});

test('effects keep their order: saved, replaced, killed', async () => {
  const { change, taskIn, said, kills } = await scene();
  const taskId = await taskIn(['ASSIGNED']);
  await change({ taskId, to: 'LOST' });
  assert.equal(said, ['ASSIGNED->LOST', 'INIT->THROTTLED', 'kill']);
  assert.equal(kills, [{ taskId, agentId: 'agent-1' }]);
});

test('a kill leaves only when its reason is durable', async () => {
  const log = memoryLog();
  const { change, taskIn, kills } = await scene({ log });
  const taskId = await taskIn(RUNNING);
  log.hold();
  const done = change({ taskId, to: 'KILLING', message: 'Killed by me' });
  await Promise.resolve();
  assert.equal(kills, []);
  log.release();
  await done;
  assert.is(kills.length, 1);
});

test('a kill of a task without an agent deletes it, with a delete event and no other', async () => {
  const { change, insert, said, seen, get } = await scene();
  const taskId = await insert();
  said.length = 0;
  assert.is(await change({ taskId, to: 'KILLING' }), 'SUCCESS');
  assert.is(get(taskId), undefined);
  assert.equal(said, ['tasksDeleted']);
  const last = seen.at(-1)!;
  assert.is(last.kind === 'tasksDeleted' && last.tasks[0]!.assignedTask.taskId, taskId);
});

test('failures are counted on FAILED alone and carried through LOST', async () => {
  const { change, insert, assign, clock, active } = await scene();
  await insert(adHoc);
  const counted: number[] = [];
  for (const end of ['FAILED', 'LOST', 'KILLED', 'FAILED'] as const) {
    const { taskId } = active(adHoc)!.assignedTask;
    await assign(taskId);
    await change({ taskId, to: 'RUNNING' });
    clock.advance(600_000);
    await change({ taskId, to: end });
    counted.push(active(adHoc)!.failureCount);
    assert.is(active(adHoc)!.ancestorId, taskId);
  }
  assert.equal(counted, [1, 1, 1, 2]);
  const { taskId } = active(adHoc)!.assignedTask;
  await assign(taskId);
  await change({ taskId, to: 'FAILED' });
  assert.is(active(adHoc), undefined);
});

test('a task that fails while it is being restarted, drained or preempted counts no failure and comes back', async () => {
  for (const on of ['RESTARTING', 'DRAINING', 'PREEMPTING'] as const) {
    const { change, taskIn, active, get } = await scene();
    const once = sampleConfig('once', { isService: false, maxTaskFailures: 1 });
    const taskId = await taskIn([...RUNNING, on], once);
    await change({ taskId, to: 'FAILED' });
    assert.is(get(taskId)?.failureCount, 0, on);
    assert.is(active(once)?.status, 'PENDING', on);
    assert.is(active(once)?.taskEvents[0]?.message, 'Rescheduled');
  }
});

test('the replacement starts afresh: no agent, no ports, no partitions; same instance and configuration', async () => {
  const { change, taskIn, active, clock, get } = await scene();
  const taskId = await taskIn([...RUNNING, 'PARTITIONED', 'RUNNING']);
  clock.advance(600_000);
  await change({ taskId, to: 'FINISHED' });
  const next = active()!;
  assert.equal(next.assignedTask.assignedPorts, {});
  assert.is(next.assignedTask.slaveId, undefined);
  assert.is(next.timesPartitioned, 0);
  assert.is(next.assignedTask.task, get(taskId)!.assignedTask.task);
});

test('user actions on a partitioned task make it LOST at once; only a kill leaves no replacement', async () => {
  for (const to of ['RESTARTING', 'DRAINING', 'PREEMPTING', 'KILLING'] as const) {
    const { change, taskIn, active, get } = await scene();
    const taskId = await taskIn([...RUNNING, 'PARTITIONED']);
    await change({ taskId, to });
    const task = get(taskId)!;
    assert.is(task.status, 'LOST', to);
    assert.is(task.taskEvents.at(-1)?.message, 'Action performed on partitioned task, marking as LOST.');
    assert.is(active() !== undefined, to !== 'KILLING', to);
  }
});

test('a task that is partitioned while it is being killed is LOST without replacement, and killed once more', async () => {
  const { change, taskIn, active, get, kills } = await scene();
  const taskId = await taskIn([...RUNNING, 'KILLING']);
  await change({ taskId, to: 'PARTITIONED' });
  assert.is(get(taskId)?.status, 'LOST');
  assert.is(active(), undefined);
  assert.is(kills.length, 2);
});

test('cycles of RUNNING and PARTITIONED do not grow the history, but are counted', async () => {
  const { change, taskIn, get } = await scene();
  const taskId = await taskIn(RUNNING);
  for (let cycle = 0; cycle < 5; cycle++) {
    await change({ taskId, to: 'PARTITIONED' });
    await change({ taskId, to: 'RUNNING' });
  }
  const task = get(taskId)!;
  assert.is(task.timesPartitioned, 5);
  assert.equal(
    task.taskEvents.map(({ status }) => status),
    ['PENDING', 'ASSIGNED', 'STARTING', 'RUNNING', 'PARTITIONED', 'RUNNING'],
  );
});

test('pruning forgets ended tasks in one event and never an active one', async () => {
  const { storage, state, taskIn, change, active, seen, get } = await scene();
  const ended = await taskIn(RUNNING);
  await change({ taskId: ended, to: 'FINISHED' });
  const living = active()!.assignedTask.taskId;
  await storage.write((tx) => state.deleteTasks(tx, [ended, living, 'nobody']));
  assert.is(get(ended), undefined);
  assert.is.not(get(living), undefined);
  const last = seen.at(-1)!;
  assert.equal(last.kind === 'tasksDeleted' && last.tasks.map((task) => task.assignedTask.taskId), [ended]);
});

test('attributes of a host are told when they differ, in whatever order they come', async () => {
  const { storage, state, said } = await scene();
  const attributes = [
    { name: 'rack', values: ['a', 'b'] },
    { name: 'zone', values: ['z'] },
  ];
  const save = (hostAttributes: typeof attributes) =>
    storage.write((tx) => state.saveHostAttributes(tx, { host: 'h', attributes: hostAttributes }));
  assert.is(await save(attributes), true);
  assert.is(await save([attributes[1]!, { name: 'rack', values: ['b', 'a'] }]), false);
  assert.is(await save([attributes[0]!]), true);
  assert.equal(said, ['hostAttributesChanged', 'hostAttributesChanged']);
});

test('the mode of a host is told when it is another one', async () => {
  const { storage, state, said } = await scene();
  const put = (mode: 'NONE' | 'DRAINING') => storage.write((tx) => state.setHostMode(tx, 'h', mode));
  assert.is(await put('NONE'), false);
  assert.is(await put('DRAINING'), true);
  assert.is(await put('DRAINING'), false);
  assert.is(await put('NONE'), true);
  assert.equal(said, ['hostModeChanged', 'hostModeChanged']);
});

test('a write that throws tells nobody and kills nobody', async () => {
  const { storage, state, taskIn, said, kills, get } = await scene();
  const taskId = await taskIn(RUNNING);
  const failed = storage.write((tx) => {
    state.changeState(tx, { taskId, to: 'KILLING' });
    throw new Error('no');
  });
  assert.is((await failed.catch((error) => error)).message, 'no');
  assert.equal([said, kills], [[], []]);
  assert.is(get(taskId)?.status, 'RUNNING');
});

test('a clock that is set back does not turn the history around', async () => {
  const { clock, taskIn, change, get } = await scene();
  const taskId = await taskIn(['ASSIGNED']);
  clock.setWall(1_000_000);
  await change({ taskId, to: 'RUNNING' });
  const times = get(taskId)!.taskEvents.map(({ timestamp }) => Number(timestamp));
  assert.equal(
    times,
    [...times].sort((a, b) => a - b),
  );
});

test('one that listens and throws does not keep the others from hearing', async () => {
  const { events, insert } = await scene();
  const heard: string[] = [];
  events.subscribe(() => {
    throw new Error('deaf');
  });
  events.subscribe(({ kind }) => heard.push(kind));
  await insert();
  assert.equal(heard, ['taskStateChanged']);
});

test('tasks of equal configurations share one object', async () => {
  const { storage, state } = await scene();
  const tasks = await storage.write((tx) => {
    tx.tasks.save(sampleTask('a', 0, 'FINISHED', sampleConfig()));
    return state.insertPendingTasks(tx, sampleConfig(), [0, 1]).map((id) => tx.tasks.get(id)!);
  });
  const first = storage.read((stores) => stores.tasks.get('a')!);
  for (const task of tasks) assert.is(task.assignedTask.task, first.assignedTask.task);
});

test('tasks prepared ahead are judged again when they are stored', async () => {
  const log = memoryLog();
  const { state, storage } = await scene({ log });
  const config = sampleConfig();
  const prepare = () => storage.read((stores) => state.preparePendingTasks(stores, config, [0, 1]));
  const prepared = prepare();
  const appended = log.records.length;
  assert.is(
    storage.read(({ tasks }) => tasks.size),
    0,
  );
  const ids = await storage.write((tx) => state.insertPreparedTasks(tx, config.job, prepared));
  assert.equal(
    ids,
    prepared.map(({ assignedTask }) => assignedTask.taskId),
  );
  assert.is(log.records.length, appended + 1);
  // Another write made the job meanwhile: all or nothing.
  const late = prepare();
  const insert = storage.write((tx) => state.insertPreparedTasks(tx, config.job, late));
  assert.match((await insert.catch((error) => error)).message, /Instance ID collision/);
  assert.is(
    storage.read(({ tasks }) => tasks.size),
    2,
  );
  // An id that was taken meanwhile is drawn anew.
  const [first] = prepared;
  const other = late.map((task, at) =>
    at === 0
      ? { ...task, assignedTask: { ...task.assignedTask, taskId: first!.assignedTask.taskId, instanceId: 7 } }
      : { ...task, assignedTask: { ...task.assignedTask, instanceId: 8 } },
  );
  const [fresh, second] = await storage.write((tx) => state.insertPreparedTasks(tx, config.job, other));
  assert.not(fresh === first!.assignedTask.taskId);
  assert.is(second, other[1]!.assignedTask.taskId);
  assert.is(
    storage.read(({ tasks }) => tasks.size),
    4,
  );
});

test.run();
