import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Wire } from '../../src/api/index.ts';
import { AuroraError } from '../../src/base/errors.ts';
import type { SchedulerCall } from '../../src/mesos/index.ts';
import { assert, suite } from '../harness/index.ts';
import { JOB, mesosOffer, scalar, wireConfig, wireJob } from './builders.ts';
import { type TestScheduler, testScheduler } from './running.ts';
import { memoryLog } from './storage/memory-log.ts';

const test = suite('scheduler, end to end with a scripted Mesos');

/** Runs a test against a scheduler that is stopped whatever happens. */
function withScheduler(
  name: string,
  body: (scheduler: TestScheduler) => Promise<void>,
  ...flags: string[]
): void {
  test(name, async () => {
    const scheduler = await testScheduler({}, flags);
    try {
      await body(scheduler);
    } finally {
      await scheduler.stop();
    }
  });
}

const launched = (call: SchedulerCall) =>
  (call.accept?.operations ?? []).flatMap(({ launch }) => launch?.task_infos ?? []);
const ok = (response: Wire<'Response'>) =>
  assert.is(response.responseCode, 'OK', response.details?.map(({ message }) => message).join());

withScheduler('a job goes from PENDING to RUNNING to gone', async ({ call, mesos, tasks }) => {
  mesos.subscribe();
  ok(await call('createJob', { description: wireJob() }));
  const [pending] = await tasks('PENDING');
  const taskId = pending?.assignedTask.taskId as string;
  mesos.offer(mesosOffer('a'));
  const accept = await mesos.next('ACCEPT');
  assert.equal(accept.accept?.offer_ids, [{ value: 'offer-a' }]);
  const [info] = launched(accept);
  assert.is(info?.task_id.value, taskId);
  assert.is(info?.agent_id.value, 'a');
  const [assigned] = await tasks('ASSIGNED');
  assert.is(assigned?.assignedTask.slaveHost, 'host-a');

  mesos.update(taskId, 'TASK_STARTING');
  await mesos.next('ACKNOWLEDGE');
  assert.is((await tasks('STARTING')).length, 1);
  mesos.update(taskId, 'TASK_RUNNING', { message: 'all is well' });
  const acknowledge = await mesos.next('ACKNOWLEDGE');
  assert.equal(acknowledge.acknowledge?.task_id, { value: taskId });
  const [running] = await tasks('RUNNING');
  assert.is(running?.taskEvents.at(-1)?.message, 'all is well');
  assert.equal(
    running?.taskEvents.map(({ status }) => status),
    ['PENDING', 'ASSIGNED', 'STARTING', 'RUNNING'],
  );

  const killed = await call('killTasks', { job: JOB, message: 'enough' });
  ok(killed);
  assert.equal(killed.details, []);
  const kill = await mesos.next('KILL');
  assert.equal(kill.kill, { task_id: { value: taskId }, agent_id: { value: 'a' } });
  mesos.update(taskId, 'TASK_KILLED');
  await mesos.next('ACKNOWLEDGE');
  const [gone] = await tasks();
  assert.is(gone?.status, 'KILLED');
  assert.is(gone?.taskEvents.at(-2)?.message, 'Killed by UNSECURE.\nenough');
});

withScheduler(
  'several tasks share an ACCEPT only when there are no other offers',
  async ({ call, mesos }) => {
    mesos.subscribe();
    mesos.offer(mesosOffer('a'), mesosOffer('b'));
    ok(await call('createJob', { description: wireJob({ instanceCount: 3 }) }));
    const accepts = [await mesos.next('ACCEPT'), await mesos.next('ACCEPT')];
    assert.equal(accepts.map((accept) => launched(accept).length).sort(), [1, 2]);
    const ids = accepts.flatMap(launched).map(({ task_id: id }) => id.value);
    assert.is(new Set(ids).size, 3);
  },
);

withScheduler('what does not fit stays pending, and says why', async ({ call, mesos, tasks, vars }) => {
  mesos.subscribe();
  mesos.offer(
    mesosOffer('a', { resources: [scalar('cpus', 0.5), scalar('mem', 100), scalar('disk', 9999)] }),
  );
  ok(await call('createJob', { description: wireJob() }));
  while (!(await vars()).schedule_attempts_no_match);
  const response = await call('getPendingReason', { query: { role: 'web' } });
  assert.equal(
    response.result?.getPendingReasonResult?.reasons?.map(({ reason }) => reason),
    ['Insufficient: CPU,Insufficient: RAM'],
  );
  assert.is((await tasks('PENDING')).length, 1);
});

withScheduler('a limit is exact within one attempt', async ({ call, mesos, tasks }) => {
  mesos.subscribe();
  const rack = (name: string, value: string) =>
    mesosOffer(name, { attributes: [{ name: 'rack', type: 'TEXT', text: { value } }] });
  mesos.offer(rack('a', 'r1'), rack('b', 'r1'), rack('c', 'r2'));
  const taskConfig = wireConfig({ constraints: [{ name: 'rack', constraint: { limit: { limit: 1 } } }] });
  ok(await call('createJob', { description: wireJob({ instanceCount: 3, taskConfig }) }));
  const accepts = [await mesos.next('ACCEPT'), await mesos.next('ACCEPT')];
  assert.equal(
    accepts.map((accept) => launched(accept).length),
    [1, 1],
  );
  const hosts = (await tasks('ASSIGNED')).map(({ assignedTask }) => assignedTask.slaveHost);
  assert.ok(hosts.includes('host-c'), String(hosts));
  assert.is((await tasks('PENDING')).length, 1);
});

withScheduler('ports go to the task and into its resources', async ({ call, mesos, tasks }) => {
  mesos.subscribe();
  mesos.offer(mesosOffer('a'));
  const resources = [
    { numCpus: 1 },
    { ramMb: 1 },
    { diskMb: 1 },
    { namedPort: 'http' },
    { namedPort: 'admin' },
  ];
  ok(await call('createJob', { description: wireJob({ taskConfig: wireConfig({ resources }) }) }));
  const [info] = launched(await mesos.next('ACCEPT'));
  const [task] = await tasks();
  const { http, admin } = task?.assignedTask.assignedPorts ?? {};
  assert.ok(http && admin && http !== admin);
  const ranges = info?.resources?.find(({ name }) => name === 'ports')?.ranges?.range ?? [];
  for (const port of [http, admin]) assert.ok(ranges.some(({ begin, end }) => begin <= port && port <= end));
  assert.equal(task?.assignedTask.task.taskLinks, { http: 'http://%host%:%port:http%' });
});

withScheduler(
  'updates that change nothing are acknowledged too; those without uuid are not',
  async ({ mesos, tasks }) => {
    mesos.subscribe();
    mesos.update('nobody', 'TASK_FINISHED');
    assert.is((await mesos.next('ACKNOWLEDGE')).acknowledge?.task_id.value, 'nobody');
    mesos.update('stranger', 'TASK_RUNNING');
    await mesos.next('ACKNOWLEDGE');
    assert.is((await mesos.next('KILL')).kill?.task_id.value, 'stranger');
    mesos.say({
      type: 'UPDATE',
      update: { status: { task_id: { value: 'x' }, state: 'TASK_LOST', reason: 'REASON_RECONCILIATION' } },
    });
    mesos.update('last', 'TASK_FINISHED');
    assert.is((await mesos.next('ACKNOWLEDGE')).acknowledge?.task_id.value, 'last');
    assert.is(mesos.heard('ACKNOWLEDGE'), 3);
    assert.equal(await tasks(), []);
  },
);

withScheduler(
  'an offer rescinded before its ACCEPT loses the task, which is placed again',
  async ({ call, mesos, tasks }) => {
    mesos.subscribe();
    ok(await call('createJob', { description: wireJob() }));
    mesos.answer('ACCEPT', () => Promise.reject(refusal()));
    mesos.offer(mesosOffer('a'));
    await mesos.next('ACCEPT');
    mesos.answer('ACCEPT', async () => {});
    await mesos.next('KILL');
    const [replacement] = await tasks('PENDING', 'THROTTLED', 'ASSIGNED');
    const lost = (await tasks('LOST'))[0];
    assert.is(replacement?.ancestorId, lost?.assignedTask.taskId);
    assert.is(lost?.taskEvents.at(-1)?.message, 'Unknown exception attempting to schedule task.');
  },
);
const refusal = () =>
  new AuroraError('MESOS', 'ACCEPT was refused with 400: no', { cause: { status: 400, text: 'no' } });

withScheduler(
  'after a restart the framework id, the tasks and a reconciliation are there',
  async ({ call, mesos, restart, tasks }) => {
    mesos.subscribe('framework-7');
    mesos.offer(mesosOffer('a'));
    ok(await call('createJob', { description: wireJob() }));
    const [info] = launched(await mesos.next('ACCEPT'));
    const taskId = info?.task_id.value as string;
    mesos.update(taskId, 'TASK_RUNNING');
    await mesos.next('ACKNOWLEDGE');
    await restart();
    assert.equal(mesos.options().frameworkInfo.id, { value: 'framework-7' });
    assert.is((await tasks('RUNNING'))[0]?.assignedTask.taskId, taskId);
    mesos.subscribe('framework-7');
    const reconcile = await mesos.next('RECONCILE');
    assert.equal(reconcile.reconcile?.tasks, [{ task_id: { value: taskId }, agent_id: { value: 'a' } }]);
    mesos.update(taskId, 'TASK_LOST', { reason: 'REASON_RECONCILIATION' });
    await mesos.next('ACKNOWLEDGE');
    assert.is((await tasks('LOST')).length, 1);
  },
);

withScheduler('a task is not asked for before its launch is sent', async ({ call, mesos, tasks }) => {
  ok(await call('createJob', { description: wireJob() }));
  mesos.subscribe();
  mesos.offer(mesosOffer('a'));
  const [info] = launched(await mesos.next('ACCEPT'));
  mesos.update(info?.task_id.value ?? '', 'TASK_RUNNING');
  await mesos.next('ACKNOWLEDGE');
  assert.is((await tasks('RUNNING')).length, 1);
  assert.is(mesos.heard('RECONCILE'), 0);
});

withScheduler('pending tasks found at a start are placed', async ({ call, mesos, restart }) => {
  ok(await call('createJob', { description: wireJob() }));
  await restart();
  mesos.subscribe();
  mesos.offer(mesosOffer('a'));
  assert.is(launched(await mesos.next('ACCEPT')).length, 1);
});

withScheduler('offers of an ended session are void', async ({ call, mesos, tasks, vars }) => {
  mesos.subscribe();
  mesos.offer(mesosOffer('a'));
  mesos.disconnect();
  assert.is((await vars()).outstanding_offers, 0);
  assert.is((await vars()).framework_registered, 0);
  ok(await call('createJob', { description: wireJob() }));
  mesos.subscribe();
  mesos.offer(mesosOffer('b'));
  assert.equal((await mesos.next('ACCEPT')).accept?.offer_ids, [{ value: 'offer-b' }]);
  assert.is((await vars()).scheduler_framework_reregisters, 1);
  assert.is((await vars()).scheduler_framework_disconnects, 1);
  assert.is((await tasks('ASSIGNED')).length, 1);
});

withScheduler('an error of Mesos ends the scheduler and says so', async ({ mesos, running }) => {
  mesos.options().onError('Framework has been removed');
  const end = await running().finished;
  assert.is(end.failed, true);
  assert.match(
    end.reason,
    /Framework has been removed; its tasks are gone; run aurora scheduler forget-framework/,
  );
});

withScheduler(
  'what the scheduler says about itself',
  async ({ mesos, running }) => {
    const { frameworkInfo } = mesos.options();
    assert.is(frameworkInfo.name, 'Aurora');
    assert.is(frameworkInfo.checkpoint, true);
    assert.is(frameworkInfo.failover_timeout, 21 * 86_400);
    assert.is(frameworkInfo.id, undefined);
    assert.is(frameworkInfo.webui_url, `http://scheduler.example.com:${running().httpPort}`);
    assert.equal(frameworkInfo.capabilities, [{ type: 'GPU_RESOURCES' }, { type: 'PARTITION_AWARE' }]);
  },
  '-partition_aware',
  '-allow_gpu_resource',
);

test('nothing is said before it is durable: no reply, no launch', async () => {
  const log = memoryLog();
  const scheduler = await testScheduler({ openLog: async () => log });
  const { call, mesos } = scheduler;
  try {
    mesos.subscribe();
    mesos.offer(mesosOffer('a'));
    await scheduler.tasks();
    log.hold();
    let replied = false;
    const reply = call('createJob', { description: wireJob() }).then((response) => {
      replied = true;
      return response;
    });
    // Reads wait for what they may have seen, so the ones that are answered by then say nothing of the job.
    while ((await scheduler.vars()).task_store_PENDING !== 1);
    assert.not(replied);
    const read = scheduler.tasks();
    log.release();
    ok(await reply);
    assert.is((await read).length, 1);
    await mesos.next('ACCEPT');
  } finally {
    await scheduler.stop();
  }
});

test('a log that fails ends the scheduler, and the write it failed for is not confirmed', async () => {
  const log = memoryLog();
  const scheduler = await testScheduler({ openLog: async () => log });
  try {
    await scheduler.tasks();
    log.hold();
    const reply = scheduler.call('createJob', { description: wireJob() });
    while ((await scheduler.vars()).task_store_PENDING !== 1);
    log.release(new Error('no space left on device'));
    const { responseCode, details } = await reply;
    assert.is(responseCode, 'ERROR');
    assert.match(details?.[0]?.message ?? '', /createJob may or may not have been carried out/);
    const end = await scheduler.running().finished;
    assert.is(end.failed, true);
    assert.match(end.reason, /the log failed: no space left on device/);
  } finally {
    await scheduler.stop();
  }
});

async function failureOf(start: Promise<unknown>): Promise<AuroraError> {
  try {
    await start;
  } catch (error) {
    assert.instance(error, AuroraError);
    return error as AuroraError;
  }
  throw new Error('it started');
}

test('a second scheduler on the port, on the data directory, or without its files, says what is wrong', async () => {
  const first = await testScheduler();
  const directory = mkdtempSync(join(tmpdir(), 'aurora-scheduler-'));
  try {
    const port = first.running().httpPort;
    const taken = await failureOf(testScheduler({ httpPort: port, dataDir: directory }));
    assert.is(taken.code, 'PORT_IN_USE');
    assert.match(taken.message, new RegExp(`port ${port} .*--http-port`));
    // The failed start has let go of the directory.
    const again = await testScheduler({ dataDir: directory });
    await again.stop();
    const locked = await failureOf(testScheduler({ dataDir: join(first.directory, 'data') }));
    assert.is(locked.code, 'DATA_DIR_LOCKED');
    const missing = await failureOf(
      testScheduler({ thermosExecutorPath: '/nowhere/executor', localAgents: true }),
    );
    assert.is(missing.code, 'EXECUTOR');
    assert.match(missing.message, /\/nowhere\/executor/);
    assert.is((await failureOf(testScheduler({ mesosMaster: 'not an address' }))).code, 'BAD_PARAMETER');
  } finally {
    await first.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});

test.run();
