import fc from 'fast-check';
import { harmless, LONGEST_LINE, lineAssembler } from '../../src/base/log-lines.ts';
import { partsOf } from '../../src/client/job-logs.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('lines of logs');

test('however a text is cut, its lines are the same', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[ab\n]{0,6}$/)), (parts) => {
      const lines = lineAssembler();
      const got = [...parts.flatMap((part) => lines.take(part)), ...lines.rest()];
      const text = parts.join('');
      const wanted = text.split('\n');
      if (wanted.at(-1) === '') wanted.pop();
      assert.equal(got, wanted);
    }),
  );
});

test('a line without an end is given in pieces', () => {
  const lines = lineAssembler();
  const got = lines.take('x'.repeat(2.5 * LONGEST_LINE));
  assert.equal(
    got.map(({ length }) => length),
    [LONGEST_LINE, LONGEST_LINE],
  );
  assert.is(lines.rest()[0]?.length, LONGEST_LINE / 2);
});

test('a terminal gets colours and text, and nothing that it would act on', () => {
  const cases: [line: string, shown: string][] = [
    ['\x1b[31mred\x1b[0m', '\x1b[31mred\x1b[0m'],
    ['a\x1b[2Jb\x1b[1;1Hc', 'abc'],
    ['\x1b]0;title\x07x', 'x'],
    ['\x1b]52;c;aGk=\x1b\\x', 'x'],
    ['\x1bPq#0\x1b\\x', 'x'],
    ['\x1bcx', 'x'],
    ['a\rb\x08c\x00', 'abc'],
    ['tab\tstays', 'tab\tstays'],
    ['\u202egnp.exe', 'gnp.exe'],
    ['\x9b2Jx', '2Jx'],
    ['open \x1b[', 'open '],
  ];
  for (const [line, shown] of cases) assert.is(harmless(line), shown, JSON.stringify(line));
  assert.ok(harmless(`${'\x1b'.repeat(10_000)}x`).length < 10_000);
});

test('instances are cut into parts that fit into a view each', () => {
  const cases = [
    [0, 1, 2],
    Array.from({ length: 100 }, (_, at) => at),
    Array.from({ length: 120 }, (_, at) => at * 2),
    Array.from({ length: 51 }, (_, at) => at * 6),
  ];
  for (const instances of cases) {
    const parts = partsOf(instances);
    const sizes = parts.map(({ of, rest }) => instances.filter((instance) => instance % of === rest).length);
    assert.ok(Math.max(...sizes) <= 50);
    assert.is(
      sizes.reduce((sum, size) => sum + size, 0),
      instances.length,
    );
  }
  assert.equal(partsOf([0, 1, 2]), [{ rest: 0, of: 1 }]);
});

test.run();
