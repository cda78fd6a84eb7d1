/** A line of a comparison: ` ` in both texts, `-` only in the first, `+` only in the second. */
export type DiffLine = readonly [sign: ' ' | '-' | '+', line: string];

/** When the table would need more cells than this, the texts are not compared but shown one after the other. */
const LARGEST_TABLE = 1_000_000;

/** Compares two texts line by line, with as few changes as possible. */
export function lineDiff(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  if (before.length * after.length > LARGEST_TABLE)
    return [...before.map((line) => ['-', line] as const), ...after.map((line) => ['+', line] as const)];
  const common = commonLengths(before, after);
  const lines: DiffLine[] = [];
  for (let a = 0, b = 0; a < before.length || b < after.length; ) {
    if (a < before.length && before[a] === after[b]) {
      lines.push([' ', before[a] as string]);
      a++;
      b++;
    } else if (b >= after.length || (a < before.length && common(a + 1, b) >= common(a, b + 1))) {
      lines.push(['-', before[a++] as string]);
    } else {
      lines.push(['+', after[b++] as string]);
    }
  }
  return lines;
}

/** For each pair of positions, the length of the longest common subsequence of the lines that follow them. */
function commonLengths(before: readonly string[], after: readonly string[]) {
  const width = after.length + 1;
  const table = new Uint32Array((before.length + 1) * width);
  for (let a = before.length - 1; a >= 0; a--) {
    for (let b = after.length - 1; b >= 0; b--) {
      table[a * width + b] =
        before[a] === after[b]
          ? (table[(a + 1) * width + b + 1] as number) + 1
          : Math.max(table[(a + 1) * width + b] as number, table[a * width + b + 1] as number);
    }
  }
  return (a: number, b: number): number => table[a * width + b] ?? 0;
}
