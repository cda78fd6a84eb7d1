/** `--json` of verbs that need more than calls; logs and sandboxes are in test/e2e/job-logs.test.ts. */
import { closeSync, existsSync, openSync } from 'node:fs';
import { systemClock } from '../../src/base/clock.ts';
import { assert, suite } from '../harness/index.ts';
import { type CommandLine, commandLine } from './command-line.ts';
import { SHAPES } from './json-shapes.ts';

const test = suite('--json of files');

let line: CommandLine;
test.before(() => {
  line = commandLine();
});
test.after(() => line.remove());

function keeps(verb: string, text: string): void {
  const shape = SHAPES[verb];
  assert.ok(shape, verb);
  assert.is(shape?.safeParse(JSON.parse(text)).error?.message, undefined, text);
}

test('a hash is data, and entries of the audit log are one a line', async () => {
  const input = openSync(line.write('secret', 'apple\n'), 'r');
  const hashed = await line.run(['admin', 'hash_password', '--token', '--json'], { stdio: [input, 1, 2] });
  closeSync(input);
  assert.is(hashed.code, 0, hashed.stderr);
  keeps('admin hash_password', hashed.stdout);
  const entry = { kind: 'write', user: 'sally', by: 'basic', what: 'killTasks', result: 'OK' };
  const both = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'].map((at) =>
    JSON.stringify({ at, ...entry, job: 'web/prod/api', about: { instances: [1] } }),
  );
  const file = line.write('audit.log', `${both.join('\n')}\n`);
  for (const flag of ['--json', '--write-json']) {
    const { code, stdout, stderr } = await line.run(['admin', 'audit', '--file', file, flag]);
    assert.is(code, 0, stderr);
    const lines = stdout.trim().split('\n');
    assert.is(lines.length, both.length);
    for (const text of lines) keeps('admin audit', text);
  }
});

const FILE = `import { Job, MB, Process, Resources, Task } from 'aurora';
const task = Task({ processes: [Process({ name: 'p', cmdline: 'echo hello' })], resources: Resources({ cpu: 0.1, ram: 32 * MB, disk: 32 * MB }) });
export default [Job({ cluster: 'west', role: 'nobody', environment: 'test', name: 'a', task })];
`;

test('a trial is data: what the task came to, and nothing else on stdout', async () => {
  const file = line.write('a.aurora.ts', FILE);
  const { code, stdout, stderr } = await line.run(['job', 'try', 'west/nobody/test/a', file, '--json'], {
    clock: systemClock,
  });
  assert.is(code, 0, stderr);
  keeps('job try', stdout);
  assert.is(JSON.parse(stdout).state, 'TASK_FINISHED');
});

test('a migration is data: the files, and the places to look at', async () => {
  const file = line.write(
    'old/web.aurora',
    `import os
p = Process(name = 'p', cmdline = os.environ['WHAT'])
jobs = [Job(cluster = 'west', role = 'web', environment = 'prod', name = 'a', task = Task(name = 'a', processes = [p], resources = Resources(cpu = 1, ram = 1*MB, disk = 1*MB)))]
`,
  );
  const { stdout, stderr } = await line.run(['migrate', file, '--out', `${line.home}/new`, '--json']);
  keeps('migrate', stdout);
  const [migrated] = JSON.parse(stdout).files;
  assert.ok(existsSync(migrated.target), stderr);
});

test.run();
