import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { processEntry } from '../../src/proc/process-id.ts';
import { processTable, startedWith } from '../../src/proc/process-table.ts';
import { assert, suite } from '../harness/index.ts';
import { type RunningTask, realTask, type TaskOptions, until } from './running-task.ts';

const test = suite('executor runner');

/** Runs a task with real processes to its end; nothing of it may be left. */
async function run(
  task: object,
  body: (task: RunningTask) => Promise<void> | void = () => {},
  options: TaskOptions = {},
): Promise<{ verdict: string; reason: string; task: RunningTask }> {
  const running = realTask(task, options);
  try {
    running.runner.start();
    await body(running);
    const { verdict, reason } = await running.ended;
    assert.equal(survivors(running), [], 'processes are left');
    return { verdict, reason, task: running };
  } finally {
    running.tree.killNow();
  }
}

const survivors = (task: RunningTask): number[] =>
  processTable()
    .filter((entry) => startedWith(entry.pid, 'HOME', task.sandbox))
    .map((entry) => entry.pid);

/** Most of these are about one thing and check files afterwards. */
async function scenario(
  task: object,
  check: (result: { verdict: string; reason: string; task: RunningTask }) => void,
  body?: (task: RunningTask) => Promise<void> | void,
  options?: TaskOptions,
): Promise<void> {
  const result = await run(task, body, options);
  try {
    check(result);
  } finally {
    result.task.remove();
  }
}

const after = (name: string) => ({ name, cmdline: `echo ${name} >> order` });

test('runs what is ordered in order, output in the original layout', () =>
  scenario(
    {
      processes: [
        after('c'),
        after('b'),
        { ...after('a'), cmdline: 'sleep 0.1; echo a | tee -a order; echo e >&2' },
      ],
      constraints: [{ order: ['a', 'b', 'c'] }],
    },
    ({ verdict, task }) => {
      assert.is(verdict, 'SUCCESS');
      assert.is(task.file('order'), 'a\nb\nc\n');
      assert.is(task.output('a'), 'a\n');
      assert.is(task.output('a', 0, 'stderr'), 'e\n');
      assert.equal(readdirSync(join(task.sandbox, '.logs')).sort(), ['a', 'b', 'c']);
      assert.equal(readdirSync(join(task.sandbox, '.logs', 'a')), ['0']);
    },
  ));

test('keeps to max_concurrency', () =>
  scenario(
    {
      max_concurrency: 1,
      processes: ['a', 'b', 'c'].map((name) => ({
        name,
        cmdline: 'mkdir busy && sleep 0.05 && rmdir busy',
      })),
    },
    ({ verdict }) => assert.is(verdict, 'SUCCESS'),
  ));

test('a failed process is run again until max_failures, each run with output of its own', () =>
  scenario(
    {
      processes: [
        {
          name: 'flaky',
          max_failures: 3,
          min_duration: 0,
          cmdline: 'echo x >> runs; echo run $(wc -l < runs); test $(wc -l < runs) = 3',
        },
      ],
    },
    ({ verdict, task }) => {
      assert.is(verdict, 'SUCCESS');
      assert.equal(
        [0, 1, 2].map((at) => task.output('flaky', at)),
        ['run 1\n', 'run 2\n', 'run 3\n'],
      );
    },
  ));

test('says which process failed and how, and what could not start because of it', () =>
  scenario(
    {
      max_failures: 2,
      processes: [{ name: 'a', cmdline: 'exit 7' }, after('b')],
      constraints: [{ order: ['a', 'b'] }],
    },
    ({ verdict, reason, task }) => {
      assert.is(verdict, 'FAILED');
      assert.is(reason, 'process "a" failed: exit code 7; never started: b');
      assert.is(task.file('order'), '');
    },
  ));

test('a failure stops unrelated processes', () =>
  scenario(
    {
      processes: [
        { name: 'bad', cmdline: 'exit 1' },
        { name: 'long', cmdline: 'sleep 1000' },
      ],
    },
    ({ verdict }) => assert.is(verdict, 'FAILED'),
  ));

test('a death by signal is a failure like any other, and its message names the signal', async () => {
  await scenario(
    {
      max_failures: 0,
      processes: [
        {
          name: 'self',
          max_failures: 2,
          min_duration: 0,
          cmdline: 'test -e again && exit 0; touch again; kill -9 $$',
        },
        { name: 'nested', cmdline: "bash -c 'kill -9 $$'; exit $?" },
      ],
    },
    ({ verdict, task }) => {
      assert.is(verdict, 'SUCCESS');
      assert.ok(existsSync(join(task.sandbox, '.logs/self/1')));
      assert.not.ok(existsSync(join(task.sandbox, '.logs/nested/1')));
    },
  );
  await scenario({ processes: [{ name: 'p', cmdline: 'kill -SEGV $$' }] }, ({ verdict, reason }) => {
    assert.is(verdict, 'FAILED');
    assert.is(reason, 'process "p" failed: killed by SIGSEGV');
  });
});

test('a command that cannot be started is a failure that says why', () =>
  scenario(
    { processes: [{ name: 'huge', cmdline: ':' }] },
    ({ verdict, reason }) => {
      assert.is(verdict, 'FAILED');
      assert.match(reason, /^process "huge" failed: could not be started: .*E2BIG/);
    },
    undefined,
    { flags: ['--nosetuid', '--preserve_env'], env: { PATH: process.env.PATH, BIG: 'x'.repeat(140_000) } },
  ));

test('a log directory that cannot be made ends nothing, and is told', () =>
  scenario(
    {
      processes: [
        { name: 'a', cmdline: 'touch .logs/b; mkdir -p .logs/c/0; mkfifo .logs/c/0/stdout' },
        { name: 'b', cmdline: 'echo lost; touch b-ran' },
        { name: 'c', cmdline: 'echo lost; touch c-ran' },
      ],
      constraints: [{ order: ['a', 'b', 'c'] }],
    },
    ({ verdict, reason, task }) => {
      assert.is(verdict, 'SUCCESS');
      assert.match(
        reason,
        /^all processes have ended; output of "b" \(stdout\) was lost: the place of a log/,
      );
      assert.match(reason, /output of "c" \(stdout\) was lost: /);
      assert.ok(existsSync(join(task.sandbox, 'b-ran')));
      assert.ok(existsSync(join(task.sandbox, 'c-ran')));
    },
  ));

test('an ephemeral process is ended with the others; a daemon is started again', () =>
  scenario(
    {
      processes: [
        { name: 'main', cmdline: 'until test $(wc -l < beats) -ge 3; do sleep 0.02; done' },
        {
          name: 'daemon',
          daemon: true,
          ephemeral: true,
          min_duration: 0,
          cmdline: 'echo beat >> beats; sleep 0.02',
        },
        { name: 'aside', ephemeral: true, cmdline: 'sleep 1000' },
      ],
    },
    ({ verdict, task }) => {
      assert.is(verdict, 'SUCCESS');
      assert.ok(existsSync(join(task.sandbox, '.logs/daemon/2')));
    },
  ));

test('final processes run after success and after failure, and do not change the verdict', async () => {
  const finals = [{ name: 'fin', final: true, cmdline: 'echo done > fin; exit 1' }];
  for (const [cmdline, expected] of [
    ['true', 'SUCCESS'],
    ['false', 'FAILED'],
  ])
    await scenario({ processes: [{ name: 'a', cmdline }, ...finals] }, ({ verdict, task }) => {
      assert.is(verdict, expected);
      assert.is(task.file('fin'), 'done\n');
    });
});

test('finalization_wait 0 skips final processes', () =>
  scenario(
    {
      finalization_wait: 0,
      processes: [
        { name: 'a', cmdline: 'true' },
        { name: 'fin', final: true, cmdline: 'touch fin' },
      ],
    },
    ({ verdict, task }) => {
      assert.is(verdict, 'SUCCESS');
      assert.not.ok(existsSync(join(task.sandbox, 'fin')));
    },
  ));

test('a final process that takes too long is cut short', () =>
  scenario(
    {
      finalization_wait: 3,
      processes: [
        { name: 'a', cmdline: 'true' },
        { name: 'fin', final: true, cmdline: 'echo on > fin; sleep 1000' },
      ],
    },
    ({ verdict, task }) => {
      assert.is(verdict, 'SUCCESS');
      assert.is(task.file('fin'), 'on\n');
    },
  ));

test('a kill ends a process, lets the final ones run, and gives its reason', () =>
  scenario(
    {
      processes: [
        { name: 'main', cmdline: 'echo up > up; sleep 1000' },
        { name: 'fin', final: true, cmdline: 'echo done > fin' },
      ],
    },
    ({ verdict, reason, task }) => {
      assert.equal([verdict, reason], ['KILLED', 'enough']);
      assert.is(task.file('fin'), 'done\n');
    },
    async (task) => {
      await task.written('up');
      task.runner.kill(5_000, 'enough');
      task.runner.kill(5_000, 'twice does no harm');
    },
  ));

test('SIGTERM reaches the programs below a compound command', () =>
  scenario(
    {
      processes: [
        {
          name: 'main',
          cmdline:
            'bash -c \'trap "echo asked > asked; exit 0" TERM; echo up > up; while :; do sleep 0.02; done\'; echo next',
        },
      ],
    },
    ({ verdict, task }) => {
      assert.is(verdict, 'KILLED');
      assert.is(task.file('asked'), 'asked\n');
    },
    async (task) => {
      await task.written('up');
      task.runner.kill(5_000, 'enough');
    },
  ));

/** Ignores SIGTERM, as do its child and grandchild, each of which tells its pid. */
const STUBBORN = `trap '' TERM
bash -c 'trap "" TERM; bash -c "trap \\"\\" TERM; echo \\$\\$ >> pids; while :; do sleep 0.05; done" & echo $$ >> pids; while :; do sleep 0.05; done' &
echo $$ >> pids
while :; do sleep 0.05; done`;

test('SIGTERM reaches what is being started at that very moment', async () => {
  // Each loop starts a program that only it ends; a loop that gets SIGTERM in between leaves its program behind.
  const loop = '(while :; do sleep 1000 & kill $!; wait $!; done) 2>/dev/null & ';
  const cmdline = `for at in $(seq 30); do ${loop} done; touch up; wait`;
  await run({ processes: [{ name: 'a', cmdline }] }, async (task) => {
    await until('the loops run', () => existsSync(join(task.sandbox, 'up')));
    const startMs = performance.now();
    task.runner.kill(120_000, 'enough');
    await task.ended;
    assert.ok(performance.now() - startMs < 60_000, 'nothing waits for SIGKILL');
  });
}, 150_000);

test('SIGTERM reaches what somebody has stopped', async () => {
  const stopped = { name: 'a', cmdline: 'touch up; kill -STOP $$; sleep 1000' };
  await run({ processes: [stopped] }, async (task) => {
    await until('it runs', () => existsSync(join(task.sandbox, 'up')));
    const startMs = performance.now();
    task.runner.kill(120_000, 'enough');
    await task.ended;
    assert.ok(performance.now() - startMs < 60_000);
  });
}, 150_000);

test('what ignores SIGTERM is killed after the grace period, grandchildren included', () =>
  scenario(
    { processes: [{ name: 'stubborn', cmdline: STUBBORN }] },
    ({ verdict, task }) => {
      assert.is(verdict, 'KILLED');
      const pids = task.file('pids').trim().split('\n').map(Number);
      assert.is(pids.length, 3);
      for (const pid of pids) assert.ok(processEntry(pid)?.zombie ?? true, `${pid} is alive`);
    },
    async (task) => {
      await task.written('pids', '\n');
      while (task.file('pids').trim().split('\n').length < 3)
        await new Promise((done) => setTimeout(done, 5));
      task.runner.kill(150, 'enough');
    },
  ));

/** Leaves its parent, its group and its session, as daemons do. */
const daemonised = (body: string) => `setsid bash -c '(${body}) > daemon.log 2>&1 & exit 0' & wait`;

test('a coordinator that somebody kills while the task is ending does not hold it up', () =>
  scenario(
    {
      processes: [
        { name: 'p', cmdline: 'trap "touch asked" TERM; echo $PPID > parent; while :; do sleep 0.05; done' },
        { name: 'fin', final: true, cmdline: 'echo done' },
      ],
    },
    ({ verdict, task }) => {
      assert.is(verdict, 'KILLED');
      assert.is(task.output('fin'), 'done\n');
    },
    async (task) => {
      await task.written('parent');
      task.runner.kill(600_000, 'not wanted any more');
      await until('the process is asked to end', () => existsSync(join(task.sandbox, 'asked')));
      process.kill(Number(task.file('parent')), 'SIGKILL');
    },
  ));

test('a daemonised child outlives its run, and is asked to end with the task', () =>
  scenario(
    {
      processes: [
        {
          name: 'spawn',
          cmdline: daemonised(
            'trap "echo asked > asked; exit" TERM; echo up > up; while :; do sleep 0.02; done',
          ),
        },
        {
          name: 'main',
          cmdline: 'until test -e up; do sleep 0.02; done; sleep 0.1; test -e asked && echo early > early',
        },
      ],
      max_failures: 2,
    },
    ({ verdict, task }) => {
      assert.is(verdict, 'SUCCESS');
      assert.is(task.file('asked'), 'asked\n');
      assert.not.ok(existsSync(join(task.sandbox, 'early')));
    },
  ));

test('a daemonised child that ignores SIGTERM is dead before the verdict', () =>
  scenario(
    {
      finalization_wait: 0.2,
      processes: [
        {
          name: 'spawn',
          cmdline: `${daemonised('trap "" TERM; echo up > up; while :; do sleep 0.02; done')}; until test -e up; do sleep 0.01; done`,
        },
      ],
    },
    ({ verdict, task }) => {
      assert.is(verdict, 'SUCCESS');
      assert.is(task.file('up'), 'up\n');
    },
  ));

/** Leave parent, session, group and environment; each says its pid. Ignoring SIGTERM, they can only be killed. */
const ESCAPES: Readonly<Record<string, string>> = {
  'env -i setsid --fork': `env -i setsid --fork /bin/sh -c 'trap "" TERM; echo $$ > far; while :; do sleep 0.05; done'`,
  'a double fork with another environment': `perl -e 'exit if fork; exec "setsid", "perl", "-e",
      q{exit if fork; %ENV = (HOME => "/x"); $0 = "y" x 200; $SIG{TERM} = "IGNORE";
        open F, ">", "far"; print F "$$\n"; close F; sleep 1 while 1}'`,
  ...(process.getuid?.() === 0 && {
    'su nobody': `chmod 777 .; su nobody -s /bin/sh -c 'setsid --fork sh -c "trap : TERM; echo \\$\\$ > far; while :; do sleep 0.05; done"'`,
  }),
};

for (const [what, command] of Object.entries(ESCAPES))
  for (const [verdict, rest] of [
    ['SUCCESS', 'exit 0'],
    ['KILLED', 'echo up > up; sleep 1000'],
  ] as const)
    test(`${what}: dead before the verdict ${verdict}`, () =>
      scenario(
        {
          finalization_wait: 0.2,
          processes: [{ name: 'p', cmdline: `${command}; until test -s far; do sleep 0.01; done; ${rest}` }],
        },
        ({ verdict: actual, task }) => {
          assert.is(actual, verdict);
          const pid = Number(task.file('far'));
          assert.ok(pid > 1);
          assert.ok(processEntry(pid)?.zombie ?? true, `${pid} is alive`);
        },
        async (task) => {
          if (verdict !== 'KILLED') return;
          await task.written('up');
          task.runner.kill(200, 'enough');
        },
      ));

test('a background child in the group of a run ends with its shell', () =>
  scenario(
    {
      processes: [
        { name: 'spawn', cmdline: 'sleep 1000 & echo $! > child' },
        {
          name: 'main',
          cmdline:
            'for i in $(seq 200); do kill -0 $(cat child) 2>/dev/null || exit 0; sleep 0.01; done; exit 1',
        },
      ],
      constraints: [{ order: ['spawn', 'main'] }],
    },
    ({ verdict }) => assert.is(verdict, 'SUCCESS'),
  ));

test('the environment is bare, the profile is read, the working directory is the sandbox', () =>
  scenario(
    {
      processes: [
        {
          name: 'bare',
          cmdline: 'env | LC_ALL=C sort | grep -v ^_=; pwd; echo $0 $#; ps -o sid=,pgid= -p $$ | tr -s " "',
        },
        { name: 'write', cmdline: 'echo "export GREETING=hello" > .thermos_profile' },
        { name: 'read', cmdline: 'echo $GREETING $BASH_ENV' },
      ],
      constraints: [{ order: ['bare', 'write', 'read'] }],
    },
    ({ verdict, task }) => {
      assert.is(verdict, 'SUCCESS');
      const [home, logname, path, pwd, level, user, cwd, argv] = task.output('bare').split('\n');
      assert.equal(
        [home, pwd, cwd, level, argv],
        [`HOME=${task.sandbox}`, `PWD=${task.sandbox}`, task.sandbox, 'SHLVL=1', '/bin/bash 0'],
      );
      assert.is(path, `PATH=${process.env.PATH}`);
      assert.is(logname?.split('=')[1], user?.split('=')[1]);
      const [sid, pgid] = task.output('bare').trim().split('\n').at(-1)?.trim().split(' ') ?? [];
      assert.is(sid, pgid);
      assert.is(task.output('read'), `hello ${task.sandbox}/.thermos_profile\n`);
    },
    undefined,
    { env: { PATH: process.env.PATH, MESOS_DIRECTORY: '/x', SECRET: 'y' } },
  ));

test('with --preserve_env the executor environment is passed on, HOME excepted', () =>
  scenario(
    { processes: [{ name: 'p', cmdline: 'echo $MESOS_DIRECTORY $HOME' }] },
    ({ task }) => assert.is(task.output('p'), `/x ${task.sandbox}\n`),
    undefined,
    {
      env: { PATH: process.env.PATH, MESOS_DIRECTORY: '/x', HOME: '/root' },
      flags: ['--nosetuid', '--preserve_env'],
    },
  ));

test('ports, host name and instance reach the command', () =>
  scenario(
    {
      processes: [
        {
          name: 'p{{mesos.instance}}',
          cmdline: 'echo {{thermos.ports[http]}} {{mesos.hostname}} {{thermos.task_id}}',
        },
      ],
    },
    ({ task }) => assert.is(task.output('p3'), '31000 host.example task-1\n'),
    undefined,
    { ports: { http: 31_000 } },
  ));

test('in every logger mode a command can open its output by name, and nothing is lost at its end', async () => {
  const cmdline = 'echo one; echo two >> /dev/stdout; echo three >> /dev/stderr';
  for (const logger of [
    { destination: 'file', mode: 'standard' },
    { destination: 'file', mode: 'rotate' },
  ])
    await scenario({ processes: [{ name: 'p', cmdline, logger }] }, ({ verdict, task }) => {
      assert.is(verdict, 'SUCCESS');
      assert.equal([task.output('p'), task.output('p', 0, 'stderr')], ['one\ntwo\n', 'three\n']);
    });
});

test('rotated output keeps as many files as it may, the newest last', () =>
  scenario(
    {
      processes: [
        {
          name: 'p',
          cmdline: 'for i in 1 2 3 4 5; do echo $i$i$i$i; sleep 0.05; done',
          logger: { mode: 'rotate', rotate: { log_size: 5, backups: 2 } },
        },
      ],
    },
    ({ task }) => {
      assert.equal(readdirSync(join(task.sandbox, '.logs/p/0')).sort(), [
        'stderr',
        'stdout',
        'stdout.1',
        'stdout.2',
      ]);
      assert.equal(
        ['stdout', 'stdout.1', 'stdout.2'].map((name) => task.output('p', 0, name)),
        ['', '5555\n', '4444\n'],
      );
    },
  ));

test('a process may remove, replace and block its own rotated log: it goes on, and no other log is written to', () =>
  scenario(
    {
      processes: [
        {
          name: 'p',
          cmdline: [
            'cd .logs/p/0; echo 1111; sleep 0.1; rm stdout* ; echo 2222; sleep 0.1',
            'rm -f stdout*; mkdir stdout.1; touch stdout.1/x; echo 3333; sleep 0.1; echo 4444; sleep 0.1',
            'rm -rf stdout stdout.1; ln -s /nowhere stdout; echo 5555; sleep 0.1; rm -f stdout; echo 66; sleep 0.1',
          ].join('\n'),
          logger: { mode: 'rotate', rotate: { log_size: 5, backups: 1 } },
        },
        {
          name: 'q',
          cmdline: 'for i in 1 2 3 4 5 6; do echo q; sleep 0.1; done',
          logger: { mode: 'rotate' },
        },
      ],
    },
    ({ verdict, reason, task }) => {
      assert.is(verdict, 'SUCCESS');
      assert.match(reason, /^all processes have ended; output of "p" \(stdout\) was lost: E/);
      assert.is(task.output('q'), 'q\n'.repeat(6));
    },
  ));

test('a descendant elsewhere that holds on to piped output does not hold up the run', () =>
  scenario(
    {
      processes: [
        {
          name: 'p',
          cmdline: 'setsid sleep 1000 & echo told',
          logger: { mode: 'rotate' },
        },
      ],
    },
    ({ verdict, task }) => {
      assert.is(verdict, 'SUCCESS');
      assert.is(task.output('p'), 'told\n');
    },
  ));

test('a task without processes, or with ephemeral ones only, ends at once', async () => {
  await scenario({ processes: [] }, ({ verdict }) => assert.is(verdict, 'SUCCESS'));
  await scenario(
    { processes: [{ name: 'e', ephemeral: true, cmdline: 'touch ran; sleep 1000' }] },
    ({ verdict, task }) => {
      assert.is(verdict, 'SUCCESS');
      assert.not.ok(existsSync(join(task.sandbox, 'ran')));
    },
  );
});

if (process.getuid?.() === 0) {
  test('as root, processes run as the role, in a sandbox of its own', () =>
    scenario(
      { processes: [{ name: 'p', cmdline: 'id -un; id -G; touch mine; echo $USER $LOGNAME' }] },
      ({ verdict, task }) => {
        assert.is(verdict, 'SUCCESS');
        assert.match(task.output('p'), /^nobody\n\d+\nnobody nobody\n$/);
        const [sandbox, mine, log] = ['', 'mine', '.logs/p/0/stdout'].map((path) =>
          statSync(join(task.sandbox, path)),
        );
        assert.is((sandbox?.mode ?? 0) & 0o777, 0o700);
        assert.is(mine?.uid, sandbox?.uid);
        assert.is(log?.uid, sandbox?.uid);
        assert.is.not(sandbox?.uid, 0);
      },
      undefined,
      { flags: [], role: 'nobody' },
    ));

  test('a role that the machine does not know is refused by name', () => {
    assert.throws(
      () => realTask({ processes: [] }, { flags: [], role: 'no_such_user' }),
      /"no_such_user" does not exist/,
    );
  });

  test('a log directory that the task has turned into a link is not followed', () =>
    scenario(
      {
        processes: [
          { name: 'a', cmdline: 'mkdir elsewhere; mv .logs old; ln -s elsewhere .logs' },
          { name: 'b', cmdline: 'true' },
        ],
        constraints: [{ order: ['a', 'b'] }],
      },
      ({ verdict, reason, task }) => {
        assert.is(verdict, 'SUCCESS');
        assert.match(reason, /the place of a log directory is taken/);
        assert.not.ok(existsSync(join(task.sandbox, 'elsewhere/b/0/stdout')));
      },
      undefined,
      { flags: [], role: 'nobody' },
    ));
}

test.run();
