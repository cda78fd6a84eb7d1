import { manualClock } from '../../src/base/manual-clock.ts';
import { main } from '../../src/commands/main.ts';
import { COMMANDS, TOPICS } from '../../src/commands/table.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('command line');

async function run(...words: string[]) {
  const said = { stdout: '', stderr: '' };
  const code = await main(words, {
    env: { HOME: '/nowhere', AURORA_CONFIG_ROOT: '/nowhere' },
    clock: manualClock(),
    signal: new AbortController().signal,
    print(text) {
      said.stdout += text;
    },
    complain(text) {
      said.stderr += text;
    },
    openPage: () => {},
    terminal: () => undefined,
    stdio: [0, 1, 2],
  });
  return { code, ...said };
}

test('nothing at all, help and --help list topics and commands', async () => {
  for (const words of [[], ['help'], ['--help'], ['-h']]) {
    const { code, stdout, stderr } = await run(...words);
    assert.is(code, 0);
    assert.is(stderr, '');
    for (const topic of Object.keys(TOPICS)) assert.match(stdout, new RegExp(`^  ${topic} `, 'm'));
    assert.match(stdout, /^ {2}version /m);
  }
});

test('every command has help with its usage and an example that begins with its words', async () => {
  for (const id of Object.keys(COMMANDS)) {
    for (const words of [
      [...id.split(' '), '--help'],
      ['help', ...id.split(' ')],
    ]) {
      const { code, stdout } = await run(...words);
      assert.is(code, 0);
      assert.match(stdout, 'USAGE');
      assert.match(stdout, `$ aurora ${id}`);
    }
  }
});

test('help of a topic lists its commands', async () => {
  const { code, stdout } = await run('job', '--help');
  assert.is(code, 0);
  for (const id of Object.keys(COMMANDS).filter((one) => one.startsWith('job ')))
    assert.match(stdout, `  ${id} `);
});

test('help after two dashes is not asked for', async () => {
  assert.match((await run('job', 'list', '--', '--help')).stderr, 'Unknown cluster: --help');
});

test('a mistyped command gets the nearest one', async () => {
  assert.match((await run('job', 'kil', 'a/b/c/d')).stderr, 'did you mean aurora job kill?');
  assert.match((await run('jobs', 'list')).stderr, 'did you mean aurora job list?');
  assert.match((await run('verison')).stderr, 'did you mean aurora version?');
  assert.is((await run('xyzzy')).code, 2);
});

test('a mistyped flag gets the nearest one', async () => {
  assert.match((await run('job', 'list', 'a', '--jsn')).stderr, '--jsn; did you mean --json?');
  assert.not.match((await run('job', 'list', 'a', '--frobnicate')).stderr, 'did you mean');
});

test('a mistyped flag of the scheduler gets the nearest one, and starts nothing', async () => {
  const { code, stderr } = await run('scheduler', 'start', '--htp-port', '1');
  assert.is(code, 2);
  assert.match(stderr, 'http_port');
});

test('usage errors are one line about the mistake, one about help, and code 2', async () => {
  const cases: readonly (readonly [string[], RegExp])[] = [
    [['job', 'list'], /jobspec/],
    [['job', 'list', 'a', 'b'], /b/],
    [['job', 'list', 'a', '--frobnicate'], /--frobnicate/],
    [['job', 'kill', 'a/b/c/d/0', '--batch-size', '0'], /batch-size/],
    [['job', 'kill', 'a/b/c/d/0', '--batch-size', 'x'], /batch-size/],
    [['job', 'create', 'a/b/c/d', 'f', '--wait-until', 'NEVER'], /wait-until.*PENDING/],
    [['job', 'create', 'a/b/c/d', 'f', '--bind', 'x'], /--bind x/],
  ];
  for (const [words, about] of cases) {
    const { code, stderr, stdout } = await run(...words);
    assert.is(code, 2, words.join(' '));
    assert.is(stdout, '');
    const [first = '', second, end] = stderr.split('\n');
    assert.match(first, about);
    assert.match(first, `aurora ${words.slice(0, 2).join(' ')}: `);
    assert.is(second, `see aurora ${words.slice(0, 2).join(' ')} --help`);
    assert.is(end, '');
  }
});

test('--version and version print the same', async () => {
  const { stdout, code } = await run('--version');
  assert.is(code, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  assert.is((await run('version')).stdout, stdout);
});

test.run();
