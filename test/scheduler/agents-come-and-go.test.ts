import { manualClock } from '../../src/base/manual-clock.ts';
import { assert, suite } from '../harness/index.ts';
import { mesosOffer, scalar, wireConfig, wireJob } from './builders.ts';
import { type TestScheduler, testScheduler } from './running.ts';

const test = suite('agents that come and go');

/** A job of one task that runs on agent `a`; its id. */
async function runningTask({ call, mesos }: TestScheduler): Promise<string> {
  mesos.subscribe();
  await call('createJob', {
    description: wireJob({
      taskConfig: wireConfig({ partitionPolicy: { reschedule: true, delaySecs: 1_000 } }),
    }),
  });
  mesos.offer(mesosOffer('a'));
  const accept = (await mesos.next('ACCEPT')).accept;
  const taskId = accept?.operations?.[0]?.launch?.task_infos?.[0]?.task_id.value as string;
  mesos.update(taskId, 'TASK_RUNNING');
  await mesos.next('ACKNOWLEDGE');
  return taskId;
}

test('a partition-aware scheduler keeps a task whose agent is out of reach, and has it back when it returns', async () => {
  const scheduler = await testScheduler({}, ['-partition_aware=true']);
  try {
    const { mesos, tasks } = scheduler;
    const taskId = await runningTask(scheduler);
    assert.equal(mesos.options().frameworkInfo.capabilities, [{ type: 'PARTITION_AWARE' }]);
    mesos.update(taskId, 'TASK_UNREACHABLE');
    await mesos.next('ACKNOWLEDGE');
    mesos.say({ type: 'FAILURE', failure: { agent_id: { value: 'a' } } });
    assert.equal(
      (await tasks()).map(({ status, timesPartitioned }) => [status, timesPartitioned]),
      [['PARTITIONED', 1]],
    );
    mesos.update(taskId, 'TASK_RUNNING');
    await mesos.next('ACKNOWLEDGE');
    assert.equal(
      (await tasks()).map(({ status, assignedTask }) => [status, assignedTask.taskId]),
      [['RUNNING', taskId]],
    );
  } finally {
    await scheduler.stop();
  }
});

/** Two jobs of one task each, on agents `a` and `b`; the ids. */
async function onTwoAgents(scheduler: TestScheduler): Promise<readonly [string, string]> {
  const { call, mesos } = scheduler;
  mesos.subscribe();
  const ids: string[] = [];
  for (const agent of ['a', 'b']) {
    const key = { role: 'web', environment: 'prod', name: `on-${agent}` };
    await call('createJob', { description: wireJob({ key, taskConfig: wireConfig({ job: key }) }) });
    mesos.offer(mesosOffer(agent));
    const accept = (await mesos.next('ACCEPT')).accept;
    const taskId = accept?.operations?.[0]?.launch?.task_infos?.[0]?.task_id.value as string;
    mesos.update(taskId, 'TASK_RUNNING');
    await mesos.next('ACKNOWLEDGE');
    ids.push(taskId);
  }
  return ids as unknown as readonly [string, string];
}

test('of an agent that a new master never sees again only a FAILURE tells: its tasks are asked for, and no others', async () => {
  const scheduler = await testScheduler();
  try {
    const { mesos, tasks } = scheduler;
    const [onA, onB] = await onTwoAgents(scheduler);
    mesos.say({ type: 'FAILURE', failure: { agent_id: { value: 'a' } } });
    assert.equal((await mesos.next('RECONCILE')).reconcile?.tasks, [
      { task_id: { value: onA }, agent_id: { value: 'a' } },
    ]);
    // What Mesos answers; it has just said that there is nothing to kill.
    mesos.update(onA, 'TASK_LOST', { reason: 'REASON_RECONCILIATION', source: 'SOURCE_MASTER' });
    await mesos.next('ACKNOWLEDGE');
    const [replacement] = await tasks('PENDING', 'THROTTLED');
    assert.is(replacement?.ancestorId, onA);
    assert.equal(
      (await tasks('RUNNING')).map(({ assignedTask }) => assignedTask.taskId),
      [onB],
    );
    assert.is(mesos.heard('KILL'), 0, 'no kill of what Mesos does not have');
  } finally {
    await scheduler.stop();
  }
});

test('a failure of an executor asks for its task alone', async () => {
  const scheduler = await testScheduler();
  try {
    const { mesos } = scheduler;
    const [onA] = await onTwoAgents(scheduler);
    mesos.say({
      type: 'FAILURE',
      failure: { agent_id: { value: 'a' }, executor_id: { value: `thermos-${onA}` }, status: 9 },
    });
    assert.equal((await mesos.next('RECONCILE')).reconcile?.tasks?.length, 1);
    mesos.say({
      type: 'FAILURE',
      failure: { agent_id: { value: 'b' }, executor_id: { value: 'thermos-another' }, status: 9 },
    });
    mesos.say({ type: 'FAILURE', failure: { agent_id: { value: 'a' } } });
    assert.equal((await mesos.next('RECONCILE')).reconcile?.tasks, [
      { task_id: { value: onA }, agent_id: { value: 'a' } },
    ]);
  } finally {
    await scheduler.stop();
  }
});

test('a task that is lost with its agent is replaced; the old one is killed should it come back', async () => {
  const scheduler = await testScheduler();
  try {
    const { mesos, tasks } = scheduler;
    const taskId = await runningTask(scheduler);
    mesos.update(taskId, 'TASK_LOST', { reason: 'REASON_AGENT_REMOVED' });
    await mesos.next('ACKNOWLEDGE');
    const [replacement] = await tasks('PENDING', 'THROTTLED');
    assert.is(replacement?.ancestorId, taskId);
    mesos.update(taskId, 'TASK_RUNNING');
    assert.is((await mesos.next('KILL')).kill?.task_id.value, taskId);
    const running = await tasks('RUNNING');
    assert.equal(running, []);
  } finally {
    await scheduler.stop();
  }
});

test('offers are asked for only while something is pending', async () => {
  const clock = manualClock();
  const scheduler = await testScheduler({ clock }, ['-idle_offers_delay=10secs']);
  try {
    const { call, mesos } = scheduler;
    mesos.subscribe();
    mesos.offer(mesosOffer('a'));
    clock.advance(10_000);
    await mesos.next('SUPPRESS');
    assert.equal((await mesos.next('DECLINE')).decline?.offer_ids, [{ value: 'offer-a' }]);
    await call('createJob', { description: wireJob() });
    await mesos.next('REVIVE');
  } finally {
    await scheduler.stop();
  }
});

test('a task of a firm tier has others moved out of its way, on an agent that nobody else takes meanwhile', async () => {
  const clock = manualClock();
  const scheduler = await testScheduler({ clock }, [
    '-preemption_delay=1secs',
    '-preemption_slot_search_initial_delay=10secs',
  ]);
  try {
    const { call, mesos, tasks } = scheduler;
    const small = { resources: [scalar('cpus', 1.25), scalar('mem', 256), scalar('disk', 64)] };
    mesos.subscribe();
    await call('setQuota', {
      ownerRole: 'web',
      quota: { resources: [{ numCpus: 9 }, { ramMb: 9_000 }, { diskMb: 9_000 }] },
    });
    await call('createJob', { description: wireJob() });
    mesos.offer(mesosOffer('a', small));
    clock.advance(10);
    const launched = (await mesos.next('ACCEPT')).accept?.operations?.[0]?.launch?.task_infos?.[0];
    const victim = launched?.task_id.value as string;
    mesos.update(victim, 'TASK_RUNNING');
    clock.advance(10);
    await mesos.next('ACKNOWLEDGE');
    const firm = { role: 'web', environment: 'prod', name: 'firm' };
    await call('createJob', {
      description: wireJob({ key: firm, taskConfig: wireConfig({ job: firm, tier: 'preferred' }) }),
    });
    for (let second = 0; second < 30; second++) clock.advance(1_000);
    assert.is((await mesos.next('KILL')).kill?.task_id.value, victim);
    mesos.update(victim, 'TASK_KILLED');
    clock.advance(10);
    await mesos.next('ACKNOWLEDGE');
    assert.is((await tasks('PENDING')).length, 2);
    mesos.offer(mesosOffer('a', { ...small, id: { value: 'again' } }));
    clock.advance(1_000);
    const second = (await mesos.next('ACCEPT')).accept?.operations?.[0]?.launch?.task_infos ?? [];
    assert.equal(
      second.map(({ name }) => name),
      ['web/prod/firm'],
    );
  } finally {
    await scheduler.stop();
  }
});

test.run();
