/** Hosts are taken out of service against a scheduler in this process; what happens to tasks is said by the test. */
import { assert, suite } from '../harness/index.ts';
import { mesosOffer, wireJob } from '../scheduler/builders.ts';
import { type TestScheduler, testScheduler } from '../scheduler/running.ts';
import { aurora } from './against.ts';

const test = suite('admin drain');
const LIMIT_MS = 20_000;
const HOST = 'host-a';

function withScheduler(name: string, body: (scheduler: TestScheduler) => Promise<void>): void {
  test(
    name,
    async () => {
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
    },
    LIMIT_MS,
  );
}

/** Two instances of a job that run on the host. */
async function running({ call, mesos, tasks }: TestScheduler): Promise<readonly string[]> {
  const slaPolicy = { countSlaPolicy: { count: 1, durationSecs: 3_600 } };
  const job = wireJob({ instanceCount: 2 });
  const made = await call('createJob', {
    description: { ...job, taskConfig: { ...job.taskConfig, slaPolicy } },
  });
  assert.is(made.responseCode, 'OK', JSON.stringify(made.details));
  for (let offer = 0; (await tasks('ASSIGNED')).length < 2; offer++) {
    mesos.offer(mesosOffer('a', { id: { value: `offer-${offer}` } }));
    await mesos.next('ACCEPT');
  }
  const taskIds = (await tasks('ASSIGNED')).map(({ assignedTask }) => assignedTask.taskId);
  for (const taskId of taskIds) {
    mesos.update(taskId, 'TASK_RUNNING');
    await mesos.next('ACKNOWLEDGE');
  }
  return taskIds;
}

withScheduler('a drain shows what tasks wait for, and ends when the hosts are empty', async (scheduler) => {
  const { mesos, tasks } = scheduler;
  const taskIds = await running(scheduler);
  assert.is(taskIds.length, 2);
  const early = await aurora(scheduler, ['admin', 'drain', 'west', HOST]);
  assert.is(early.code, 0, early.stderr);
  assert.match(early.stdout, new RegExp(`^${HOST} {2}DRAINING {2}2 tasks left, forced in 6d 23h$`, 'm'));
  assert.match(early.stdout, /\/0 {2}RUNNING {2}waits: 0 of the other 1 tasks .* asks for 1$/m);
  const end = async () => {
    for (const taskId of taskIds) mesos.update(taskId, 'TASK_KILLED');
    while ((await tasks('DRAINING')).length > 0) await new Promise((done) => setImmediate(done));
  };
  const whole = await aurora(scheduler, ['admin', 'drain', 'west', HOST, '--timeout', '0s', '--wait'], [end]);
  assert.is(whole.code, 0, whole.stderr);
  assert.match(whole.stdout, new RegExp(`^${HOST} {2}DRAINING {2}2 tasks left, its time is over$`, 'm'));
  assert.match(whole.stdout, new RegExp(`^${HOST} {2}DRAINED {2}0 tasks left$`, 'm'));
});

withScheduler('hosts that are not known, or not empty in time, end the command in 1', async (scheduler) => {
  await running(scheduler);
  const unknown = await aurora(scheduler, ['admin', 'drain', 'west', HOST, 'nowhere']);
  assert.is(unknown.code, 1);
  assert.match(unknown.stderr, /The scheduler knows no hosts nowhere\./);
  const late = await aurora(
    scheduler,
    ['admin', 'drain', 'west', HOST, '--watch', '--wait', '--wait-limit', '0secs', '--json'],
    [],
  );
  assert.is(late.code, 1);
  assert.match(late.stderr, new RegExp(`Not empty yet: ${HOST}; the drain goes on`));
  const [host] = JSON.parse(late.stdout).hosts;
  assert.is(host.mode, 'DRAINING');
  assert.is(host.tasks.length, 2);
  assert.match(host.tasks[0].waitsFor, /asks for 1/);
});

withScheduler('host_status and host_activate follow a drain', async (scheduler) => {
  await running(scheduler);
  await aurora(scheduler, ['admin', 'sla_host_drain', 'west', '--hosts', HOST]);
  const status = await aurora(scheduler, ['admin', 'host_status', 'west', '--hosts', HOST]);
  assert.is(
    status.stderr.trimEnd().split('\n').at(-1)?.trim().split(/\s+/)[5],
    'DRAINING',
    'scripts read it there',
  );
  const active = await aurora(scheduler, ['admin', 'host_activate', 'west', '--hosts', HOST]);
  assert.is(active.code, 0);
  const after = await aurora(scheduler, ['admin', 'drain', 'west', HOST, '--watch']);
  assert.match(after.stdout, new RegExp(`^${HOST} {2}NONE {2}2 tasks left$`, 'm'));
});

test.run();
