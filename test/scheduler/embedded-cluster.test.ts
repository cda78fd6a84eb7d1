import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScheduledTask } from '../../src/api/index.ts';
import { startCluster } from '../../src/local/index.ts';
import { schedulerDriver } from '../../src/mesos/index.ts';
import { assert, suite } from '../harness/index.ts';
import { startSimulatedCluster } from '../simulated-cluster/index.ts';
import { JOB, wireConfig, wireJob } from './builders.ts';
import { type TestScheduler, testScheduler } from './running.ts';

const test = suite('scheduler on the embedded cluster');

const AGENT = { resources: 'cpus:32;mem:32768;disk:32768;ports:[31000-31100]' };
/** The least that is an executor: it ends, and the agent says so. */
const EXECUTOR = '#!/bin/sh\nexit 3\n';

/** Asks again until every task is as wanted; the limit of the test ends it otherwise. */
async function until(
  { tasks }: TestScheduler,
  wanted: (task: ScheduledTask) => boolean,
): Promise<ScheduledTask[]> {
  for (;;) {
    const all = await tasks();
    if (all.length > 0 && all.every(wanted)) return all;
  }
}

function countBy(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

test('tasks reach agents as processes, and what becomes of them reaches the state, over real connections', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'aurora-cluster-'));
  const executor = join(directory, 'executor');
  writeFileSync(executor, EXECUTOR);
  chmodSync(executor, 0o755);
  const cluster = await startCluster({ workDir: join(directory, 'cluster'), agents: [AGENT, AGENT] });
  const scheduler = await testScheduler({
    mesosMaster: cluster.master,
    driver: schedulerDriver,
    thermosExecutorPath: executor,
    localAgents: true,
  });
  try {
    const taskConfig = wireConfig({ isService: false });
    const created = await scheduler.call('createJob', {
      description: wireJob({ instanceCount: 10, taskConfig }),
    });
    assert.is(created.responseCode, 'OK');
    const ended = await until(scheduler, ({ status }) => status === 'FAILED');
    assert.is(ended.length, 10);
    assert.is(
      new Set(ended.map(({ assignedTask }) => assignedTask.slaveId)).size,
      2,
      'both agents were used',
    );
    for (const { taskEvents, failureCount } of ended) {
      assert.is(taskEvents.at(-1)?.message, 'Executor terminated');
      assert.is(failureCount, 1);
    }
  } finally {
    await scheduler.stop();
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}, 30_000);

test('a hundred tasks run on simulated agents, outlive the scheduler, and are killed', async () => {
  const cluster = await startSimulatedCluster({
    agents: 10,
    attributes: (index) => `host:agent-${index}`,
    masterFlags: { allocationIntervalMs: 50 },
  });
  const scheduler = await testScheduler({ mesosMaster: cluster.master, driver: schedulerDriver });
  try {
    const resources = [{ numCpus: 1 }, { ramMb: 128 }, { diskMb: 64 }, { namedPort: 'http' }];
    const constraints = [{ name: 'host', constraint: { limit: { limit: 10 } } }];
    const taskConfig = wireConfig({ resources, constraints });
    const created = await scheduler.call('createJob', {
      description: wireJob({ instanceCount: 100, taskConfig }),
    });
    assert.is(created.responseCode, 'OK');
    const running = await until(scheduler, ({ status }) => status === 'RUNNING');
    const idsOf = (tasks: readonly ScheduledTask[]) =>
      tasks.map(({ assignedTask }) => assignedTask.taskId).sort();
    assert.is(running.length, 100);
    assert.is(cluster.tasks(), 100);
    const perHost = countBy(running.map(({ assignedTask }) => assignedTask.slaveHost ?? ''));
    assert.equal([...perHost.values()], Array(10).fill(10));
    const addresses = running.map(
      ({ assignedTask: { slaveHost, assignedPorts } }) => `${slaveHost}:${assignedPorts.http}`,
    );
    assert.is(new Set(addresses).size, 100);

    await scheduler.restart();
    assert.equal(idsOf(await until(scheduler, ({ status }) => status === 'RUNNING')), idsOf(running));
    while (!(await scheduler.vars()).status_update_REASON_RECONCILIATION_NOOP);

    assert.is((await scheduler.call('killTasks', { job: JOB })).responseCode, 'OK');
    assert.is((await until(scheduler, ({ status }) => status === 'KILLED')).length, 100);
    while (cluster.tasks() > 0) await scheduler.vars();
  } finally {
    await scheduler.stop();
    await cluster.stop();
  }
}, 30_000);

test.run();
