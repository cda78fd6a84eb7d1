import { join } from 'node:path';
import { assert, suite } from '../harness/index.ts';

const test = suite('comparison of benchmarks');

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bench?: string;
  readonly machine?: { readonly jsonUs: number };
}

interface Row {
  readonly name: string;
  readonly verdict: string;
  readonly ratio: number;
  readonly fair: number;
}

// Scripts are plain JavaScript.
const { compared, comparisonText, figuresIn } = (await import(
  join(import.meta.dirname, '../../scripts/lib/bench-compare.js')
)) as {
  figuresIn(text: string): readonly Figure[];
  compared(before: readonly Figure[], now: readonly Figure[]): readonly Row[];
  comparisonText(rows: readonly Row[]): string;
};

const time = (value: number, jsonUs = 10): Figure => ({
  name: 'a_ms',
  value,
  unit: 'ms',
  machine: { jsonUs },
});
const rate = (value: number, jsonUs = 10): Figure => ({
  name: 'a_per_s',
  value,
  unit: 'tasks/s',
  machine: { jsonUs },
});
const verdict = (before: readonly Figure[], now: readonly Figure[]) => compared(before, now)[0]?.verdict;

test('figures are found among everything else that a bench prints', () => {
  const line = JSON.stringify(time(3));
  assert.equal(figuresIn(`\n# a\na_ms: 3 ms\n${line}\n{"name":"half\n{"other":1}\n`), [time(3)]);
});

test('of times less is better, of rates more', () => {
  assert.is(verdict([time(10)], [time(5)]), 'better');
  assert.is(verdict([time(10)], [time(12)]), 'worse');
  assert.is(verdict([rate(10)], [rate(20)]), 'better');
  assert.is(verdict([rate(10)], [rate(8)]), 'worse');
  assert.is(verdict([time(10)], [time(10.5)]), 'same');
});

test('a slower machine is no slower program', () => {
  const [row] = compared([time(10, 10)], [time(20, 20)]);
  assert.is(row?.ratio, 2);
  assert.is(row?.fair, 1);
  assert.is(row?.verdict, 'same');
  assert.is(verdict([rate(100, 10)], [rate(50, 20)]), 'same');
  assert.is(verdict([time(10, 10)], [time(10, 20)]), 'better');
});

test('sizes do not depend on the speed of the machine', () => {
  const size = (value: number, jsonUs: number) => ({ ...time(value, jsonUs), name: 'rss', unit: 'bytes' });
  assert.is(verdict([size(100, 10)], [size(100, 20)]), 'same');
});

test('figures that scatter have to change by more than they scatter', () => {
  const before = [time(8), time(10), time(12)];
  assert.is(verdict(before, [time(13)]), 'same');
  assert.is(verdict(before, [time(15)]), 'worse');
});

test('figures of one name of two benches are two', () => {
  const [a, b] = [
    { ...time(1), bench: 'one' },
    { ...time(2), bench: 'two' },
  ];
  const rows = compared([a, b], [b, a]);
  assert.equal(
    rows.map(({ name, ratio }) => [name, ratio]),
    [
      ['two a_ms', 1],
      ['one a_ms', 1],
    ],
  );
});

test('what became worse stands last', () => {
  const rows = compared([time(1), rate(1)], [time(2), rate(2)]);
  const lines = comparisonText(rows).split('\n');
  assert.match(lines.at(-1) ?? '', /^worse\s+a_ms\s+1 -> 2 ms\s+x 2\.00/);
});

test.run();
