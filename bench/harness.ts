/** One measured figure; `conditions` says what has to be equal for two values to be comparable. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly conditions: string;
}

/** Prints a figure twice: a line for a person, and the same as one line of JSON for a program. */
export function figure({ name, value, unit, conditions }: Figure): void {
  const rounded = Number(value.toPrecision(4));
  console.log(`${name}: ${rounded} ${unit} (${conditions})`);
  console.log(JSON.stringify({ name, value: rounded, unit, conditions }));
}

/** The middle value; benches report it rather than the mean, because the machines are noisy. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) throw new Error('median of nothing');
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
