import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { processesBelow } from '../../../src/local/agent/process-tree.ts';
import { assert, suite } from '../../harness/index.ts';
import { customExecutor, eventually, framework, manualRig, type Rig, rig, task } from './rig.ts';

const test = suite('executors of the embedded agent');

/** Processes that any container of this agent has left. */
const processes = (r: Rig): number =>
  [...processesBelow(realpathSync(r.workDir)).found.values()].flat().length;

const sandbox = (r: Rig, executorId: string) =>
  join(r.workDir, 'slaves/m-S0/frameworks/fw/executors', executorId, 'runs/latest');

const launch = (r: Rig, taskId: string, command: string, executorId = 'ex') =>
  r.link().runTasks({
    framework: framework(),
    tasks: [task(taskId, { executor: customExecutor(executorId, command) })],
  });

const terminated = (r: Rig) =>
  r.take(({ call }) => call === 'executorTerminated', 'the end of an executor') as Promise<{
    readonly message: { readonly status: number };
  }>;

/** Starts a daemon that left its parent, then stays. */
const STUBBORN = "trap '' TERM; (setsid sleep 300 &); touch ready; while :; do sleep 0.05; done";

const ready = (r: Rig) => eventually(() => existsSync(join(sandbox(r, 'ex'), 'ready')) || undefined, 'ready');

test('a normal stop waits for the grace period, then leaves no process and tells nobody', async () => {
  const r = await manualRig();
  launch(r, 't', STUBBORN);
  await ready(r);
  assert.ok(processes(r) >= 2);
  const stopping = r.agent().stop();
  r.clock.advance(4_999);
  assert.ok(processes(r) >= 2);
  r.clock.advance(1);
  await stopping;
  assert.is(processes(r), 0);
  assert.equal(
    r.calls.map(({ call }) => call),
    ['register', 'close'],
  );
  assert.is(r.clock.pending(), 0);
  await r.close();
});

test('what an executor leaves behind is killed before the master hears of its end', async () => {
  const r = await rig();
  launch(r, 't', '(setsid sleep 300 &); exit 3');
  assert.is((await terminated(r)).message.status, 3 * 256);
  assert.is(processes(r), 0);
  const { status } = await r.update('t', 'TASK_FAILED');
  assert.is(status.reason, 'REASON_EXECUTOR_TERMINATED');
  await r.close();
});

test('an executor that does not subscribe in time is killed at once', async () => {
  const r = await manualRig({ executorRegistrationTimeoutMs: 5_000 });
  launch(r, 't', STUBBORN);
  await ready(r);
  r.clock.advance(5_000);
  assert.is((await terminated(r)).message.status, 9);
  const { status } = await r.update('t', 'TASK_FAILED');
  assert.is(status.message, 'Executor did not register within 5secs');
  assert.is(processes(r), 0);
  await r.close();
});

test('an executor with its own grace period gets that', async () => {
  const r = await manualRig();
  r.link().runTasks({
    framework: framework(),
    tasks: [
      task('t', {
        executor: customExecutor('ex', STUBBORN, { shutdown_grace_period: { nanoseconds: 60e9 } }),
      }),
    ],
  });
  await ready(r);
  r.link().shutdownExecutor({ frameworkId: 'fw', executorId: 'ex' });
  r.clock.advance(59_999);
  assert.ok(processes(r) >= 2);
  r.clock.advance(1);
  await terminated(r);
  await r.close();
});

test('a task for an executor on its way out is dropped', async () => {
  const r = await manualRig();
  launch(r, 't1', STUBBORN);
  await ready(r);
  r.link().shutdownExecutor({ frameworkId: 'fw', executorId: 'ex' });
  launch(r, 't2', STUBBORN);
  const { status } = await r.update('t2', 'TASK_DROPPED');
  assert.is(status.reason, 'REASON_EXECUTOR_TERMINATED');
  r.clock.advance(5_000);
  await terminated(r);
  await r.close();
});

test('an id that is no file name fails its task and nothing else', async () => {
  const r = await rig();
  launch(r, 'bad', 'true', '../../escape');
  launch(r, 'long', 'true', 'x'.repeat(300));
  for (const id of ['bad', 'long']) {
    const { status } = await r.update(id, 'TASK_FAILED');
    assert.is(status.reason, 'REASON_CONTAINER_LAUNCH_FAILED');
  }
  launch(r, 'good', 'exit 0');
  assert.is((await terminated(r)).message.status, 0);
  await r.close();
});

test('root runs a command as the user it names, and fails it where there is none', async () => {
  if (process.getuid?.() !== 0) return;
  const r = await rig();
  r.link().runTasks({
    framework: framework({ user: 'nobody' }),
    tasks: [task('who', { command: { value: 'id -un; touch mine' } })],
  });
  r.link().runTasks({
    framework: framework(),
    tasks: [task('none', { command: { value: 'true', user: 'no-such-user' } })],
  });
  const { status } = await r.update('none', 'TASK_FAILED');
  assert.is(status.message, "Failed to launch container: Failed to get user information for 'no-such-user'");
  for (const state of ['TASK_STARTING', 'TASK_RUNNING']) r.acknowledge(await r.update('who', state));
  await r.update('who', 'TASK_FINISHED');
  assert.is(readFileSync(join(sandbox(r, 'who'), 'stdout'), 'utf8'), 'nobody\n');
  await r.close();
});

test('a URI that cannot be had fails the launch; the executor is reported, a command is not', async () => {
  const r = await rig();
  const uris = [{ value: '/no/such/file' }];
  r.link().runTasks({
    framework: framework(),
    tasks: [
      task('c', { command: { value: 'true', uris } }),
      task('e', { executor: customExecutor('ex', '', { command: { value: 'true', uris } }) }),
    ],
  });
  for (const id of ['c', 'e']) {
    const { status } = await r.update(id, 'TASK_FAILED');
    assert.match(
      status.message ?? '',
      /^Failed to launch container: Failed to fetch all URIs for container '[0-9a-f-]{36}': exited with status 1$/,
    );
    assert.is(status.reason, 'REASON_CONTAINER_LAUNCH_FAILED');
  }
  assert.is((await terminated(r)).message.status, 256);
  assert.not.ok(r.calls.some(({ call }) => call === 'executorTerminated'));
  await r.close();
});

test('an executor without a command, as the default executor of a group, is refused with the reason', async () => {
  const r = await rig();
  const { command: _none, ...pod } = customExecutor('pod', '', { type: 'DEFAULT' });
  r.link().runTasks({
    framework: framework(),
    tasks: [task('a', { command: { value: 'true' } }), task('b', { command: { value: 'true' } })],
    groupExecutor: pod,
  });
  for (const id of ['a', 'b'])
    assert.match((await r.update(id, 'TASK_FAILED')).status.message ?? '', /there is no default executor/);
  await r.close();
});

test('sandboxes of ended executors are removed by age, sooner on a full disk, those in use never', async () => {
  let used = 0.3;
  const looks = { count: 0 };
  const usedPart = async () => {
    looks.count++;
    return used;
  };
  const r = await manualRig({ clock: manualClock(Date.now()), usedPart });
  const records = join(r.workDir, 'meta/slaves/m-S0/frameworks/kept/executors');
  r.link().runTasks({
    framework: framework({ id: { value: 'kept' }, checkpoint: true }),
    tasks: [task('old', { executor: customExecutor('old', 'exit 0') })],
  });
  await terminated(r);
  r.acknowledge(await r.update('old', 'TASK_FAILED'));
  await eventually(() => existsSync(records) || undefined, 'the mark of an executor that is gone');
  r.link().runTasks({
    framework: framework(),
    tasks: [task('new', { command: { value: 'exec sleep 300' } })],
  });
  await r.update('new', 'TASK_STARTING');
  const [executors, kept] = ['fw', 'kept'].map((id) =>
    join(r.workDir, 'slaves/m-S0/frameworks', id, 'executors'),
  ) as [string, string];
  /** Until it has been looked at again, from the beginning to the end. */
  const looked = async () => {
    const before = looks.count;
    await eventually(() => {
      r.clock.advance(60_000);
      return looks.count > before + 1 || undefined;
    }, 'two looks');
  };
  // 7 days x (1 - 0.1 - 0.3) are 4.2 days.
  r.clock.advance(4 * 86_400_000);
  await looked();
  assert.ok(existsSync(join(kept, 'old')));
  used = 0.4;
  await eventually(() => {
    r.clock.advance(60_000);
    return !existsSync(join(kept, 'old')) || undefined;
  }, 'removal');
  used = 1;
  await looked();
  assert.ok(existsSync(join(executors, 'new')));
  assert.not.ok(existsSync(join(records, 'old')), 'the records go with the sandbox');
  await r.close();
});

test('a drained agent kills everything and says why', async () => {
  const r = await rig();
  r.link().runTasks({ framework: framework(), tasks: [task('t', { command: { value: 'sleep 300' } })] });
  for (const state of ['TASK_STARTING', 'TASK_RUNNING']) r.acknowledge(await r.update('t', state));
  r.link().drain({ markGone: false });
  assert.is((await r.update('t', 'TASK_KILLED')).status.reason, 'REASON_AGENT_DRAINING');
  await r.close();
});

test('an agent that leaves ends its executors, unregisters, and is another one when it comes back', async () => {
  const r = await rig();
  r.link().runTasks({ framework: framework(), tasks: [task('t', { command: { value: 'sleep 300' } })] });
  await r.update('t', 'TASK_STARTING');
  await r.agent().leave();
  assert.ok(r.calls.some(({ call }) => call === 'unregister'));
  assert.is(processes(r), 0);
  r.calls.length = 0;
  await r.start();
  assert.is(r.calls[0]?.call, 'register');
  await r.close();
});

test.run();
