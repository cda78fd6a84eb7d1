/** Formats instance numbers as ranges: [5, 0, 1, 2] becomes `0-2, 5`. */
export function rangesText(instances: readonly number[]): string {
  const ranges: { first: number; last: number }[] = [];
  for (const instance of [...instances].sort((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range && range.last + 1 === instance) range.last = instance;
    else ranges.push({ first: instance, last: instance });
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}
