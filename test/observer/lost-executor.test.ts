import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { encodeCheckpoint } from '../../src/api/checkpoints/index.ts';
import { bootId, identify, pidNamespace } from '../../src/proc/process-id.ts';
import { assert, suite } from '../harness/index.ts';
import { checkpointOf, observedWorld } from './observed-world.ts';

const test = suite('a task whose executor is gone');

type View = Readonly<Record<string, { state: string; processes: Record<string, string[]> }>>;

/** Stands for an executor and its task's shell. */
const sleeper = (): ChildProcess => spawn('sleep', ['1000'], { stdio: 'ignore' });

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

const ours = (pid: number) => ({
  runner_start_ticks: identify(pid)?.startTicks,
  boot_id: bootId(),
  pid_namespace: pidNamespace(),
});

/** A task with one process that runs, as far as its checkpoint tells. */
const running = (executor: number, shell: number, more: object) => {
  const now = Date.now();
  const run = { process: 'web', fork_time: now / 1000, coordinator_pid: shell };
  return Buffer.concat(
    [
      {
        task_status: { state: 'ACTIVE' as const, timestamp_ms: now, runner_pid: executor, runner_uid: 0 },
      },
      {
        runner_header: {
          task_id: 't-1',
          launch_time_ms: now,
          sandbox: '/nowhere',
          hostname: 'h',
          user: 'www',
          ports: {},
          ...more,
        },
      },
      { process_status: { seq: 0, process: 'web', state: 'WAITING' as const } },
      { process_status: { seq: 1, state: 'FORKED' as const, ...run } },
      {
        process_status: {
          seq: 2,
          process: 'web',
          state: 'RUNNING' as const,
          start_time: now / 1000,
          pid: shell,
        },
      },
    ].map(encodeCheckpoint),
  );
};

test('is LOST as soon as it is gone, and counts as finished; what it left behind is shown as it is', () =>
  observedWorld(async ({ task, json, look }) => {
    const [executor, shell] = [sleeper(), sleeper()];
    const [pid, shellPid] = [executor.pid as number, shell.pid as number];
    try {
      task('t-1', { checkpoint: running(pid, shellPid, ours(pid)) });
      look();
      const view = async () => ((await json('/j/task/t-1')) as View)['t-1'];
      assert.equal(
        [(await view())?.state, await json('/j/task_id_count')],
        ['ACTIVE', { active: 1, finished: 0, all: 1 }],
      );
      await kill(executor);
      assert.equal([(await view())?.state, (await view())?.processes.running], ['LOST', ['web']]);
      await kill(shell);
      assert.is(((await json('/j/process/t-1/web')) as { state: string }).state, 'LOST');
      assert.equal((await view())?.processes.running, []);
      look();
      assert.equal(await json('/j/task_id_count'), { active: 0, finished: 1, all: 1 });
      const { tasks } = (await json('/j/task_ids/finished')) as unknown as { tasks: { state: string }[] };
      assert.equal(
        tasks.map(({ state }) => state),
        ['LOST'],
      );
      assert.ok((await view())?.state, 'its configuration and logs can be looked at as before');
    } finally {
      for (const child of [executor, shell]) child.kill('SIGKILL');
    }
  }));

test('keeps the state that the executor has written down before it went', () =>
  observedWorld(async ({ task, json, look }) => {
    const executor = sleeper();
    const pid = executor.pid as number;
    const end = { state: 'SUCCESS' as const, timestamp_ms: Date.now(), runner_pid: pid, runner_uid: 0 };
    const checkpoint = Buffer.concat([running(pid, pid, ours(pid)), encodeCheckpoint({ task_status: end })]);
    task('t-1', { checkpoint });
    await kill(executor);
    look();
    assert.is(((await json('/j/task/t-1')) as View)['t-1']?.state, 'SUCCESS');
    assert.equal(await json('/j/task_id_count'), { active: 0, finished: 1, all: 1 });
  }));

test('is LOST after the machine was started anew, whoever has the number now', () =>
  observedWorld(async ({ task, json, look }) => {
    const mine = process.pid;
    task('t-1', { checkpoint: running(mine, mine, { ...ours(mine), boot_id: 'another' }) });
    look();
    assert.is(((await json('/j/task/t-1')) as View)['t-1']?.state, 'LOST');
  }));

test('is LOST when a later process has the number', () =>
  observedWorld(async ({ task, json, look }) => {
    const mine = process.pid;
    task('t-1', { checkpoint: running(mine, mine, { ...ours(mine), runner_start_ticks: 1 }) });
    look();
    assert.is(((await json('/j/task/t-1')) as View)['t-1']?.state, 'LOST');
  }));

for (const [whose, more] of [
  ['of the original, which does not say who it is,', {}],
  ['in a container, whose numbers mean nothing here,', { ...ours(process.pid), pid_namespace: 'pid:[1]' }],
] as const)
  test(`is LOST when the agent says so: an executor ${whose} is not judged by its number`, () =>
    observedWorld(async ({ root, task, json, look }) => {
      const sandbox = task('t-1', { checkpoint: running(2 ** 22 + 1, 2 ** 22 + 1, more) });
      look();
      const state = async () => ((await json('/j/task/t-1')) as View)['t-1']?.state;
      assert.is(await state(), 'ACTIVE');
      const records = dirname(sandbox).replace(root, join(root, 'meta'));
      mkdirSync(records, { recursive: true });
      writeFileSync(join(records, 'executor.sentinel'), '');
      assert.is(await state(), 'LOST');
    }));

test('a checkpoint without these fields is read as before', () =>
  observedWorld(async ({ task, json, look }) => {
    const sandbox = task('t-1');
    task('t-2', { checkpoint: checkpointOf(sandbox, 't-2') });
    look();
    assert.is(((await json('/j/task/t-2')) as View)['t-2']?.state, 'ACTIVE');
  }));

test.run();
