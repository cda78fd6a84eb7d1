/** A restart by a scheduler in this process; what happens to tasks is said by the test. */
import { assert, suite } from '../harness/index.ts';
import { JOB, mesosOffer, wireConfig, wireJob } from '../scheduler/builders.ts';
import { type TestScheduler, testScheduler } from '../scheduler/running.ts';
import { aurora } from './against.ts';

const test = suite('job restart by the scheduler');
const KEY = 'west/web/prod/hello';

function withScheduler(name: string, body: (scheduler: TestScheduler) => Promise<void>): void {
  test(name, async () => {
    const scheduler = await testScheduler({}, [
      '-sla_aware_kill_non_prod=true',
      '-min_required_instances_for_sla_check=1',
    ]);
    try {
      scheduler.mesos.subscribe();
      await body(scheduler);
    } finally {
      await scheduler.stop();
    }
  }, 30_000);
}

/** Every task that waits is placed and runs; ids of those that run. */
async function runAll({ mesos, tasks }: TestScheduler, count: number): Promise<readonly string[]> {
  for (let offer = 0; (await tasks('RUNNING')).length < count; offer++) {
    if ((await tasks('PENDING')).length > 0) {
      mesos.offer(mesosOffer('a', { id: { value: `offer-${Math.random()}-${offer}` } }));
      await mesos.next('ACCEPT');
    }
    for (const { assignedTask } of await tasks('ASSIGNED')) {
      mesos.update(assignedTask.taskId, 'TASK_RUNNING');
      await mesos.next('ACKNOWLEDGE');
    }
  }
  return (await tasks('RUNNING')).map(({ assignedTask }) => assignedTask.taskId);
}

const service = (slaPolicy?: object) =>
  wireJob({ instanceCount: 2, taskConfig: wireConfig(slaPolicy ? { slaPolicy } : {}) });

withScheduler('one call restarts the job, and the command waits for the end', async (scheduler) => {
  const { call, mesos, tasks } = scheduler;
  assert.is((await call('createJob', { description: service() })).responseCode, 'OK');
  const before = await runAll(scheduler, 2);
  const end = async () => {
    const going = await tasks('KILLING');
    for (const { assignedTask } of going) mesos.update(assignedTask.taskId, 'TASK_KILLED');
    while ((await tasks('KILLING')).length > 0) await new Promise((done) => setImmediate(done));
    await runAll(scheduler, 2);
  };
  const meanwhile = Array.from({ length: 20 }, () => end);
  const restart = await aurora(scheduler, ['job', 'restart', KEY, '--watch-secs', '0'], meanwhile);
  assert.is(restart.code, 0, restart.stderr);
  assert.is(restart.stdout, `Job ${KEY} restarted successfully\n`);
  const after = (await tasks('RUNNING')).map(({ assignedTask }) => assignedTask.taskId);
  assert.is(after.length, 2);
  assert.equal(
    after.filter((id) => before.includes(id)),
    [],
  );
  const { result } = await call('getJobUpdateSummaries', { jobUpdateQuery: { jobKey: JOB } });
  assert.is(result?.getJobUpdateSummariesResult?.updateSummaries?.length, 1);
});

withScheduler(
  'restartShards keeps the policy when asked to, and says who waits for what',
  async (scheduler) => {
    const { call, tasks } = scheduler;
    const slaPolicy = { countSlaPolicy: { count: 1, durationSecs: 0 } };
    assert.is((await call('createJob', { description: service(slaPolicy) })).responseCode, 'OK');
    await runAll(scheduler, 2);
    for (const ranMs = Date.now(); Date.now() <= ranMs + 1; ) await new Promise((done) => setImmediate(done));
    const reply = await call('restartShards', { job: JOB, shardIds: [0, 1], slaAware: true });
    assert.is(reply.responseCode, 'OK', JSON.stringify(reply.details));
    assert.equal(reply.result?.restartShardsResult?.restarted, [0]);
    assert.equal(
      reply.result?.restartShardsResult?.waiting?.map(({ instanceId }) => instanceId),
      [1],
    );
    assert.match(
      reply.details?.[0]?.message ?? '',
      /^Instance 1 waits: 0 of the other 1 tasks .* asks for 1$/,
    );
    assert.is((await tasks('RESTARTING')).length, 1);
    const all = await call('restartShards', { job: JOB, shardIds: [1] });
    assert.is(all.responseCode, 'OK');
    assert.is(
      (await tasks('RESTARTING')).length,
      2,
      'without the flag nothing holds it back, as in the original',
    );
  },
);

test.run();
