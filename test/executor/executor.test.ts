import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify, isRunning, type ProcessId, processEntry } from '../../src/proc/process-id.ts';
import { assert, suite } from '../harness/index.ts';
import { type ExecutorProgram, executorProgram, type StartedExecutor } from './executor-program.ts';
import { until } from './running-task.ts';
import { taskData } from './scripted-agent.ts';

const test = suite('executor program');

let program: ExecutorProgram;
test.before(async () => {
  program = await executorProgram();
});
test.after(() => program.remove());

async function executor(
  body: (executor: StartedExecutor) => Promise<void>,
  options?: Parameters<ExecutorProgram['start']>[0],
): Promise<void> {
  const started = await program.start(options);
  try {
    await started.agent.subscribed();
    await body(started);
  } finally {
    await started.clean();
  }
}

/** Every state once, in the order of the first report. */
const states = ({ agent }: StartedExecutor): (string | undefined)[] => [
  ...new Set(agent.updates.map((status) => status.state)),
];

const SLEEPER = { processes: [{ name: 'p', cmdline: 'echo up > up; exec sleep 1000' }] };
/** Neither the shell nor its child cares for SIGTERM. */
const STUBBORN = {
  processes: [
    {
      name: 'p',
      cmdline: `trap '' TERM; bash -c 'trap "" TERM; echo up > up; while :; do sleep 0.05; done' & while :; do sleep 0.05; done`,
    },
  ],
};

async function launched(started: StartedExecutor, task: object): Promise<void> {
  started.agent.launch('task-1', taskData(task));
  const up = join(started.runDirectory, 'sandbox', 'up');
  await until('the process is up', () => {
    try {
      return readFileSync(up, 'utf8') !== '';
    } catch {
      return false;
    }
  });
}

test('reports STARTING, RUNNING and FINISHED, and exits with 0 once that is acknowledged', () =>
  executor(async (started) => {
    const { agent, exited, runDirectory } = started;
    agent.launch('task-1', taskData({ processes: [{ name: 'hi', cmdline: 'echo hello' }] }));
    const { code, output } = await exited;
    assert.is(code, 0);
    assert.equal(states(started), ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
    for (const status of agent.updates) {
      assert.is(status.task_id.value, 'task-1');
      assert.is(status.source, 'SOURCE_EXECUTOR');
      assert.is(Buffer.from(status.uuid as string, 'base64').length, 16);
    }
    assert.is(agent.updates.at(-1)?.message, 'all processes have ended');
    assert.is(readFileSync(join(runDirectory, 'sandbox/.logs/hi/0/stdout'), 'utf8'), 'hello\n');
    assert.match(output, / info started process=hi run=0 pid=\d+\n/);
  }));

test('takes an instance as old clients wrote it', () =>
  executor(async (started) => {
    const data = { instance: 0, task: { name: 't', processes: [{ name: 'hi', cmdline: 'true' }] } };
    started.agent.launch('task-1', taskData({}, 'task-1', data));
    assert.is((await started.exited).code, 0);
    assert.equal(states(started), ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
  }));

test('a task that cannot be read has FAILED, with the cause', () =>
  executor(async (started) => {
    started.agent.launch('task-1', Buffer.from('\x0b\0\x01 nonsense').toString('base64'));
    assert.is((await started.exited).code, 0);
    assert.equal(states(started), ['TASK_FAILED']);
    assert.match(String(started.agent.updates[0]?.message), /data cannot be read/);
  }));

test('a task that cannot be prepared has FAILED after STARTING, with the cause', () =>
  executor(async (started) => {
    started.agent.launch(
      'task-1',
      taskData({ processes: [{ name: 'p', cmdline: 'echo {{thermos.ports[http]}} {{nope}}' }] }),
    );
    assert.is((await started.exited).code, 0);
    assert.equal(states(started), ['TASK_STARTING', 'TASK_FAILED']);
    assert.match(
      String(started.agent.updates.at(-1)?.message),
      /\{\{thermos\.ports\[http\]\}\}, \{\{nope\}\}/,
    );
  }));

test('a failing process makes the task FAILED and says which', () =>
  executor(async (started) => {
    started.agent.launch('task-1', taskData({ processes: [{ name: 'bad', cmdline: 'exit 3' }] }));
    const failed = await started.agent.reported('TASK_FAILED');
    assert.is(failed.message, 'process "bad" failed: exit code 3');
    assert.is((await started.exited).code, 0);
  }));

test('a second task is LOST, the first one is left alone; the same one again is ignored', () =>
  executor(async (started) => {
    const { agent } = started;
    await launched(started, SLEEPER);
    agent.launch('task-1', taskData(SLEEPER));
    agent.launch('task-2', taskData(SLEEPER));
    const lost = await agent.reported('TASK_LOST');
    assert.is(lost.task_id.value, 'task-2');
    assert.match(String(lost.message), /task-1/);
    assert.is(started.survivors().length, 1);
    await agent.reported('TASK_RUNNING');
    agent.send({ type: 'KILL', kill: { task_id: { value: 'task-1' } } });
    await started.exited;
    const ofFirst = agent.updates.filter((status) => status.task_id.value === 'task-1');
    assert.equal(
      ofFirst.map((status) => status.state),
      ['TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLED'],
    );
  }));

test('kills for another task are ignored, repeated ones harmless: KILLED once, nothing left', () =>
  executor(async (started) => {
    const { agent } = started;
    await launched(started, SLEEPER);
    await agent.reported('TASK_RUNNING');
    agent.send({ type: 'KILL', kill: { task_id: { value: 'another' } } });
    agent.send({ type: 'KILL', kill: { task_id: { value: 'task-1' } } });
    agent.send({ type: 'KILL', kill: { task_id: { value: 'task-1' } } });
    const { code } = await started.exited;
    assert.is(code, 0);
    assert.equal(started.survivors(), []);
    assert.equal(
      agent.updates.map((status) => status.state),
      ['TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLED'],
    );
  }));

test('a kill policy shortens the wait before SIGKILL', () =>
  executor(async (started) => {
    await launched(started, STUBBORN);
    const kill_policy = { grace_period: { nanoseconds: 100e6 } };
    started.agent.send({ type: 'KILL', kill: { task_id: { value: 'task-1' }, kill_policy } });
    await started.agent.reported('TASK_KILLED');
    assert.equal(started.survivors(), []);
  }));

test('SHUTDOWN ends even stubborn processes within the grace period', () =>
  executor(
    async (started) => {
      await launched(started, STUBBORN);
      const startMs = performance.now();
      started.agent.send({ type: 'SHUTDOWN' });
      const { code } = await started.exited;
      assert.ok(performance.now() - startMs < 5_000, 'took longer than the agent waits');
      assert.is(code, 0);
      assert.is(states(started).at(-1), 'TASK_KILLED');
      assert.equal(started.survivors(), []);
    },
    { env: { MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: '5secs' } },
  ));

test('SHUTDOWN without a task ends the executor', () =>
  executor(async (started) => {
    started.agent.send({ type: 'SHUTDOWN' });
    assert.is((await started.exited).code, 0);
    assert.equal(started.agent.updates, []);
  }));

test('SIGTERM ends the task, reports it and exits with 143', () =>
  executor(async (started) => {
    await launched(started, SLEEPER);
    started.process.kill('SIGTERM');
    assert.is((await started.exited).code, 143);
    const killed = await started.agent.reported('TASK_KILLED');
    assert.is(killed.message, 'the executor got SIGTERM');
    assert.equal(started.survivors(), []);
  }));

test('a second signal kills everything at once', () =>
  executor(async (started) => {
    await launched(started, STUBBORN);
    started.process.kill('SIGINT');
    // The second one must come after the first has been noticed, or the two are one.
    await new Promise((done) =>
      started.process.stdout?.on('data', (line) => /SIGINT/.test(String(line)) && done(0)),
    );
    started.process.kill('SIGINT');
    assert.is((await started.exited).code, 130);
    await until('nothing is left', () => started.survivors().length === 0);
  }));

test('a lost connection to the agent does not touch the task', () =>
  executor(async (started) => {
    const { agent } = started;
    await launched(started, SLEEPER);
    agent.drop();
    await agent.subscribed(2);
    assert.is(started.survivors().length, 1);
    await agent.reported('TASK_RUNNING');
    agent.send({ type: 'KILL', kill: { task_id: { value: 'task-1' } } });
    assert.is((await started.exited).code, 0);
    assert.is(states(started).at(-1), 'TASK_KILLED');
  }));

test('reports that were not acknowledged are told to the agent that comes back', () =>
  executor(async (started) => {
    const { agent } = started;
    agent.acknowledge(false);
    await launched(started, SLEEPER);
    await agent.reported('TASK_RUNNING');
    agent.drop();
    await agent.subscribed(2);
    const again = agent.calls.filter((call) => call.type === 'SUBSCRIBE').at(-1)?.subscribe;
    assert.equal(
      again?.unacknowledged_updates?.map(({ status }) => status.state),
      ['TASK_STARTING', 'TASK_RUNNING'],
    );
    assert.equal(
      again?.unacknowledged_tasks?.map((task) => task.task_id.value),
      ['task-1'],
    );
  }));

test(
  'an agent that stays away longer than its recovery timeout takes the task with it',
  () =>
    executor(
      async (started) => {
        await launched(started, SLEEPER);
        await started.agent.close();
        const { code, output } = await started.exited;
        assert.is(code, 0);
        assert.match(output, /agent is lost/);
        assert.equal(started.survivors(), []);
      },
      { env: { MESOS_RECOVERY_TIMEOUT: '200ms' } },
    ),
  20_000,
);

test(
  'an end that nobody acknowledges does not keep the executor',
  () =>
    executor(async (started) => {
      started.agent.acknowledge(false);
      started.agent.launch('task-1', taskData({ processes: [] }));
      assert.is((await started.exited).code, 0);
      assert.is(states(started).at(-1), 'TASK_FINISHED');
    }),
  20_000,
);

test('a process sees its own three files only, and nothing of the agent', () =>
  executor(async (started) => {
    const cmdline = 'ls /proc/$$/fd; env';
    started.agent.launch('task-1', taskData({ processes: [{ name: 'p', cmdline }] }));
    await started.exited;
    const output = readFileSync(join(started.runDirectory, 'sandbox/.logs/p/0/stdout'), 'utf8');
    // 255 is how bash reads a command; it is not there for -c, and closed on exec where it is.
    assert.equal(
      output.split('\n').filter((line) => /^\d+$/.test(line)),
      ['0', '1', '2'],
    );
    assert.not.match(output, /MESOS|TOKEN/);
  }));

/** Gets away from parent, session, group and environment, and tells its pid. */
const ESCAPE = `env -i setsid --fork /bin/sh -c 'trap "" TERM; echo $$ > far; while :; do sleep 0.05; done'; until test -s far; do sleep 0.01; done`;

const pidOf = ({ runDirectory }: StartedExecutor, name: string): ProcessId =>
  identify(Number(readFileSync(join(runDirectory, 'sandbox', name), 'utf8'))) as ProcessId;

test('kill -9 of the executor leaves no process of its task, however far it went', () =>
  executor(async (started) => {
    const cmdline = `${ESCAPE}; echo $$ > near; echo up > up; sleep 1000`;
    await launched(started, { processes: [{ name: 'p', cmdline }] });
    const both = [pidOf(started, 'far'), pidOf(started, 'near')];
    started.process.kill('SIGKILL');
    await until('all are dead', () => both.every((one) => !isRunning(one)));
  }));

test('kill -9 of a coordinator ends its run, and the executor goes on', () =>
  executor(async (started) => {
    await launched(started, {
      processes: [
        {
          name: 'p',
          max_failures: 2,
          min_duration: 0,
          cmdline: 'test -e up && exit 0; echo up > up; sleep 1000',
        },
      ],
    });
    const [shell] = started.survivors();
    process.kill(processEntry(shell as number)?.parent as number, 'SIGKILL');
    await started.agent.reported('TASK_FINISHED');
    assert.equal(started.survivors(), []);
  }));

test('processes get the limits that the executor was started with', async () => {
  const { agent, exited, runDirectory, clean } = await program.start({ before: 'ulimit -Sn 1024' });
  try {
    await agent.subscribed();
    const cmdline = 'ulimit -Sn > soft; ulimit -Hn > hard; env > env';
    agent.launch('task-1', taskData({ processes: [{ name: 'p', cmdline }] }));
    await exited;
    const read = (name: string) => readFileSync(join(runDirectory, 'sandbox', name), 'utf8');
    assert.is(read('soft'), '1024\n');
    assert.ok(Number(read('hard')) > 1024);
    assert.not.match(read('env'), /AURORA/);
  } finally {
    await clean();
  }
});

test('a path with blanks and letters of any language does no harm', async () => {
  const { agent, exited, runDirectory, clean } = await program.start({ place: 'Größe 大 $x' });
  try {
    await agent.subscribed();
    agent.launch('task-1', taskData({ processes: [{ name: 'p q', cmdline: 'pwd; echo $HOME' }] }));
    await exited;
    const sandbox = join(runDirectory, 'sandbox');
    assert.is(readFileSync(join(sandbox, '.logs/p q/0/stdout'), 'utf8'), `${sandbox}\n${sandbox}\n`);
  } finally {
    await clean();
  }
});

test('console output goes to the output of the executor', () =>
  executor(
    async (started) => {
      started.agent.launch(
        'task-1',
        taskData({ processes: [{ name: 'p', cmdline: 'echo to the console' }] }),
      );
      assert.match((await started.exited).output, /^to the console$/m);
    },
    { args: ['--nosetuid', '--runner-logger-destination=console'] },
  ));

test('is one file that runs wherever it is copied to', () => {
  for (const type of ['module', 'commonjs']) {
    const directory = mkdtempSync(join(tmpdir(), 'aurora-executor-copy-'));
    try {
      writeFileSync(join(directory, 'package.json'), JSON.stringify({ type }));
      copyFileSync(program.file, join(directory, 'aurora-executor'));
      const { status, stdout, stderr } = spawnSync(join(directory, 'aurora-executor'), [], {
        env: { PATH: process.env.PATH },
        encoding: 'utf8',
      });
      assert.equal([status, stderr], [1, '']);
      assert.match(stdout, /started by a Mesos agent/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  }
});

test('without an agent it says so', async () => {
  for (const [options, code, text] of [
    [{ env: { MESOS_FRAMEWORK_ID: '' } }, 1, /MESOS_FRAMEWORK_ID is not set; .* by a Mesos agent/],
    [{ env: { MESOS_DIRECTORY: '' } }, 1, /MESOS_DIRECTORY is not set/],
  ] as const) {
    const started = await program.start(options);
    try {
      const ended = await started.exited;
      assert.is(ended.code, code);
      assert.match(ended.output, text);
    } finally {
      await started.clean();
    }
  }
});

test.run();
