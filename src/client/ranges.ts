import type { Wire } from '../api/index.ts';

type Range = Wire<'Range'>;

/**
 * Converts numbers to closed ranges: `[0, 1, 2, 5]` becomes 0 to 2 and 5 to 5. The numbers must be ascending and
 * without repetitions.
 */
export function rangesOf(numbers: readonly number[]): readonly Range[] {
  const ranges: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const open = ranges.at(-1);
    if (open && open.last + 1 === number) open.last = number;
    else ranges.push({ first: number, last: number });
  }
  return ranges;
}

/** All numbers in some ranges, ascending and without repetitions. */
export function numbersOf(ranges: readonly Range[]): readonly number[] {
  const numbers = new Set<number>();
  for (const { first = 0, last = 0 } of sorted(ranges)) {
    for (let number = first; number <= last; number++) numbers.add(number);
  }
  return [...numbers].sort((a, b) => a - b);
}

/** The same numbers in as few ranges as possible. */
export const joinedRanges = (ranges: readonly Range[]): readonly Range[] => rangesOf(numbersOf(ranges));

/** `[0-2], [5]`: the original's notation, sorted. */
export const rangesText = (ranges: readonly Range[]): string =>
  sorted(ranges)
    .map(({ first, last }) => (first === last ? `[${first}]` : `[${first}-${last}]`))
    .join(', ');

/** `0-2,5`: the form of INSTANCES on a command line. */
export const rangesWords = (ranges: readonly Range[]): string =>
  sorted(ranges)
    .map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
    .join(',');

const sorted = (ranges: readonly Range[]): readonly Range[] =>
  [...ranges].sort((a, b) => (a.first ?? 0) - (b.first ?? 0));
