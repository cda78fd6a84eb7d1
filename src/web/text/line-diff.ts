/** A line of a comparison: ' ' in both texts, '-' only in the first, '+' only in the second. */
export type LineChange = readonly [sign: ' ' | '-' | '+', line: string];

/** If the table would have more cells than this, the differing parts are shown one after the other. */
const LARGEST_TABLE = 2_000_000;

/** Compares two texts line by line with as few changes as possible. */
export function lineChanges(before: readonly string[], after: readonly string[]): readonly LineChange[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end++;
  const same = (line: string): LineChange => [' ', line];
  return [
    ...before.slice(0, start).map(same),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
}

function middle(before: readonly string[], after: readonly string[]): readonly LineChange[] {
  const gone = before.map((line): LineChange => ['-', line]);
  const come = after.map((line): LineChange => ['+', line]);
  if (before.length * after.length > LARGEST_TABLE) return [...gone, ...come];
  const width = after.length + 1;
  /** Length of the longest common subsequence of what follows each pair of positions. */
  const common = new Uint32Array((before.length + 1) * width);
  const at = (a: number, b: number): number => common[a * width + b] ?? 0;
  for (let a = before.length - 1; a >= 0; a--)
    for (let b = after.length - 1; b >= 0; b--)
      common[a * width + b] =
        before[a] === after[b] ? at(a + 1, b + 1) + 1 : Math.max(at(a + 1, b), at(a, b + 1));
  const lines: LineChange[] = [];
  let [a, b] = [0, 0];
  while (a < before.length && b < after.length) {
    if (before[a] === after[b]) {
      lines.push([' ', before[a] as string]);
      a++;
      b++;
    } else if (at(a + 1, b) >= at(a, b + 1)) lines.push(gone[a++] as LineChange);
    else lines.push(come[b++] as LineChange);
  }
  return [...lines, ...gone.slice(a), ...come.slice(b)];
}

/** The lines of a value as JSON; strings of several lines, such as commands, are broken into their lines. */
export function jsonLines(value: unknown): readonly string[] {
  return JSON.stringify(value, undefined, 2)
    .split('\n')
    .flatMap((line) => {
      const found = /^(\s*)(.*"(?:[^"\\]|\\.)*\\n(?:[^"\\]|\\.)*".*)$/.exec(line);
      if (!found) return [line];
      const [, indent = '', text = ''] = found;
      return text.split('\\n').map((part, at) => (at === 0 ? `${indent}${part}` : `${indent}    ${part}`));
    });
}

/** Replaces equal lines that are more than `context` lines away from any change by their number. */
export function folded(lines: readonly LineChange[], context = 3): readonly (LineChange | number)[] {
  const near = new Uint8Array(lines.length);
  for (const [at, [sign]] of lines.entries()) {
    if (sign === ' ') continue;
    near.fill(1, Math.max(0, at - context), at + context + 1);
  }
  const shown: (LineChange | number)[] = [];
  for (const [at, line] of lines.entries()) {
    if (near[at]) shown.push(line);
    else if (typeof shown.at(-1) === 'number') shown[shown.length - 1] = (shown.at(-1) as number) + 1;
    else shown.push(1);
  }
  return shown;
}
