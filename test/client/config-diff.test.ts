import fc from 'fast-check';
import type { Wire } from '../../src/api/index.ts';
import { configChanges } from '../../src/client/config-diff.ts';
import { changesText } from '../../src/client/config-diff-text.ts';
import { configDump } from '../../src/client/config-dump.ts';
import { lineDiff } from '../../src/client/line-diff.ts';
import { rangesOf, rangesText } from '../../src/client/ranges.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('differences of configurations');

type TaskConfig = Wire<'TaskConfig'>;

const MB = 2 ** 20;
const process = (name: string, cmdline: string) => ({ name, cmdline, max_failures: 1 });

interface Sample {
  readonly cpu?: number;
  readonly ram?: number;
  readonly tier?: string;
  readonly processes?: readonly object[];
  readonly constraints?: Readonly<Record<string, string>>;
  readonly outer?: TaskConfig;
}

const sample = ({
  cpu = 1,
  ram = 64,
  tier = 'preferred',
  processes = [process('serve', './serve')],
  constraints = {},
  outer = {},
}: Sample = {}): TaskConfig => ({
  job: { role: 'web', environment: 'test', name: 'a' },
  tier,
  isService: true,
  resources: [{ numCpus: cpu }, { ramMb: ram }, { diskMb: 32 }],
  constraints: Object.entries(constraints).map(([name, text]) => ({
    name,
    constraint: { value: { negated: false, values: text.split(',') } },
  })),
  executorConfig: {
    name: 'AuroraExecutor',
    data: JSON.stringify({
      name: 'a',
      tier,
      constraints,
      task: { processes, resources: { cpu, ram: ram * MB, disk: 32 * MB } },
    }),
  },
  ...outer,
});

const namesOf = (before: TaskConfig, after: TaskConfig) =>
  configChanges(before, after).map(({ name }) => name);

test('equal configurations differ in nothing, whatever the order of fields and sets', () => {
  const data = sample().executorConfig?.data ?? '';
  const turned: TaskConfig = {
    ...sample(),
    resources: [...(sample().resources ?? [])].reverse(),
    executorConfig: { name: 'AuroraExecutor', data: JSON.stringify(JSON.parse(data), null, 3) },
  };
  assert.equal(namesOf(sample(), turned), []);
});

test('what the executor and the scheduler both have is one change, in the words of the language', () => {
  assert.equal(namesOf(sample(), sample({ cpu: 0.5, tier: 'preemptible', constraints: { rack_id: 'a' } })), [
    'tier',
    'constraints.rack_id',
    'task.resources.cpu',
  ]);
});

test('what only the scheduler has is a change, too', () => {
  assert.equal(namesOf(sample(), sample({ outer: { priority: 7 } })), ['priority']);
  assert.equal(namesOf(sample(), sample({ outer: { container: { docker: { image: 'x' } } } })), [
    'container',
  ]);
});

test('a process that is put in between changes no other; its place is its index in the new list', () => {
  const before = sample({ processes: [process('a', 'x'), process('b', 'y')] });
  const after = sample({ processes: [process('a', 'x'), process('new', 'z'), process('b', 'y2')] });
  assert.equal(
    configChanges(before, after).map(({ name, path }) => [name, path.join('/')]),
    [
      ['task.processes[new]', 'task/processes/1'],
      ['task.processes[b].cmdline', 'task/processes/2/cmdline'],
    ],
  );
});

test('another executor gets its own text, which is compared as it is', () => {
  const custom = (data: string): TaskConfig => ({ executorConfig: { name: 'other', data } });
  assert.equal(configChanges(custom('a'), custom('b')), [
    { path: ['executorConfig', 'data'], name: 'executorConfig.data', before: 'a', after: 'b' },
  ]);
});

test('data of the executor that is no JSON is compared as it is', () => {
  const odd: TaskConfig = { executorConfig: { name: 'AuroraExecutor', data: '{' } };
  const changed: TaskConfig = { executorConfig: { name: 'AuroraExecutor', data: '{{' } };
  assert.equal(namesOf(odd, changed), ['executorConfig.data']);
});

test('short values are on one line with their units, long ones line by line', () => {
  const before = sample({ ram: 64, processes: [process('serve', 'one\ntwo\nthree')] });
  const after = sample({ ram: 128, processes: [process('serve', 'one\n2\nthree')] });
  const text = changesText(configChanges(before, after), ({ name }) => (/ram/.test(name) ? 'a.ts:3' : ''));
  assert.is(
    text,
    `  task.processes[serve].cmdline:
      one
    - two
    + 2
      three
  task.resources.ram: 64 MB -> 128 MB   a.ts:3
`,
  );
});

test('a dump has line breaks of commands as line breaks, and backslashes as they are', () => {
  const dump = configDump(sample({ processes: [process('serve', 'one\ntwo \\n')] }));
  assert.match(dump, '"cmdline": "one\ntwo \\\\n"');
});

test('lines: both texts can be read off a comparison, which keeps what is common', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const diff = lineDiff(before, after);
      const without = (sign: string) => diff.filter(([own]) => own !== sign).map(([, line]) => line);
      assert.equal(without('+'), before);
      assert.equal(without('-'), after);
      if (before.join() === after.join()) assert.ok(diff.every(([sign]) => sign === ' '));
    }),
  );
});

test("ranges hold every number once, in the original's notation", () => {
  assert.is(rangesText(rangesOf([0, 1, 2, 5, 8, 9])), '[0-2], [5], [8-9]');
  assert.is(
    rangesText([
      { first: 12, last: 14 },
      { first: 10, last: 10 },
    ]),
    '[10], [12-14]',
  );
  assert.equal(rangesOf([]), []);
});

test.run();
