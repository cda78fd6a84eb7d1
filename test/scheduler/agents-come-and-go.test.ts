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
