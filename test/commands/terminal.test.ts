/**
 * The built program as a person sees it, recorded in tmux: progress, questions and completion, 60 and 200 columns wide,
 * with and without colours; and the same commands in a pipe. The screens are in terminal/recordings/.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { suite } from '../harness/index.ts';
import { type Recording, recording } from './terminal/recording.ts';
import { type StagedScheduler, stagedScheduler } from './terminal/staged-scheduler.ts';
import { startTmux, type Tmux, type TmuxScreen } from './terminal/tmux.ts';

const test = suite('on a terminal');
/** Generous: each test is many commands at once, and the machine may be busy with other tests. */
const LIMIT_MS = 120_000;

let home: string;
let env: Readonly<Record<string, string>>;
let tmux: Tmux;
test.before(async () => {
  home = mkdtempSync(join(tmpdir(), 'aurora-terminal-'));
  const bin = join(home, 'bin');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'aurora'),
    `#!/bin/sh\nexec '${process.execPath}' '${resolve('bin/aurora.js')}' "$@"\n`,
  );
  chmodSync(join(bin, 'aurora'), 0o755);
  env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: home,
    LANG: 'C.UTF-8',
    SHELL: '/bin/bash',
    ...(process.env.AURORA_TEST_RUN ? { AURORA_TEST_RUN: process.env.AURORA_TEST_RUN } : {}),
  };
  writeFileSync(join(home, 'api.json'), JSON.stringify({ jobs: [JOB] }));
  tmux = await startTmux(env);
});
test.after(async () => {
  await tmux.close();
  rmSync(home, { recursive: true, force: true });
});

const JOB = {
  cluster: 'west',
  role: 'web',
  environment: 'prod',
  name: 'api',
  service: true,
  instances: 2,
  task: {
    name: 'api',
    processes: [{ name: 'main', cmdline: 'exec ./main' }],
    resources: { cpu: 0.5, ram: 134217728, disk: 67108864 },
  },
};

/** A folder whose clusters file names a new scheduler as `west`. */
async function cluster(): Promise<{ readonly scheduler: StagedScheduler; readonly root: string }> {
  const scheduler = await stagedScheduler();
  const root = mkdtempSync(join(home, 'clusters-'));
  const uri = `http://127.0.0.1:${scheduler.port}`;
  writeFileSync(join(root, 'clusters.json'), JSON.stringify([{ name: 'west', scheduler_uri: uri }]));
  return { scheduler, root };
}

interface Session {
  readonly screen: TmuxScreen;
  readonly scheduler: StagedScheduler;
  /** Types a command line and presses Enter. */
  enter(command: string): Promise<void>;
  /** The next moment of the recording. */
  shows(moment: string, until: RegExp): Promise<void>;
}

/** Records what someone does in a shell. */
async function record(
  name: string,
  { columns, more = {} }: { readonly columns: number; readonly more?: Readonly<Record<string, string>> },
  act: (session: Session) => Promise<void>,
): Promise<void> {
  const { scheduler, root } = await cluster();
  const kept: Recording = recording(name);
  const screen = await tmux.open(name, {
    columns,
    folder: home,
    env: { ...more, AURORA_CONFIG_ROOT: root },
    // A shell that runs a command unsets PS1.
    command: 'exec env "PS1=\\$ " HISTFILE= bash --norc --noprofile -i',
  });
  await kept.moment('a shell', screen.look, /\$$/);
  await act({
    screen,
    scheduler,
    async enter(command) {
      await screen.type(command);
      await screen.press('Enter');
    },
    shows: (moment, until) => kept.moment(moment, screen.look, until),
  });
  kept.end();
  await scheduler.close();
}

/** The commands that wait, step by step: what the scheduler says, and what then is to be seen. */
const WAITS: Readonly<Record<string, (session: Session) => Promise<void>>> = {
  async create({ scheduler, enter, shows }) {
    scheduler.stage('PENDING', 'PENDING');
    await enter('aurora job create west/web/prod/api api.json --read-json --wait-until RUNNING; echo $?');
    await shows('both are pending', /2 PENDING[\s\S]*no place/);
    scheduler.stage('RUNNING', 'STARTING');
    await shows('one runs', /1\/2 RUNNING/);
    scheduler.stage('RUNNING', 'RUNNING');
    await shows('both run', /^0$/m);
  },
  async kill({ scheduler, enter, shows }) {
    scheduler.stage('RUNNING', 'RUNNING');
    await enter('aurora job kill west/web/prod/api/0-1 --no-batching; echo $?');
    await shows('both still run', /2 RUNNING/);
    scheduler.stage('KILLING', 'KILLED');
    await shows('one is killed', /1\/2 killed/);
    scheduler.stage('KILLED', 'KILLED');
    await shows('both are killed', /^0$/m);
  },
  async restart({ scheduler, enter, shows }) {
    scheduler.stage('RUNNING', 'STARTING');
    await enter('aurora job restart west/web/prod/api --batch-size 1 --watch-secs 0; echo $?');
    await shows('the second starts', /1\/2 restarted/);
    scheduler.stage('RUNNING', 'RUNNING');
    await shows('both are restarted', /^0$/m);
  },
  async killall({ scheduler, screen, enter, shows }) {
    scheduler.stage('RUNNING', 'RUNNING');
    await enter('aurora job killall west/web/prod/api --no-batching; echo $?');
    await shows('a question', /N\)/);
    await screen.press('Enter');
    await shows('just Enter is a no', /^4$/m);
    await enter('aurora job killall west/web/prod/api --no-batching; echo $?');
    await shows('the question again', /No[\s\S]*N\)/);
    scheduler.stage('KILLED', 'KILLED');
    await screen.type('y');
    await screen.press('Enter');
    await shows('a yes does it', /^0$/m);
  },
  async interrupt({ scheduler, screen, enter, shows }) {
    scheduler.stage('KILLING', 'KILLED');
    await enter('aurora job kill west/web/prod/api/0-1 --no-batching; echo $?');
    await shows('one is killed', /1\/2 killed/);
    await screen.press('C-c');
    await shows('the block stays, and below it what goes on', /^130$/m);
  },
};

/** Leaves an answer of the scheduler in the cache: on a busy machine a new one may come later than a key press waits. */
function remember(role: string, keys: readonly string[]): void {
  const folder = join(home, '.cache', 'aurora', 'completion');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${encodeURIComponent(`west/${role}`)}.json`), JSON.stringify(keys));
}

for (const columns of [60, 200]) {
  for (const [colours, more] of [
    ['', {}],
    ['-no-color', { NO_COLOR: '1' }],
  ] as const) {
    test(
      `progress and questions, ${columns} columns wide${colours ? ', NO_COLOR' : ''}`,
      async () => {
        await Promise.all(
          Object.entries(WAITS).map(([name, act]) =>
            record(`${name}-${columns}${colours}`, { columns, more }, act),
          ),
        );
      },
      LIMIT_MS,
    );
  }

  test(
    `bash completes on a Tab, ${columns} columns wide`,
    () =>
      record(`completion-${columns}`, { columns }, async ({ screen, enter, shows }) => {
        remember('', ['web', 'www']);
        remember('web', ['web/prod/api', 'web/prod/app']);
        await enter('bind "set show-all-if-ambiguous on"; source <(aurora completion bash)');
        await shows('ready', /bash\)\s+\$$/);
        const completes = async (text: string, moment: string, until: RegExp) => {
          await screen.type(text);
          await screen.press('Tab');
          await shows(moment, until);
        };
        await completes('aurora job k', 'verbs', /killall/);
        await completes('all we', 'a cluster', /west\/$/);
        await completes('', 'roles, as the scheduler knows them', /west\/www/);
        await completes('eb/', 'an environment', /prod\/$/);
        await completes('', 'jobs', /west\/web\/prod\/app/);
        await completes('i --no-b', 'a flag', /--no-batching/);
      }),
    LIMIT_MS,
  );
}

test(
  'stdout in a pipe: progress is on the terminal, and stdout is what scripts know',
  () =>
    record('kill-into-grep', { columns: 60 }, async ({ scheduler, enter, shows }) => {
      scheduler.stage('KILLING', 'KILLED');
      await enter('aurora job kill west/web/prod/api/0-1 --no-batching | grep -n .');
      await shows('one is killed', /1\/2 killed/);
      scheduler.stage('KILLED', 'KILLED');
      await shows('what grep got', /^1:/m);
    }),
  LIMIT_MS,
);

/** Runs a command whose stdin, stdout and stderr are pipes. */
async function piped(root: string, more: Readonly<Record<string, string>>, words: string) {
  const child = spawn(join(home, 'bin/aurora'), words.split(' '), {
    cwd: home,
    env: { ...env, ...more, AURORA_CONFIG_ROOT: root },
  });
  const said = { stdout: '', stderr: '' };
  child.stdin.end();
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (chunk) => (said[name] += chunk));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return `${said.stdout}-------- stderr\n${said.stderr}-------- exit code ${code}`;
}

const RUN = ['RUNNING', 'RUNNING'] as const;
const PIPED = {
  'job create west/web/prod/api api.json --read-json --wait-until RUNNING': [['PENDING', 'PENDING'], RUN],
  'job kill west/web/prod/api/0-1 --no-batching': [RUN, ['KILLING', 'KILLED'], ['KILLED', 'KILLED']],
  'job restart west/web/prod/api --batch-size 2 --watch-secs 0': [RUN],
  'job killall west/web/prod/api --no-batching': [RUN, ['KILLED', 'KILLED']],
} as const;

test(
  'in pipes: plain lines on stderr, no question, and the same on every screen',
  async () => {
    const kept = recording('pipes');
    const screens = [{ COLUMNS: '60' }, { COLUMNS: '200' }, { COLUMNS: '200', NO_COLOR: '1' }];
    const said = await Promise.all(
      Object.entries(PIPED).flatMap(([words, looks]) =>
        screens.map(async (more) => {
          const { scheduler, root } = await cluster();
          scheduler.stages(...looks);
          const text = await piped(root, more, words);
          await scheduler.close();
          return { words, text };
        }),
      ),
    );
    for (const words of Object.keys(PIPED)) {
      for (const { text } of said.filter((one) => one.words === words)) await kept.moment(words, () => text);
    }
    kept.end();
  },
  LIMIT_MS,
);

test.run();
