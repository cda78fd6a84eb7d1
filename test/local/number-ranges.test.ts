import fc from 'fast-check';
import {
  holdsRanges,
  merged,
  type NumberRange,
  united,
  withoutRanges,
} from '../../src/local/master/resources/number-ranges.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('lists of ranges');

const numbersOf = (ranges: readonly NumberRange[]): number[] =>
  ranges.flatMap(({ begin, end }) => Array.from({ length: end - begin + 1 }, (_, at) => begin + at));

/** Ascending ranges that do not touch, of exactly these numbers. */
function rangesOf(numbers: Iterable<number>): NumberRange[] {
  const ranges: { begin: number; end: number }[] = [];
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last?.end === number - 1) last.end = number;
    else ranges.push({ begin: number, end: number });
  }
  return ranges;
}

const anyRanges = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 40 }).map(rangesOf);
/** Often a single range, as tasks have. */
const fewRanges = fc.oneof(
  anyRanges,
  fc
    .tuple(fc.integer({ min: 0, max: 60 }), fc.nat(12))
    .map(([begin, more]) => [{ begin, end: begin + more }]),
);

test('sums, differences and parts are those of the sets of their numbers', () => {
  fc.assert(
    fc.property(anyRanges, fewRanges, (a, b) => {
      const [as, bs] = [numbersOf(a), new Set(numbersOf(b))];
      assert.equal(united(a, b), rangesOf([...as, ...bs]));
      assert.equal(united(b, a), rangesOf([...as, ...bs]));
      assert.equal(withoutRanges(a, b), rangesOf(as.filter((number) => !bs.has(number))));
      assert.is(holdsRanges(a, b), [...bs].every(new Set(as).has, new Set(as)));
      assert.ok(holdsRanges(united(a, b), b));
    }),
    { numRuns: 2_000 },
  );
});

test('arbitrary ranges are put in order and joined', () => {
  const range = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.nat(12));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), (all) => {
      const ranges = all.map(([begin, more]) => ({ begin, end: begin + more }));
      assert.equal(merged(ranges), rangesOf(numbersOf(ranges)));
    }),
  );
});

test.run();
