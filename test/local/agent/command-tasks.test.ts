import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify } from '../../../src/proc/process-id.ts';
import { assert, suite } from '../../harness/index.ts';
import { eventually, framework, manualRig, type Rig, rig, task } from './rig.ts';

const test = suite('command tasks on the embedded agent');

const sandboxOf = (r: Rig, executorId: string) =>
  join(r.workDir, 'slaves/m-S0/frameworks/fw/executors', executorId, 'runs/latest');

const run = (
  r: Rig,
  id: string,
  value: string,
  more: Parameters<typeof task>[1] = {},
  capability?: 'TASK_KILLING_STATE',
) =>
  r.link().runTasks({
    framework: framework(capability ? { capabilities: [{ type: capability }] } : {}),
    tasks: [task(id, { command: { value }, ...more })],
  });

/** Follows a task to `state`, acknowledging everything; returns the last update. */
async function follow(r: Rig, id: string, state: string) {
  for (const before of ['TASK_STARTING', 'TASK_RUNNING']) r.acknowledge(await r.update(id, before));
  const last = await r.update(id, state);
  r.acknowledge(last);
  return last.status;
}

test('exit codes, signals and missing programs end a task as on the original', async () => {
  const r = await rig();
  const cases = [
    ['ok', 'echo out; echo err >&2', 'TASK_FINISHED', 'Command exited with status 0'],
    ['three', 'exit 3', 'TASK_FAILED', 'Command exited with status 3'],
    ['sig', 'kill -9 $$', 'TASK_FAILED', 'Command terminated with signal Killed'],
    ['nf', '/no/such/program', 'TASK_FAILED', 'Command exited with status 127'],
  ] as const;
  for (const [id, command] of cases) run(r, id, command);
  run(r, 'argvnf', '', { command: { shell: false, value: '/no/such', arguments: ['x'] } });
  for (const [id, , state, message] of cases) {
    const status = await follow(r, id, state);
    assert.is(status.message, message);
    assert.is(status.executor_id?.value, id);
    assert.is(status.reason, undefined);
    assert.ok((status.container_status?.executor_pid ?? 0) > 0);
  }
  assert.is((await follow(r, 'argvnf', 'TASK_FAILED')).message, 'Command exited with status 1');
  assert.is(readFileSync(join(sandboxOf(r, 'ok'), 'stdout'), 'utf8'), 'out\n');
  assert.is(readFileSync(join(sandboxOf(r, 'ok'), 'stderr'), 'utf8'), 'err\n');
  assert.not.ok(r.calls.some(({ call }) => call === 'executorTerminated'));
  await r.close();
});

test('what a command left behind is dead before its end is told, whatever it did to get away', async () => {
  const r = await rig();
  const far = join(sandboxOf(r, 'away'), 'far');
  run(
    r,
    'away',
    `env -i setsid --fork /bin/sh -c 'trap "" TERM; echo $$ > far; sleep 300 & wait; sleep 300'; until test -s far; do sleep 0.01; done; exit 0`,
  );
  assert.is((await follow(r, 'away', 'TASK_FINISHED')).message, 'Command exited with status 0');
  assert.is(identify(Number(readFileSync(far, 'utf8'))), undefined);
  await r.close();
});

test('a command gets the documented environment and nothing of ours', async () => {
  const r = await rig();
  run(r, 'env', 'env', {
    command: { value: 'env', environment: { variables: [{ name: 'GOLDEN_A', value: '1' }] } },
  });
  await follow(r, 'env', 'TASK_FINISHED');
  const lines = readFileSync(join(sandboxOf(r, 'env'), 'stdout'), 'utf8')
    .trim()
    .split('\n')
    .sort();
  assert.equal(
    lines.map((line) => line.split('=')[0]),
    [
      'GOLDEN_A',
      'LIBPROCESS_IP',
      'LIBPROCESS_PORT',
      'MESOS_AGENT_ENDPOINT',
      'MESOS_ALLOCATION_ROLE',
      'MESOS_CHECKPOINT',
      'MESOS_DIRECTORY',
      'MESOS_EXECUTOR_ID',
      'MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD',
      'MESOS_FRAMEWORK_ID',
      'MESOS_HTTP_COMMAND_EXECUTOR',
      'MESOS_SANDBOX',
      'MESOS_SLAVE_ID',
      'MESOS_SLAVE_PID',
      'PATH',
      'PWD',
    ],
  );
  assert.ok(lines.includes('MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD=5secs'));
  await r.close();
});

test('a kill is SIGTERM first, SIGKILL after the grace period', async () => {
  const r = await manualRig();
  run(r, 'soft', 'exec sleep 100', {}, 'TASK_KILLING_STATE');
  run(r, 'hard', "trap '' TERM; echo ready; while :; do sleep 0.05; done", {
    kill_policy: { grace_period: { nanoseconds: 2e9 } },
  });
  for (const id of ['soft', 'hard'])
    for (const state of ['TASK_STARTING', 'TASK_RUNNING']) r.acknowledge(await r.update(id, state));
  r.link().killTask({ frameworkId: 'fw', taskId: 'soft' });
  r.acknowledge(await r.update('soft', 'TASK_KILLING'));
  assert.is(
    (await r.update('soft', 'TASK_KILLED')).status.message,
    'Command terminated with signal Terminated',
  );
  await eventually(
    () => readFileSync(join(sandboxOf(r, 'hard'), 'stdout'), 'utf8') || undefined,
    'the trap is set',
  );
  r.link().killTask({ frameworkId: 'fw', taskId: 'hard' });
  r.acknowledge(await r.update('hard', 'TASK_KILLING'));
  r.clock.advance(1_999);
  r.clock.advance(1);
  assert.is((await r.update('hard', 'TASK_KILLED')).status.message, 'Command terminated with signal Killed');
  await r.close();
});

test('a task that takes longer than it may is killed and failed', async () => {
  const r = await manualRig();
  run(r, 'slow', 'exec sleep 100', { max_completion_time: { nanoseconds: 2e9 } });
  for (const state of ['TASK_STARTING', 'TASK_RUNNING']) r.acknowledge(await r.update('slow', state));
  r.clock.advance(2_000);
  const { status } = await r.update('slow', 'TASK_FAILED');
  assert.is(status.reason, 'REASON_MAX_COMPLETION_TIME_REACHED');
  assert.is(status.message, 'Command terminated with signal Terminated');
  await r.close();
});

test.run();
