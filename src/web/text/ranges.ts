/** The numbers of a list such as `0-4, 7`, ascending and each once; undefined for anything else. */
export function parseRanges(text: string): readonly number[] | undefined {
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const [, low = '', high = low] = /^\s*(\d{1,7})\s*(?:-\s*(\d{1,7})\s*)?$/.exec(part) ?? [];
    const [from, to] = [Number(low), Number(high)];
    if (low === '' || to < from || to - from >= MOST) return undefined;
    for (let number = from; number <= to; number++) numbers.add(number);
  }
  return [...numbers].sort((a, b) => a - b);
}

/** The most numbers in one range; no job has more instances. */
const MOST = 100_000;

/** The reverse: numbers as text, such as `0-4,7`. */
export function rangesText(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < numbers.length; ) {
    let end = at;
    while (numbers[end + 1] === (numbers[end] as number) + 1) end++;
    parts.push(end === at ? `${numbers[at]}` : `${numbers[at]}-${numbers[end]}`);
    at = end + 1;
  }
  return parts.join(',');
}
