import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HostMaintenanceRequest, SlaPolicy, TaskConfig } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { maintenanceCalls } from '../../../src/scheduler/http/rpc/write-maintenance.ts';
import { drains } from '../../../src/scheduler/maintenance/drains.ts';
import { slaGate } from '../../../src/scheduler/sla/sla-gate.ts';
import { BUILT_IN_TIERS } from '../../../src/scheduler/tiers.ts';
import { assert, suite } from '../../harness/index.ts';
import { scene } from '../state/scene.ts';
import type { MemoryLog } from '../storage/memory-log.ts';
import { sampleConfig } from '../storage/sample.ts';

const test = suite('draining hosts');

const policy = (percentage: number, durationSecs = 60): SlaPolicy => ({
  percentageSlaPolicy: { percentage, durationSecs },
});

/** Hosts with tasks of jobs, and what drains them; the clock is moved by hand. */
async function drainScene(log?: MemoryLog) {
  const world = await scene(log ? { log, seed: 2 } : {});
  const { clock, state, storage } = world;
  const gate = slaGate({
    ...world,
    counters: world.counts,
    tiers: BUILT_IN_TIERS,
    flags: {
      clusterName: 'test',
      maxParallelCoordinatedMaintenance: 10,
      minRequiredInstancesForSlaCheck: 1,
      slaAwareKillNonProd: false,
      slaCoordinatorTimeoutMs: 5_000,
    },
  });
  const draining = drains({
    ...world,
    counters: world.counts,
    log: silentLogger,
    gate,
    flags: { hostMaintenancePollingIntervalMs: 60_000, unavailabilityThresholdMs: 360_000 },
  });
  const settle = async () => {
    for (let turn = 0; turn < 6; turn++) {
      clock.advance(0);
      await storage.settled();
      await new Promise((done) => setImmediate(done));
    }
  };
  /** A task for each host named, RUNNING. */
  const job = async (name: string, hosts: readonly string[], config: Partial<TaskConfig> = {}) => {
    const taskIds = await storage.write((tx) =>
      state.insertPendingTasks(
        tx,
        sampleConfig(name, config),
        hosts.map((_, id) => id),
      ),
    );
    for (const [at, taskId] of taskIds.entries()) await place(taskId, hosts[at] as string);
    return taskIds;
  };
  const place = async (taskId: string, host: string) => {
    await storage.write((tx) =>
      state.assignTask(tx, { taskId, slaveId: `agent-${host}`, slaveHost: host, assignedPorts: {} }),
    );
    await world.change({ taskId, to: 'RUNNING' });
    await settle();
  };
  const drain = async (host: string, request: Partial<HostMaintenanceRequest> = {}) => {
    await storage.write((tx) => {
      tx.maintenance.save({
        host,
        defaultSlaPolicy: policy(0, 0),
        timeoutSecs: 3_600,
        createdTimestampMs: clock.nowMs(),
        ...request,
      });
      tx.afterCommit(() => draining.requestChanged(host));
      state.setHostMode(tx, host, 'DRAINING');
    });
    await settle();
  };
  return {
    ...world,
    draining,
    job,
    place,
    drain,
    settle,
    end: async (taskId: string) => {
      await world.change({ taskId, to: 'KILLED' });
      await settle();
    },
    pass: async (ms: number) => {
      clock.advance(ms);
      await settle();
    },
    mode: (host: string) => storage.read(({ modes }) => modes.of(host)),
    request: (host: string) => storage.read(({ maintenance }) => maintenance.get(host)),
    statuses: (taskIds: readonly string[]) => taskIds.map((taskId) => world.get(taskId)?.status),
    gauges: () => [...world.counts.read().keys()].filter((name) => name.startsWith('maintenance_countdown')),
  };
}

test('Maintenance: DRAINED by event: when the last task has ended, and its request is gone', async () => {
  const { drain, draining, end, get, job, mode, request } = await drainScene();
  draining.start();
  const [taskId] = (await job('web', ['a'])) as [string];
  await drain('a');
  assert.is(get(taskId)?.status, 'DRAINING');
  assert.is(get(taskId)?.taskEvents.at(-1)?.message, 'Draining machine for maintenance.');
  assert.is(mode('a'), 'DRAINING');
  await end(taskId);
  assert.is(mode('a'), 'DRAINED');
  assert.is(request('a'), undefined);
  draining.close();
});

test('Maintenance: host with no tasks is DRAINED at once', async () => {
  const { drain, draining, mode, request } = await drainScene();
  draining.start();
  await drain('a');
  assert.is(mode('a'), 'DRAINED');
  assert.is(request('a'), undefined);
  draining.close();
});

test("Maintenance: a job's own policy comes before that of the request", async () => {
  const { drain, draining, job, statuses } = await drainScene();
  draining.start();
  const careful = await job('careful', ['a', 'a', 'b', 'c'], { slaPolicy: policy(75, 3_600) });
  const careless = await job('careless', ['a', 'b']);
  await drain('a', { defaultSlaPolicy: policy(0, 0) });
  assert.equal(statuses(careful), ['RUNNING', 'RUNNING', 'RUNNING', 'RUNNING'], 'none has run for an hour');
  assert.equal(statuses(careless), ['DRAINING', 'RUNNING']);
  draining.close();
});

test('Maintenance: tasks wait for their policy, and go by themselves when time or a new task allows it', async () => {
  const { active, drain, draining, end, get, job, pass, place, statuses } = await drainScene();
  draining.start();
  const taskIds = await job('web', ['a', 'a', 'b'], { slaPolicy: policy(66, 60) });
  const [first, second] = taskIds as [string, string, string];
  await drain('a', { timeoutSecs: 86_400 });
  assert.match(draining.waitingOn('a')[0]?.waitsFor ?? '', /^0 of the other 2 tasks .* asks for 2$/);
  await pass(60_000);
  assert.equal(statuses([first, second]), ['RUNNING', 'RUNNING'], 'exactly the duration is not longer');
  await pass(1);
  assert.equal(statuses([first, second]), ['DRAINING', 'RUNNING']);
  await end(first);
  const replacement = active(get(first)?.assignedTask.task)?.assignedTask.taskId as string;
  await place(replacement, 'b');
  assert.is(get(second)?.status, 'RUNNING', 'the new one has not run for long enough');
  await pass(60_001);
  assert.is(get(second)?.status, 'DRAINING');
  assert.equal(draining.waitingOn('a'), []);
  draining.close();
});

test('Maintenance: timeout forcing: at the deadline everything goes, whatever the policies say', async () => {
  const { drain, draining, job, pass, statuses } = await drainScene();
  draining.start();
  const taskIds = await job('web', ['a', 'a', 'b'], { slaPolicy: policy(100, 7_200) });
  await drain('a', { timeoutSecs: 600 });
  await pass(599_000);
  assert.equal(statuses(taskIds), ['RUNNING', 'RUNNING', 'RUNNING']);
  await pass(1_000);
  assert.equal(statuses(taskIds), ['DRAINING', 'DRAINING', 'RUNNING']);
  draining.close();
});

/** What a coordinator does with a question, and what its task then waits for. */
const COORDINATORS: readonly [what: string, answer: (response: ServerResponse) => void, waitsFor: RegExp][] =
  [
    ['never answers', () => {}, /^the answer of its SLA coordinator$/],
    ['refuses', (response) => response.end('{"drain": false}'), / says no$/],
    ['fails', (response) => response.writeHead(500).end('oops'), / answered 500$/],
    ['answers nonsense', (response) => response.end('<html>'), /its answer is no JSON$/],
    ['dies while it answers', (response) => response.socket?.destroy(), / cannot be asked: /],
  ];
for (const [what, answer, waitsFor] of COORDINATORS)
  test(`Maintenance: a coordinator that ${what} holds a task until the deadline, and no longer`, async () => {
    const { drain, draining, get, job, pass, settle } = await drainScene();
    let asked: () => void = () => {};
    const question = new Promise<void>((done) => {
      asked = done;
    });
    const server = createServer((_, response) => {
      answer(response);
      asked();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    try {
      const coordinatorUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      draining.start();
      const slaPolicy = { coordinatorSlaPolicy: { coordinatorUrl, statusKey: 'drain' } };
      const [taskId] = (await job('web', ['a'], { tier: 'preferred', slaPolicy })) as [string];
      await drain('a', { timeoutSecs: 600 });
      await question;
      while (!waitsFor.test(draining.waitingOn('a')[0]?.waitsFor ?? '')) await settle();
      await pass(599_000);
      assert.is(get(taskId)?.status, 'RUNNING');
      await pass(2_000);
      assert.is(get(taskId)?.status, 'DRAINING');
    } finally {
      draining.close();
      server.closeAllConnections();
      server.close();
    }
  });

test('Maintenance: overwrite of request: it counts from then on', async () => {
  const { clock, drain, draining, job, pass, statuses } = await drainScene();
  draining.start();
  const taskIds = await job('web', ['a', 'b'], { slaPolicy: policy(100, 7_200) });
  await drain('a', { timeoutSecs: 60 });
  await drain('a', { timeoutSecs: 600, createdTimestampMs: clock.nowMs() });
  await pass(61_000);
  assert.equal(statuses(taskIds), ['RUNNING', 'RUNNING']);
  await drain('a', { timeoutSecs: 0, createdTimestampMs: clock.nowMs() });
  assert.equal(statuses(taskIds), ['DRAINING', 'RUNNING']);
  draining.close();
});

test('Maintenance: end during drain leaves alone what was not let go yet', async () => {
  const { drain, draining, gauges, job, pass, settle, state, statuses, storage } = await drainScene();
  draining.start();
  const taskIds = await job('web', ['a', 'a', 'b', 'c'], { slaPolicy: policy(75, 60) });
  await pass(60_001);
  await drain('a', { timeoutSecs: 600 });
  assert.equal(statuses(taskIds), ['DRAINING', 'RUNNING', 'RUNNING', 'RUNNING']);
  assert.equal(gauges(), ['maintenance_countdown_ms_www/prod/web/1']);
  await storage.write((tx) => {
    tx.maintenance.delete('a');
    state.setHostMode(tx, 'a', 'NONE');
  });
  await settle();
  assert.equal(gauges(), []);
  await pass(700_000);
  assert.equal(statuses(taskIds), ['DRAINING', 'RUNNING', 'RUNNING', 'RUNNING']);
  draining.close();
});

test('Maintenance: drain then new status events: a task that was being launched meanwhile goes too', async () => {
  const { drain, draining, get, insert, job, mode, place } = await drainScene();
  draining.start();
  await job('other', ['a']);
  await drain('a');
  const taskId = await insert(sampleConfig('late'));
  await place(taskId, 'a');
  assert.is(get(taskId)?.status, 'DRAINING');
  assert.is(mode('a'), 'DRAINING');
  draining.close();
});

test('Maintenance: a task placed on an empty host just as that is marked as DRAINED is moved, too', async () => {
  const { clock, draining, end, get, insert, log, mode, settle, state, storage } = await drainScene();
  draining.start();
  await storage.write((tx) =>
    state.saveHostAttributes(tx, { host: 'a', attributes: [], slaveId: 'agent-a' }),
  );
  const calls = maintenanceCalls({ storage, state, clock, drains: draining });
  const taskId = await insert(sampleConfig('late'));
  log.hold();
  const reply = calls.drainHosts({ hosts: { hostNames: ['a'] } });
  // Not durable yet, so that nobody was told of it.
  const placed = storage.write((tx) =>
    state.assignTask(tx, { taskId, slaveId: 'agent-a', slaveHost: 'a', assignedPorts: {} }),
  );
  assert.is(mode('a'), 'DRAINED');
  log.release();
  await Promise.all([reply, placed]);
  await settle();
  assert.is(get(taskId)?.status, 'DRAINING');
  assert.is(mode('a'), 'DRAINING');
  await end(taskId);
  assert.is(mode('a'), 'DRAINED');
  draining.close();
});

test('Maintenance: a leader that dies before it sees the task on the host just marked as DRAINED leaves it to the next', async () => {
  const first = await drainScene();
  const { clock, draining, insert, state, storage } = first;
  await storage.write((tx) =>
    state.saveHostAttributes(tx, { host: 'a', attributes: [], slaveId: 'agent-a' }),
  );
  const calls = maintenanceCalls({ storage, state, clock, drains: draining });
  const taskId = await insert(sampleConfig('late'));
  // Nobody listens any more: all that comes after the two writes is lost with the leader.
  const reply = calls.drainHosts({ hosts: { hostNames: ['a'] } });
  const placed = storage.write((tx) =>
    state.assignTask(tx, { taskId, slaveId: 'agent-a', slaveHost: 'a', assignedPorts: {} }),
  );
  await Promise.all([reply, placed]);
  await first.settle();
  assert.is(first.mode('a'), 'DRAINED');
  assert.is(first.get(taskId)?.status, 'ASSIGNED');
  const second = await drainScene(first.log.again());
  second.draining.start();
  await second.settle();
  assert.equal(second.statuses([taskId]), ['DRAINING']);
  assert.is(second.mode('a'), 'DRAINING');
  await second.end(taskId);
  assert.is(second.mode('a'), 'DRAINED');
  assert.is(second.request('a'), undefined);
  second.draining.close();
});

test('Maintenance: a host without a stored request keeps its tasks, counted, until one comes', async () => {
  const { counts, drain, draining, job, settle, state, statuses, storage } = await drainScene();
  draining.start();
  const taskIds = await job('web', ['a']);
  await storage.write((tx) => void state.setHostMode(tx, 'a', 'DRAINING'));
  await settle();
  assert.equal(statuses(taskIds), ['RUNNING']);
  assert.ok(Number(counts.read().get('missing_maintenance_request')) >= 1);
  await drain('a');
  assert.equal(statuses(taskIds), ['DRAINING']);
  draining.close();
});

test('Maintenance: DRAINED by poll: the last task ended while nobody looked', async () => {
  const first = await drainScene();
  first.draining.start();
  const [taskId] = (await first.job('web', ['a'])) as [string];
  await first.drain('a');
  first.draining.close();
  await first.end(taskId);
  assert.is(first.mode('a'), 'DRAINING');
  const second = await drainScene(first.log.again());
  second.draining.start();
  await second.settle();
  assert.is(second.mode('a'), 'DRAINED');
  assert.is(second.request('a'), undefined);
  second.draining.close();
});

test('Maintenance: the next leader goes on with the hosts that are being drained', async () => {
  const first = await drainScene();
  first.draining.start();
  const taskIds = await first.job('web', ['a', 'b'], { slaPolicy: policy(100, 600) });
  await first.drain('a', { timeoutSecs: 1_200 });
  first.draining.close();
  const second = await drainScene(first.log.again());
  second.draining.start();
  await second.settle();
  assert.is(second.draining.waitingOn('a').length, 1);
  await second.pass(600_001);
  assert.equal(second.statuses(taskIds), ['DRAINING', 'RUNNING']);
  second.draining.close();
});

test('Maintenance: a large job is drained in slices, and never below its policy', async () => {
  const { drain, draining, job, pass, statuses } = await drainScene();
  draining.start();
  const taskIds = await job(
    'big',
    Array.from({ length: 600 }, () => 'a'),
    { slaPolicy: policy(10, 60) },
  );
  await pass(60_001);
  await drain('a', { timeoutSecs: 86_400 });
  await pass(0);
  const left = statuses(taskIds).filter((status) => status === 'RUNNING').length;
  assert.is(left, 60);
  draining.close();
}, 30_000);

test.run();
