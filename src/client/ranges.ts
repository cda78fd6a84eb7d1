import type { Wire } from '../api/index.ts';

type Range = Wire<'Range'>;

/** Numbers as closed ranges: `[0, 1, 2, 5]` is 0 to 2 and 5 to 5. The numbers are ascending, without repetitions. */
export function rangesOf(numbers: readonly number[]): readonly Range[] {
  const ranges: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const open = ranges.at(-1);
    if (open && open.last + 1 === number) open.last = number;
    else ranges.push({ first: number, last: number });
  }
  return ranges;
}

/** `[0-2], [5]`: the original's notation, sorted. */
export const rangesText = (ranges: readonly Range[]): string =>
  sorted(ranges)
    .map(({ first, last }) => (first === last ? `[${first}]` : `[${first}-${last}]`))
    .join(', ');

const sorted = (ranges: readonly Range[]): readonly Range[] =>
  [...ranges].sort((a, b) => (a.first ?? 0) - (b.first ?? 0));
