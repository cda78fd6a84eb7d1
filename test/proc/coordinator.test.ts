import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type CommandEnd, coordinatorProgram, startCoordinated } from '../../src/proc/coordinator.ts';
import { descendantsOf } from '../../src/proc/descendants.ts';
import { identify, isRunning, type ProcessId } from '../../src/proc/process-id.ts';
import { until } from '../executor/running-task.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('coordinator');
const directory = mkdtempSync(join(tmpdir(), 'aurora-coordinator-'));
test.after(() => rmSync(directory, { recursive: true, force: true }));

const perl = coordinatorProgram() as string;

interface Options {
  readonly manner?: 'run' | 'container';
  readonly argv?: readonly string[];
  readonly softFiles?: number;
  readonly user?: { readonly uid: number; readonly gid: number; readonly groups: readonly number[] };
}

/** Starts a script below a coordinator and collects what is told. */
function start(script: string, { manner = 'run', argv, softFiles, user }: Options = {}) {
  const told: { pid?: number; end?: CommandEnd; why?: string } = {};
  let finish: (clean: boolean) => void = () => {};
  const gone = new Promise<boolean>((resolve) => {
    finish = resolve;
  });
  const coordinator = startCoordinated(
    perl,
    {
      manner,
      name: 'test',
      file: argv?.[0] ?? '/bin/bash',
      argv: argv ?? ['/bin/bash', '-c', script],
      env: { PATH: process.env.PATH, GREETING: 'a b\nc' },
      user,
      softFiles,
    },
    { cwd: directory, stdio: ['ignore', 'ignore', 'ignore'] },
    {
      started: (pid) => void Object.assign(told, { pid }),
      ended: (end) => void Object.assign(told, { end }),
      failed: (why) => void Object.assign(told, { why }),
      gone: finish,
    },
  );
  return { told, gone, id: coordinator.id as ProcessId, child: coordinator.child };
}

const text = (name: string): string => {
  try {
    return readFileSync(join(directory, name), 'utf8');
  } catch {
    return '';
  }
};

async function pidIn(name: string): Promise<ProcessId> {
  await until(`${name} is written`, () => text(name).endsWith('\n'));
  return identify(Number(text(name))) as ProcessId;
}

/** Commands that get away from parent, session and environment; each writes its pid. */
const ESCAPES: Readonly<Record<string, string>> = {
  'env -i setsid --fork': `env -i setsid --fork /bin/sh -c 'echo $$ > FILE; exec sleep 300'`,
  'a double fork that overwrites its environment': `perl -e '
      exit if fork; exec "setsid", "perl", "-e", q{
        exit if fork; %ENV = (HOME => "/elsewhere"); $0 = "x" x 300;
        open F, ">", "FILE"; print F "$$\\n"; close F; sleep 300 }'`,
  ...(process.getuid?.() === 0 && {
    'su nobody': `touch FILE; chmod 666 FILE; chmod 755 .; su nobody -s /bin/sh -c 'setsid --fork sh -c "echo \\$\\$ > FILE; exec sleep 300"'`,
  }),
};

for (const [what, command] of Object.entries(ESCAPES))
  test(`${what} stays below the coordinator, which ends after it`, async () => {
    const file = `escaped-${what.replaceAll(' ', '-')}`;
    const { id, told, gone } = start(
      `${command.replaceAll('FILE', file)}; until test -s ${file}; do sleep 0.01; done; exit 3`,
    );
    const escaped = await pidIn(file);
    await until('the command has ended', () => told.end !== undefined);
    assert.equal(told.end, { code: 3, signal: null });
    assert.ok(isRunning(id));
    assert.ok(descendantsOf([id.pid]).some(({ pid }) => pid === escaped.pid));
    process.kill(escaped.pid, 'SIGKILL');
    assert.is(await gone, true);
  });

test('in the manner of a container nothing outlives the command, whose end is told as it was', async () => {
  for (const [script, end] of [
    ['exit 137', { code: 137, signal: null }],
    ['kill -KILL $$', { code: null, signal: 'SIGKILL' }],
    ['kill -SEGV $$', { code: null, signal: 'SIGSEGV' }],
  ] as const) {
    const away = `rm -f e; env -i setsid --fork /bin/sh -c 'echo $$ > e; trap "" TERM; sleep 300 & wait'; until test -s e; do sleep 0.01; done`;
    const { told, gone, child } = start(`${away}; ${script}`, { manner: 'container' });
    const exited = new Promise<CommandEnd>((resolve) =>
      child.once('exit', (code, signal) => resolve({ code, signal })),
    );
    assert.equal([await gone, told.end, await exited], [true, end, end]);
    assert.not.ok(identify(Number(text('e'))));
  }
});

test('what starts its successor all the time is not outrun', async () => {
  // Each one starts a single other and ends: many at a time would take the machine along.
  const { gone } = start('f() { sleep 0.01; f & }; f & f & f & sleep 0.2; exit 0', { manner: 'container' });
  assert.is(await gone, true);
}, 40_000);

test('what cannot be started is told by the name of its error', async () => {
  const { told, gone } = start('', { argv: ['/no/such/program'] });
  await gone;
  assert.equal(told, { why: 'ENOENT' });
});

test('that nothing is left is known also when the end of the command is read last', async () => {
  const { gone, told, child } = start('exit 0');
  const link = child.stdio[3] as Readable;
  link.pause();
  await new Promise((done) => child.once('exit', done));
  link.resume();
  assert.is(await gone, true);
  assert.equal(told.end, { code: 0, signal: null });
});

test('a coordinator that is killed takes its command along, and is not said to have left nothing', async () => {
  const { id, told, gone } = start('echo $$ > main; exec sleep 300');
  const main = await pidIn('main');
  await until('it is told', () => told.pid === main.pid);
  process.kill(id.pid, 'SIGKILL');
  assert.is(await gone, false);
  await until('the command is dead', () => !isRunning(main));
});

test('the command has the environment, limits and signals that it was given, in a session of its own', async () => {
  const { told, gone } = start(
    'echo "$GREETING" > greeting; ulimit -Sn > files; ps -o sid= -p $$ > session; grep SigIgn /proc/self/status > ignored; env > env; exit 0',
    { softFiles: 64 },
  );
  assert.is(await gone, true);
  assert.is(text('greeting'), 'a b\nc\n');
  assert.is(text('files'), '64\n');
  assert.is(Number(text('session')), told.pid);
  assert.match(text('ignored'), /^SigIgn:\t0+$/m);
  assert.not.match(text('env'), /PERL|MESOS|HOME/);
});

test('when its parent dies, everything below it does', async () => {
  const source = `
    import { startCoordinated } from ${JSON.stringify(join(process.cwd(), 'src/proc/coordinator.ts'))};
    startCoordinated(${JSON.stringify(perl)}, { manner: 'run', name: 'test', file: '/bin/sh', argv: ['sh', '-c',
      "env -i setsid --fork /bin/sh -c 'echo $$ > far; exec sleep 300'; echo $$ > near; sleep 300"],
      env: process.env, user: undefined, softFiles: undefined },
      { cwd: ${JSON.stringify(directory)}, stdio: ['ignore', 'ignore', 'ignore'] }, { failed() {} });`;
  const { spawn } = await import('node:child_process');
  const parent = spawn(
    process.execPath,
    ['--import', './scripts/ts-loader.js', '--input-type=module', '-e', source],
    { stdio: 'ignore' },
  );
  const both = [await pidIn('far'), await pidIn('near')];
  parent.kill('SIGKILL');
  await until('all are dead', () => both.every((one) => !isRunning(one)));
}, 40_000);

test.run();
