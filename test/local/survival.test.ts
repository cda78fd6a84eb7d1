import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchCluster, stopCluster } from '../../src/local/index.ts';
import { assert, suite } from '../harness/index.ts';
import { subscribe, until } from './raw-framework.ts';

const test = suite('the embedded cluster after kill -9');

/** Whether a process runs; one that nobody has waited for yet does not. */
const runs = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

test('is started again with the same framework, agent and running task', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'aurora-survival-'));
  const pidFile = join(dataDir, 'pid');
  const launch = () => launchCluster({ dataDir, agentFlags: { executorShutdownGracePeriodMs: 200 } });
  try {
    const before = await launch();
    const first = await subscribe(before.master);
    const offer = await until(
      () => first.events.find(({ offers }) => offers)?.offers?.offers?.[0],
      'an offer',
    );
    const resources = [{ name: 'cpus', type: 'SCALAR' as const, scalar: { value: 0.1 } }];
    const value = `echo $$ > ${pidFile}; exec sleep 1000`;
    const { id, agent_id } = offer;
    const task = { name: 't', task_id: { value: 't' }, agent_id, resources, command: { value } };
    const operations = [{ type: 'LAUNCH' as const, launch: { task_infos: [task] } }];
    await first.call({ type: 'ACCEPT', accept: { offer_ids: [id], operations } });
    const pid = await until(
      () => (existsSync(pidFile) && Number(readFileSync(pidFile, 'utf8'))) || undefined,
      'the task',
    );
    process.kill(before.pid, 'SIGKILL');
    await until(() => (runs(before.pid) ? undefined : true), 'the end of the process');
    first.close();

    const after = await launch();
    assert.ok(after.started);
    const second = await subscribe(after.master, first.frameworkId);
    assert.is(second.frameworkId, first.frameworkId);
    const back = await until(
      () => second.events.find(({ offers }) => offers)?.offers?.offers?.[0],
      'an offer of the agent',
    );
    assert.is(back.agent_id.value, agent_id.value);
    await second.call({ type: 'RECONCILE', reconcile: { tasks: [{ task_id: { value: 't' } }] } });
    const status = await until(
      () =>
        second.events.find(({ update }) => update?.status.reason === 'REASON_RECONCILIATION')?.update?.status,
      'the answer',
    );
    assert.match(status.state, /TASK_STARTING|TASK_RUNNING/);
    assert.ok(runs(pid), 'the same process still runs');
    second.close();
    await stopCluster({ dataDir });
    assert.not(runs(pid), 'a normal stop ends it');
  } finally {
    await stopCluster({ dataDir });
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 40_000);

test.run();
