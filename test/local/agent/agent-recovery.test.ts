import { appendFileSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpoints } from '../../../src/local/agent/checkpoints.ts';
import { processesBelow } from '../../../src/local/agent/process-tree.ts';
import type { ReregisterAgent } from '../../../src/local/link.ts';
import { assert, suite } from '../../harness/index.ts';
import { customExecutor, eventually, framework, manualRig, type Rig, task } from './rig.ts';

const test = suite('recovery of the embedded agent');

const CHECKPOINTED = framework({ checkpoint: true });

const processes = (r: Rig): number =>
  [...processesBelow(realpathSync(r.workDir)).found.values()].flat().length;

const command = (r: Rig, id: string, value: string, info = CHECKPOINTED) =>
  r.link().runTasks({ framework: info, tasks: [task(id, { command: { value } })] });

/** The process that the agent knows the running task by: the coordinator of its command. */
async function running(r: Rig, id: string): Promise<number | undefined> {
  r.acknowledge(await r.update(id, 'TASK_STARTING'));
  const last = await r.update(id, 'TASK_RUNNING');
  r.acknowledge(last);
  return last.status.container_status?.executor_pid;
}

test('a command goes on while the agent is away, is reported, and can be killed afterwards', async () => {
  const r = await manualRig();
  command(r, 't', 'exec sleep 300');
  await running(r, 't');
  await r.crash();
  assert.is(processes(r), 1);
  await r.start();
  const { message } = await r.take(({ call }) => call === 'reregister');
  const { agentId, tasks } = message as ReregisterAgent;
  assert.is(agentId, 'm-S0');
  assert.equal(
    tasks.map(({ info, latestState, executorId }) => [info.task_id.value, latestState, executorId]),
    [['t', 'TASK_RUNNING', undefined]],
  );
  await r.registrations(2);
  r.link().killTask({ frameworkId: 'fw', taskId: 't' });
  const { status } = await r.update('t', 'TASK_KILLED');
  assert.is(status.message, 'Command ended while the agent was away, its status is unknown');
  await r.close();
});

test('what ended while the agent was away is failed when it is back', async () => {
  const r = await manualRig();
  command(r, 't', 'exec sleep 300');
  const coordinator = await running(r, 't');
  await r.crash();
  for (const [, members] of processesBelow(realpathSync(r.workDir)).found)
    for (const { pid } of members) process.kill(pid, 'SIGKILL');
  await eventually(() => processes(r) === 0 || undefined, 'end of the command');
  // The next agent would otherwise see the end itself, of a process that is not its child.
  await eventually(() => !existsSync(`/proc/${coordinator}`) || undefined, 'end of the coordinator');
  await r.start();
  assert.is((await r.update('t', 'TASK_FAILED')).status.reason, 'REASON_EXECUTOR_TERMINATED');
  assert.not.ok(r.calls.some(({ call }) => call === 'executorTerminated'));
  await r.close();
});

test('an unacknowledged update of an ended task is sent again by the next agent, once acknowledged no more', async () => {
  const r = await manualRig();
  command(r, 't', 'exit 0');
  await running(r, 't');
  const before = await r.update('t', 'TASK_FINISHED');
  await r.crash();
  await r.start();
  const after = await r.update('t', 'TASK_FINISHED');
  await r.registrations(2);
  assert.equal(after.status, before.status);
  r.acknowledge(after);
  await r.crash();
  r.calls.length = 0;
  await r.start();
  const { message } = await r.take(({ call }) => call === 'reregister');
  assert.equal((message as ReregisterAgent).tasks, []);
  assert.equal((message as ReregisterAgent).frameworks, []);
  await r.close();
});

test('containers of frameworks without checkpoints do not outlive a restart', async () => {
  const r = await manualRig();
  command(r, 't', 'exec sleep 300', framework());
  await running(r, 't');
  await r.crash();
  assert.is(processes(r), 1);
  await r.start();
  await eventually(() => processes(r) === 0 || undefined, 'end of the orphan');
  await r.close();
});

test('executors that do not come back in time are killed and their tasks are gone', async () => {
  const r = await manualRig({ executorReregistrationTimeoutMs: 3_000 });
  r.link().runTasks({
    framework: CHECKPOINTED,
    tasks: [task('t', { executor: customExecutor('ex', 'exec sleep 300') })],
  });
  await eventually(() => processes(r) > 0 || undefined, 'the executor');
  await r.crash();
  await r.start();
  r.clock.advance(2_999);
  assert.is(processes(r), 1);
  assert.not.ok(r.calls.some(({ call }) => call === 'reregister'));
  r.clock.advance(1);
  const { status } = await r.update('t', 'TASK_GONE');
  assert.is(status.message, 'Executor did not reregister within 3secs');
  assert.is(processes(r), 0);
  await r.close();
});

test('a normal stop forgets its tasks, not who it is', async () => {
  const r = await manualRig();
  command(r, 't', 'exec sleep 300');
  await running(r, 't');
  await r.agent().stop();
  r.calls.length = 0;
  await r.start();
  const { message } = await r.take(({ call }) => call === 'reregister');
  assert.is((message as ReregisterAgent).agentId, 'm-S0');
  assert.equal((message as ReregisterAgent).tasks, []);
  await r.close();
});

test('tasks that the master believes here and that never came are dropped', async () => {
  const r = await manualRig();
  r.link().ping({ connected: false });
  r.clock.advance(10_000);
  await r.take(({ call }) => call === 'reregister');
  await r.registrations(2);
  r.link().ping({ connected: false });
  r.link().reregistered({ agentId: 'm-S0', reconcile: [{ frameworkId: 'fw', taskIds: ['lost'] }] });
  const { status } = await r.update('lost', 'TASK_DROPPED');
  assert.is(status.reason, 'REASON_RECONCILIATION');
  await r.close();
});

test('a broken connection is made again, with growing waits until the master answers', async () => {
  const r = await manualRig();
  r.link().disconnected();
  assert.is(r.calls.filter(({ call }) => call === 'reregister').length, 0);
  r.clock.advance(120_000);
  const attempts = r.calls.filter(({ call }) => call === 'reregister').length;
  assert.ok(attempts >= 3 && attempts < 20, String(attempts));
  await r.close();
});

test('a torn last line of the updates is as if it had not been written', () => {
  const workDir = mkdtempSync(join(tmpdir(), 'aurora-checkpoints-'));
  const store = checkpoints(workDir);
  const run = { agentId: 'a', frameworkId: 'fw', executorId: 'ex', containerId: 'c' };
  const status = { task_id: { value: 't' }, state: 'TASK_RUNNING', uuid: 'u' } as const;
  store.agent({ agentId: 'a', port: 5051 });
  store.framework('a', CHECKPOINTED);
  store.executor(run, { info: customExecutor('ex', 'true'), builtIn: false });
  store.task(run, task('t'));
  store.update(run, 't', { received: status });
  store.update(run, 't', { acknowledged: 'u' });
  const file = join(workDir, 'meta/slaves/a/frameworks/fw/executors/ex/runs/c/tasks/t/updates');
  appendFileSync(file, '{"received":{"task_id":{"val');
  const found = checkpoints(workDir).recover();
  assert.is(found?.port, 5051);
  const [executor] = found?.frameworks[0]?.executors ?? [];
  assert.is(executor?.leader, undefined);
  assert.equal(executor?.tasks[0]?.received, [status]);
  assert.equal(executor?.tasks[0]?.acknowledged, ['u']);
  store.executorDone(run);
  assert.equal(checkpoints(workDir).recover()?.frameworks[0]?.executors, []);
  const records = 'meta/slaves/a/frameworks/fw/executors/ex/runs/c';
  assert.equal(readdirSync(join(workDir, records)), ['executor.sentinel'], 'what Mesos leaves, too');
  store.retire('a');
  assert.is(checkpoints(workDir).recover(), undefined);
  rmSync(workDir, { recursive: true, force: true });
});

test.run();
