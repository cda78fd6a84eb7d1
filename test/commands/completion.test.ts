import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { SHELL_COMPLETIONS } from '../../src/commands/shell-completions.ts';
import { assert, suite } from '../harness/index.ts';
import { type CommandLine, commandLine } from './command-line.ts';
import { ANY_ARGS, fakeScheduler } from './golden/fake-scheduler.ts';

const test = suite('completion');

let line: CommandLine;
test.beforeEach(() => {
  line = commandLine();
  line.useScheduler(1);
});
test.afterEach(() => line.remove());

const complete = async (...words: string[]) =>
  (await line.run(['complete', '--', ...words])).stdout.split('\n').filter((text) => text !== '');

test('topics, commands, verbs and flags', async () => {
  assert.equal(await complete('jo'), ['job']);
  assert.equal(await complete('job', 'sta'), ['status']);
  assert.ok((await complete('job', '')).includes('killall'));
  assert.equal(await complete('job', 'killall', '--no'), ['--no-batching']);
  assert.equal(await complete('job', 'create', 'k', 'f', '--wait-until', 'R'), ['RUNNING']);
  assert.equal(await complete('job', 'create', '--wait-until', '=', 'F'), ['FINISHED']);
  assert.equal(await complete('completion', 'z'), ['zsh']);
  assert.equal(await complete('help', 'upd'), ['update']);
  assert.equal(await complete('no', 'such', ''), []);
  assert.equal((await line.run(['admin', 'complete', '--', 'set_q'])).stdout, 'set_quota\n');
});

test('flags that do nothing are not offered', async () => {
  const flags = await complete('job', 'restart', '--');
  assert.ok(flags.includes('--batch-size'));
  assert.not.ok(flags.includes('--force'));
});

test('files are for the shell, clusters from the files, after the values of flags too', async () => {
  assert.equal(await complete('job', 'create', 'west/a/b/c', 'x'), [':files']);
  assert.equal(await complete('job', 'kill', '--config', ''), [':files']);
  assert.equal(await complete('job', 'kill', '-m', 'w', 'we'), ['west/']);
  assert.equal(await complete('cluster', 'check', ''), ['local', 'west']);
});

test('roles and job keys are asked for once a minute', async () => {
  const key = { role: 'web', environment: 'prod', name: 'api' };
  const other = { role: 'web', environment: 'prod', name: 'db' };
  const scheduler = await fakeScheduler([
    {
      method: 'getRoleSummary',
      args: ANY_ARGS,
      reply: {
        responseCode: 'OK',
        result: { roleSummaryResult: { summaries: [{ role: 'web' }, { role: 'ops' }] } },
      },
    },
    {
      method: 'getJobs',
      args: ANY_ARGS,
      reply: { responseCode: 'OK', result: { getJobsResult: { configs: [{ key }, { key: other }] } } },
    },
  ]);
  line.useScheduler(scheduler.ports[0]);
  const now = { clock: { nowMs: () => Date.now(), monotonicMs: () => 0, after: () => ({ cancel() {} }) } };
  const ask = async (word: string) =>
    (await line.run(['complete', '--', 'job', 'status', word], now)).stdout.trim().split('\n');
  assert.equal(await ask('west/'), ['west/web/', 'west/ops/']);
  assert.equal(await ask('west/w'), ['west/web/']);
  assert.equal(await ask('west/web/'), ['west/web/prod/']);
  assert.equal(await ask('west/web/prod/'), ['west/web/prod/api', 'west/web/prod/db']);
  await scheduler.close();
  assert.equal([...scheduler.problems, ...scheduler.missing()], []);
});

test('a scheduler that does not answer costs no more than the deadline, and nothing is offered', async () => {
  assert.equal(await complete('job', 'status', 'west/'), []);
  assert.equal(await complete('job', 'status', 'nowhere/'), []);
});

/** A program in the place of aurora that writes down how it was called, and answers as it would. */
function stub(answer: string): { readonly PATH: string } {
  const path = line.write(
    'bin/aurora',
    `#!/bin/sh\nprintf '<%s>' "$@" > '${line.home}/called'\nprintf '%b' '${answer}'\n`,
  );
  chmodSync(path, 0o755);
  return { PATH: `${join(line.home, 'bin')}:${process.env.PATH}` };
}

function inShell(shell: string, args: readonly string[], env: { readonly PATH: string }): string {
  const { stdout, stderr, error } = spawnSync(shell, args, {
    cwd: line.home,
    env: { ...env, HOME: line.home },
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.is(error, undefined, stderr);
  return stdout;
}

const has = (shell: string) =>
  ['/usr/bin', '/bin', '/usr/local/bin'].some((folder) => existsSync(join(folder, shell)));

test('bash completes with it', () => {
  const file = line.write('aurora.bash', SHELL_COMPLETIONS.bash);
  const bash = (answer: string, words: string) =>
    inShell(
      'bash',
      [
        '--norc',
        '-c',
        `source ${file}; compopt() { :; }; COMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _aurora aurora "\${COMP_WORDS[COMP_CWORD]}" x; printf '[%s]' "\${COMPREPLY[@]}"`,
      ],
      stub(answer),
    );
  assert.is(bash('status\\nstart\\n', 'aurora job sta'), '[status][start]');
  assert.is(bash('west/web/\\n', "aurora job status 'west/w b'"), '[west/web/]');
  assert.is(inShell('cat', ['called'], stub('')), '<complete><--><job><status><west/w b>');
  line.write('one file.ts', '');
  assert.is(bash(':files\\n', "aurora config check 'one'"), '[one file.ts]');
});

test('zsh completes with it', () => {
  if (!has('zsh')) return;
  const file = line.write('_aurora', SHELL_COMPLETIONS.zsh);
  const script = `compdef() { :; }; compadd() { print -r -- "add $*"; }; _files() { print files; }; source ${file}; words=(aurora job sta); CURRENT=3; _aurora`;
  assert.is(
    inShell('zsh', ['-f', '-c', script], stub('status\\nwest/\\n')),
    'add -S  -- west/\nadd -- status\n',
  );
  assert.is(inShell('zsh', ['-f', '-c', script], stub(':files\\n')), 'files\n');
});

test('fish completes with it', () => {
  if (!has('fish')) return;
  const file = line.write('aurora.fish', SHELL_COMPLETIONS.fish);
  const fish = (answer: string) =>
    inShell('fish', ['--no-config', '-c', `source ${file}; complete -C 'aurora job sta'`], stub(answer));
  assert.is(fish('status\\nstart\\n').trim().split('\n').sort().join(), 'start,status');
});

test.run();
