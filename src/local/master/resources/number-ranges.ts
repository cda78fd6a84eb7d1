/** Lists of ranges of numbers, such as the free ports of an agent. All but the arguments of `merged` ascend and do not touch. */

/** A closed range of integers, in the form of the messages. */
export interface NumberRange {
  readonly begin: number;
  readonly end: number;
}

/** Sorts and merges arbitrary ranges, so that they ascend and do not touch, which every amount requires. */
export const merged = (ranges: readonly NumberRange[]): readonly NumberRange[] => {
  if (ranges.length === 1) return ranges;
  const result: NumberRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.begin - b.begin)) {
    const last = result.at(-1);
    if (!last || range.begin > last.end + 1) result.push(range);
    else if (range.end > last.end) result[result.length - 1] = { begin: last.begin, end: range.end };
  }
  return result;
};

/** The index of the first range that ends at `number` or behind it, by halving. */
function firstEndingFrom(ranges: readonly NumberRange[], number: number): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle] as NumberRange).end < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the first range behind `number`; not before `from`. */
function firstBehind(ranges: readonly NumberRange[], number: number, from: number): number {
  let at = from;
  while (at < ranges.length && (ranges[at] as NumberRange).begin <= number) at++;
  return at;
}

/** Puts other ranges in the place of those from `from` to before `to`. */
const spliced = (
  ranges: readonly NumberRange[],
  from: number,
  to: number,
  others: readonly NumberRange[],
): readonly NumberRange[] => ranges.slice(0, from).concat(others, ranges.slice(to));

/** Unites an ascending list with one more range: that of a task, on an agent with hundreds. */
function withRange(ranges: readonly NumberRange[], one: NumberRange): readonly NumberRange[] {
  const from = firstEndingFrom(ranges, one.begin - 1);
  const to = firstBehind(ranges, one.end + 1, from);
  if (from === to) return spliced(ranges, from, to, [one]);
  const begin = Math.min(one.begin, (ranges[from] as NumberRange).begin);
  const end = Math.max(one.end, (ranges[to - 1] as NumberRange).end);
  return spliced(ranges, from, to, [{ begin, end }]);
}

/** Takes one range out of an ascending list. */
function withoutRange(ranges: readonly NumberRange[], cut: NumberRange): readonly NumberRange[] {
  const from = firstEndingFrom(ranges, cut.begin);
  const to = firstBehind(ranges, cut.end, from);
  if (from === to) return ranges;
  const left: NumberRange[] = [];
  const { begin } = ranges[from] as NumberRange;
  const { end } = ranges[to - 1] as NumberRange;
  if (begin < cut.begin) left.push({ begin, end: cut.begin - 1 });
  if (end > cut.end) left.push({ begin: cut.end + 1, end });
  return spliced(ranges, from, to, left);
}

/** Unites two ascending lists into one. */
export const united = (
  some: readonly NumberRange[],
  others: readonly NumberRange[],
): readonly NumberRange[] => {
  if (others.length === 1) return withRange(some, others[0] as NumberRange);
  if (some.length === 1) return withRange(others, some[0] as NumberRange);
  const result: NumberRange[] = [];
  let last: NumberRange | undefined;
  for (let i = 0, j = 0; i < some.length || j < others.length; ) {
    const [a, b] = [some[i], others[j]];
    const isFirst = a !== undefined && (b === undefined || a.begin <= b.begin);
    const range = (isFirst ? a : b) as NumberRange;
    if (isFirst) i++;
    else j++;
    if (last && range.begin <= last.end + 1) {
      if (range.end <= last.end) continue;
      last = { begin: last.begin, end: range.end };
      result[result.length - 1] = last;
    } else {
      last = range;
      result.push(range);
    }
  }
  return result;
};

/** Subtracts one ascending list from another in one pass, because an agent with many tasks has hundreds of ranges. */
export const withoutRanges = (
  from: readonly NumberRange[],
  taken: readonly NumberRange[],
): readonly NumberRange[] => {
  if (from === taken) return [];
  if (taken.length === 1) return withoutRange(from, taken[0] as NumberRange);
  const left: NumberRange[] = [];
  let at = 0;
  for (const range of from) {
    let { begin } = range;
    while (at < taken.length && (taken[at] as NumberRange).end < begin) at++;
    for (let next = at; next < taken.length && (taken[next] as NumberRange).begin <= range.end; next++) {
      const cut = taken[next] as NumberRange;
      if (begin < cut.begin) left.push({ begin, end: cut.begin - 1 });
      begin = Math.max(begin, cut.end + 1);
    }
    if (begin === range.begin) left.push(range);
    else if (begin <= range.end) left.push({ begin, end: range.end });
  }
  return left;
};

/** Whether one ascending list has every number of another. */
export const holdsRanges = (whole: readonly NumberRange[], part: readonly NumberRange[]): boolean =>
  whole === part ||
  part.every(({ begin, end }) => {
    const range = whole[firstEndingFrom(whole, begin)];
    return range !== undefined && range.begin <= begin && range.end >= end;
  });
