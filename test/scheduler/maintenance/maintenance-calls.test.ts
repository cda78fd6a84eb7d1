import type { InverseOffer } from '../../../src/mesos/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { JOB, mesosOffer, wireJob } from '../builders.ts';
import { type TestScheduler, testScheduler } from '../running.ts';

const test = suite('calls about maintenance, and windows of Mesos');

function withScheduler(name: string, body: (scheduler: TestScheduler) => Promise<void>): void {
  test(name, async () => {
    const scheduler = await testScheduler();
    try {
      scheduler.mesos.subscribe();
      await body(scheduler);
    } finally {
      await scheduler.stop();
    }
  });
}

const HOST = 'host-a';
const hosts = (...hostNames: string[]) => ({ hosts: { hostNames } });

/** A task that runs on the host of agent `a`; its id. */
async function running({ call, mesos, tasks }: TestScheduler): Promise<string> {
  await call('createJob', { description: wireJob() });
  mesos.offer(mesosOffer('a'));
  await mesos.next('ACCEPT');
  const [task] = await tasks('ASSIGNED');
  const taskId = task?.assignedTask.taskId as string;
  mesos.update(taskId, 'TASK_RUNNING');
  await mesos.next('ACKNOWLEDGE');
  return taskId;
}

withScheduler('Maintenance: the way of a host through its modes', async (scheduler) => {
  const { call, mesos, tasks } = scheduler;
  const taskId = await running(scheduler);
  const modes = async () =>
    (await call('maintenanceStatus', hosts(HOST))).result?.maintenanceStatusResult?.statuses?.map(
      ({ mode }) => mode,
    );
  assert.equal(await modes(), ['NONE']);
  const started = await call('startMaintenance', hosts(HOST));
  assert.equal(started.result?.startMaintenanceResult?.statuses, [{ host: HOST, mode: 'SCHEDULED' }]);
  const draining = await call('drainHosts', hosts(HOST));
  assert.equal(draining.result?.drainHostsResult?.statuses, [{ host: HOST, mode: 'DRAINING' }]);
  const kill = await mesos.next('KILL');
  assert.is(kill.kill?.task_id.value, taskId);
  assert.is((await tasks('DRAINING')).length, 1);
  mesos.update(taskId, 'TASK_KILLED');
  await mesos.next('ACKNOWLEDGE');
  while ((await modes())?.[0] !== 'DRAINED') await new Promise((done) => setImmediate(done));
  const ended = await call('endMaintenance', hosts(HOST));
  assert.equal(ended.result?.endMaintenanceResult?.statuses, [{ host: HOST, mode: 'NONE' }]);
  assert.is((await tasks('PENDING', 'THROTTLED')).length, 1, 'the task goes elsewhere');
});

withScheduler('Maintenance: unknown hosts are left out and named', async (scheduler) => {
  const { call } = scheduler;
  await running(scheduler);
  for (const [method, args] of [
    ['startMaintenance', hosts(HOST, 'nowhere')],
    ['maintenanceStatus', hosts(HOST, 'nowhere')],
    ['endMaintenance', hosts(HOST, 'nowhere')],
    ['slaDrainHosts', { ...hosts(HOST, 'nowhere'), timeoutSecs: 60 }],
    ['drainHosts', hosts(HOST, 'nowhere')],
  ] as const) {
    const reply = await call(method, args as never);
    const [result] = Object.values(reply.result ?? {}) as { statuses: { host: string }[] }[];
    assert.equal(
      result?.statuses.map(({ host }) => host),
      [HOST],
      method,
    );
    assert.equal(reply.details, [{ message: 'Unknown hosts: nowhere' }]);
  }
});

withScheduler('Maintenance: host with no tasks is DRAINED in the reply', async (scheduler) => {
  const { call, mesos } = scheduler;
  const taskId = await running(scheduler);
  await call('killTasks', { job: JOB });
  mesos.update(taskId, 'TASK_KILLED');
  await mesos.next('ACKNOWLEDGE');
  const reply = await call('drainHosts', hosts(HOST));
  assert.equal(reply.result?.drainHostsResult?.statuses, [{ host: HOST, mode: 'DRAINED' }]);
});

withScheduler('Maintenance: a drain by policy needs a time limit, and calls need hosts', async ({ call }) => {
  assert.is((await call('slaDrainHosts', hosts(HOST) as never)).responseCode, 'ERROR');
  for (const method of ['startMaintenance', 'drainHosts', 'maintenanceStatus', 'endMaintenance'] as const)
    assert.is((await call(method, { hosts: { hostNames: [] } })).responseCode, 'ERROR');
});

const inverseOffer = (id: string, startMs: number, change: Partial<InverseOffer> = {}): InverseOffer => ({
  id: { value: id },
  framework_id: { value: 'framework' },
  agent_id: { value: 'a' },
  unavailability: { start: { nanoseconds: startMs * 1e6 } },
  ...change,
});

const inverse = ({ say }: TestScheduler['mesos'], offer: InverseOffer) =>
  say({ type: 'INVERSE_OFFERS', inverse_offers: { inverse_offers: [offer] } });

withScheduler(
  'Inverse offers: before and after threshold: within it the tasks of the host are moved',
  async (scheduler) => {
    const { mesos } = scheduler;
    const taskId = await running(scheduler);
    inverse(mesos, inverseOffer('later', Date.now() + 3_600_000));
    assert.equal((await mesos.next('ACCEPT_INVERSE_OFFERS')).accept_inverse_offers, {
      inverse_offer_ids: [{ value: 'later' }],
    });
    assert.is((await scheduler.tasks('RUNNING')).length, 1, 'there is time');
    inverse(mesos, inverseOffer('soon', Date.now() + 60_000));
    await mesos.next('ACCEPT_INVERSE_OFFERS');
    assert.is((await mesos.next('KILL')).kill?.task_id.value, taskId);
    const status = await scheduler.call('maintenanceStatus', hosts(HOST));
    assert.is(
      status.result?.maintenanceStatusResult?.statuses?.[0]?.mode,
      'NONE',
      "the mode is the administrators' own",
    );
  },
);

withScheduler(
  'Inverse offers: missing hostname: declined, and a window that is over moves nothing',
  async (scheduler) => {
    const { mesos } = scheduler;
    await running(scheduler);
    const over = { start: { nanoseconds: (Date.now() - 60_000) * 1e6 }, duration: { nanoseconds: 30e9 } };
    inverse(mesos, inverseOffer('over', 0, { unavailability: over }));
    await mesos.next('ACCEPT_INVERSE_OFFERS');
    const { agent_id: _, ...nowhere } = inverseOffer('nowhere', Date.now());
    inverse(mesos, nowhere);
    assert.equal((await mesos.next('DECLINE_INVERSE_OFFERS')).decline_inverse_offers, {
      inverse_offer_ids: [{ value: 'nowhere' }],
    });
    assert.is((await scheduler.tasks('RUNNING')).length, 1);
  },
);

test.run();
