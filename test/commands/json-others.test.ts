/** `--json` of verbs that work on the files of a scheduler's machine. */
import { closeSync, openSync } from 'node:fs';
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

test.run();
