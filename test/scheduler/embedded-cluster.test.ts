import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScheduledTask } from '../../src/api/index.ts';
import { startCluster } from '../../src/local/index.ts';
import { schedulerDriver } from '../../src/mesos/index.ts';
import { assert, suite } from '../harness/index.ts';
import { wireConfig, wireJob } from './builders.ts';
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

test.run();
