/** The built program on a real terminal: progress, questions and completion, at several widths, with and without colours. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { virtualScreen } from '../client/updates/virtual-screen.ts';
import { assert, suite } from '../harness/index.ts';
import { ANY_ARGS, fakeScheduler } from './golden/fake-scheduler.ts';
import type { Rpc } from './golden/scenario.ts';

const test = suite('on a terminal');
const LIMIT_MS = 60_000;
const AURORA = `'${process.execPath}' '${resolve('bin/aurora.js')}'`;

let home: string;
test.beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'aurora-terminal-'));
});
test.afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A program on a terminal of its own, which util-linux' `script` makes. */
interface OnTerminal {
  /** Everything that came so far, as bytes of a terminal. */
  output(): string;
  type(keys: string): void;
  /** Resolves when the output shows this. */
  shows(what: string | RegExp): Promise<void>;
  readonly ended: Promise<number>;
}

function onTerminal(command: string, columns: number, env: Record<string, string> = {}): OnTerminal {
  const child: ChildProcess = spawn(
    'script',
    ['-qfec', `stty cols ${columns} rows 24 -echo; exec ${command}`, '/dev/null'],
    {
      cwd: home,
      env: {
        PATH: process.env.PATH,
        HOME: home,
        AURORA_CONFIG_ROOT: home,
        TERM: 'xterm',
        LANG: 'C.UTF-8',
        SHELL: '/bin/sh',
        ...env,
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  );
  let output = '';
  let waiting: { readonly what: string | RegExp; readonly done: () => void } | undefined;
  const look = () => {
    if (!waiting) return;
    const { what, done } = waiting;
    if (typeof what === 'string' ? !output.includes(what) : !what.test(output)) return;
    waiting = undefined;
    done();
  };
  child.stdout?.on('data', (chunk) => {
    output += chunk;
    look();
  });
  return {
    output: () => output,
    type: (keys) => void child.stdin?.write(keys),
    shows: (what) =>
      new Promise((done) => {
        waiting = { what, done };
        look();
      }),
    ended: new Promise((done) => child.once('close', (code) => done(code ?? -1))),
  };
}

const task = (instanceId: number, status: string) => ({
  status,
  assignedTask: { taskId: `t${instanceId}`, instanceId },
  taskEvents: [{ timestamp: 1, status: 'PENDING' }],
});
const call = (method: string, result?: object): Rpc =>
  ({ method, args: ANY_ARGS, reply: { responseCode: 'OK', ...(result ? { result } : {}) } }) as Rpc;
const tasks = (...statuses: string[]) =>
  call('getTasksWithoutConfigs', {
    scheduleStatusResult: { tasks: statuses.map((status, at) => task(at, status)) },
  });

async function scheduled<T>(rpcs: readonly Rpc[], run: () => Promise<T>, isCut = false): Promise<T> {
  const scheduler = await fakeScheduler(rpcs);
  const uri = `http://127.0.0.1:${scheduler.ports[0]}`;
  writeFileSync(join(home, 'clusters.json'), JSON.stringify([{ name: 'west', scheduler_uri: uri }]));
  const result = await run();
  await scheduler.close();
  assert.equal([...scheduler.problems, ...(isCut ? [] : scheduler.missing())], []);
  return result;
}

/** What a person sees in the end. */
function screenOf(output: string, columns: number): readonly string[] {
  const screen = virtualScreen(columns, 24);
  screen.write(output);
  return screen.lines().filter((line) => line !== '');
}

const KILL = 'job kill west/web/prod/api/0-1 --no-batching';
const KILLING = [
  tasks('RUNNING', 'RUNNING'),
  call('killTasks'),
  tasks('KILLING', 'KILLED'),
  tasks('KILLED', 'KILLED'),
];

for (const columns of [60, 200]) {
  test(
    `progress, ${columns} columns wide, goes when it is over`,
    () =>
      scheduled(KILLING, async () => {
        const terminal = onTerminal(`${AURORA} ${KILL}`, columns);
        assert.is(await terminal.ended, 0, terminal.output());
        assert.match(terminal.output(), `] `);
        assert.match(terminal.output(), '1/2 killed');
        assert.match(terminal.output(), '\x1b[33m◑ 1 KILLING\x1b[0m');
        assert.equal(screenOf(terminal.output(), columns), [
          ' INFO] Killing tasks for job: west/web/prod/api',
          ' INFO] Instances to be killed: [0, 1]',
          'Job kill succeeded',
        ]);
      }),
    LIMIT_MS,
  );
}

test(
  'NO_COLOR: the same picture without colours',
  () =>
    scheduled(KILLING, async () => {
      const terminal = onTerminal(`${AURORA} ${KILL}`, 80, { NO_COLOR: '1' });
      assert.is(await terminal.ended, 0);
      assert.match(terminal.output(), '◑ 1 KILLING   ✓ 1 KILLED');
      assert.not.match(terminal.output(), /\x1b\[3\d/);
    }),
  LIMIT_MS,
);

test(
  'stdout in a pipe: progress is still there, and stdout is what scripts know',
  () =>
    scheduled(KILLING, async () => {
      const terminal = onTerminal(`sh -c "${AURORA.replaceAll("'", '')} ${KILL} > said"`, 80);
      assert.is(await terminal.ended, 0, terminal.output());
      assert.match(terminal.output(), '1/2 killed');
      const said = onTerminal('cat said', 80);
      await said.ended;
      assert.is(said.output(), 'Job kill succeeded\r\n');
    }),
  LIMIT_MS,
);

test(
  'Ctrl-C: the block stays, and below it what goes on',
  () =>
    scheduled(
      [...KILLING.slice(0, 2), ...Array.from({ length: 60 }, () => tasks('KILLING', 'KILLED'))],
      async () => {
        const terminal = onTerminal(`${AURORA} ${KILL}`, 120);
        await terminal.shows('1/2 killed');
        terminal.type('\x03');
        assert.is(await terminal.ended, 130, terminal.output());
        const screen = screenOf(terminal.output().replaceAll('^C', ''), 120).join('\n');
        assert.match(screen, '1/2 killed');
        assert.match(
          screen,
          "The instances are killed all the same. 'aurora job status west/web/prod/api' shows",
        );
        assert.match(screen, 'Command interrupted by user');
      },
      true,
    ),
  LIMIT_MS,
);

for (const [keys, code, end, after] of [
  ['n\r', 4, 'not confirmed: nothing was done', []],
  ['\r', 4, 'not confirmed: nothing was done', []],
  ['y\r', 0, 'Job killall succeeded', [call('killTasks'), tasks('KILLED', 'KILLED')]],
] as const) {
  test(
    `a question that is answered with ${JSON.stringify(keys)}`,
    () =>
      scheduled([tasks('RUNNING', 'RUNNING'), ...after], async () => {
        const terminal = onTerminal(`${AURORA} job killall west/web/prod/api --no-batching`, 200);
        await terminal.shows(/has 2 active tasks\. Kill all, and with them the job\?.*N\)/s);
        terminal.type(keys);
        assert.is(await terminal.ended, code, terminal.output());
        assert.match(terminal.output(), end);
      }),
    LIMIT_MS,
  );
}

test(
  'bash completes on a TAB, with the built program',
  async () => {
    writeFileSync(
      join(home, 'clusters.json'),
      JSON.stringify([{ name: 'west', scheduler_uri: 'http://127.0.0.1:1' }]),
    );
    const bash = ['/bin/bash', '/usr/bin/bash'].find((path) => existsSync(path));
    if (!bash) return;
    const terminal = onTerminal(`${bash} --norc --noprofile -i`, 200, { PS1: 'ready> ' });
    await terminal.shows('ready> ');
    terminal.type(
      `stty echo; aurora() { ${AURORA} "$@"; }; source <(aurora completion bash); echo so''urced\n`,
    );
    await terminal.shows('sourced\r\n');
    terminal.type('aurora job killa\t');
    await terminal.shows('aurora job killall ');
    terminal.type('we\t');
    await terminal.shows('aurora job killall west/');
    terminal.type('web/prod/api --no-b\t');
    await terminal.shows('--no-batching');
    terminal.type('\x15exit\n');
    assert.is(await terminal.ended, 0);
  },
  LIMIT_MS,
);

test.run();
