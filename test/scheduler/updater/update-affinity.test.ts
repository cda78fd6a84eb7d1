/** -enable_update_affinity: a replaced task leaves its agent to its successor. */
import type { Wire } from '../../../src/api/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { JOB, mesosOffer, scalar, wireConfig, wireJob } from '../builders.ts';
import { type TestScheduler, testScheduler } from '../running.ts';

const test = suite('update affinity');

const withScheduler = (name: string, body: (s: TestScheduler) => Promise<void>, ...flags: string[]) =>
  test(name, async () => {
    const scheduler = await testScheduler({}, flags);
    try {
      scheduler.mesos.subscribe();
      await body(scheduler);
    } finally {
      await scheduler.stop();
    }
  });
const AFFINITY = '-enable_update_affinity';

let offers = 0;
const offer = ({ mesos }: TestScheduler, agent: string, cpus = 8) =>
  mesos.offer(
    mesosOffer(agent, {
      id: { value: `${agent}-${offers++}` },
      resources: [scalar('cpus', cpus), scalar('mem', 8192), scalar('disk', 8192)],
    }),
  );

/** The next launch: the job's name and the agent. */
async function launched({ mesos }: TestScheduler): Promise<string> {
  const { accept } = await mesos.next('ACCEPT');
  const tasks = accept?.operations?.flatMap(({ launch }) => launch?.task_infos ?? []) ?? [];
  return tasks.map(({ name, agent_id: agent }) => `${name.split('/').at(-1)} on ${agent.value}`).join();
}

/** An instance that ran on agent a, was killed for an update to `config`, and is to be made anew. */
async function replaced(s: TestScheduler, config: Wire<'TaskConfig'>): Promise<void> {
  await s.call('createJob', { description: wireJob() });
  offer(s, 'a');
  assert.is(await launched(s), 'hello on a');
  const [task] = await s.tasks('ASSIGNED');
  const taskId = task?.assignedTask.taskId as string;
  s.mesos.update(taskId, 'TASK_RUNNING');
  await s.mesos.next('ACKNOWLEDGE');
  const settings = { updateStrategy: { queueStrategy: { groupSize: 1 } } };
  const request = { taskConfig: config, instanceCount: 1, settings };
  assert.is((await s.call('startJobUpdate', { request })).responseCode, 'OK');
  await s.mesos.next('KILL');
  s.mesos.update(taskId, 'TASK_KILLED');
  await s.mesos.next('ACKNOWLEDGE');
  while ((await s.tasks('PENDING')).length === 0) await new Promise((done) => setImmediate(done));
}

const other = (s: TestScheduler) =>
  s.call('createJob', {
    description: wireJob({
      key: { ...JOB, name: 'other' },
      taskConfig: wireConfig({ job: { ...JOB, name: 'other' } }),
    }),
  });

withScheduler(
  'the new task waits for the agent of the old one, which nobody else gets',
  async (s) => {
    await replaced(s, wireConfig({ contactEmail: 'new' }));
    offer(s, 'b', 1.3);
    await other(s);
    assert.is(await launched(s), 'other on b');
    assert.is((await s.vars()).update_affinity_cache_size, 1);
    offer(s, 'a');
    assert.is(await launched(s), 'hello on a');
    assert.is((await s.vars()).update_affinity_cache_size, 0);
  },
  AFFINITY,
);

withScheduler(
  'one that asks for more than the old one, or for another place, goes where there is room',
  async (s) => {
    await replaced(s, wireConfig({ resources: [{ numCpus: 2 }, { ramMb: 128 }, { diskMb: 64 }] }));
    offer(s, 'b');
    assert.is(await launched(s), 'hello on b');
  },
  AFFINITY,
);

withScheduler(
  'an agent that offers nothing in time is waited for no longer',
  async (s) => {
    await replaced(s, wireConfig({ contactEmail: 'new' }));
    offer(s, 'b');
    assert.is(await launched(s), 'hello on b');
    assert.is((await s.vars()).update_affinity_cache_expiration_removals, 1);
  },
  AFFINITY,
  '-update_affinity_reservation_hold_time=1secs',
);

withScheduler('without the flag an agent is kept for nobody', async (s) => {
  await replaced(s, wireConfig({ contactEmail: 'new' }));
  offer(s, 'b');
  assert.is(await launched(s), 'hello on b');
  assert.is((await s.vars()).update_affinity_cache_size, undefined);
});

test.run();
