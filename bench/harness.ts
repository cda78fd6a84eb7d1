import { appendFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type MachineFactor, machineFactor } from './machine/factor.ts';

/** One measured figure. Two values are only comparable when their `conditions` are equal. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly conditions: string;
}

/** The units of time in microseconds, for expressing durations relative to the machine's speed. */
const US_OF: Readonly<Record<string, number>> = { us: 1, ms: 1e3, s: 1e6 };

const rounded = (value: number): number => Number(value.toPrecision(4));

function machineText({ jsonUs, syncUs, roundTripUs }: MachineFactor): string {
  return `json ${jsonUs} us, sync ${syncUs} us, round trip ${roundTripUs} us`;
}

/**
 * Prints a figure twice: as a line for people, and as a line of JSON for programs, which is also appended to the file
 * BENCH_SAVE if that is set. Both contain how fast the machine was in the same minute; the first also expresses a
 * duration as a multiple of the machine's `json`.
 */
export function figure({ name, value, unit, conditions }: Figure): void {
  const machine = machineFactor();
  const us = US_OF[unit];
  const jsons = us === undefined ? '' : ` = ${rounded((value * us) / machine.jsonUs)} json`;
  const bench = basename(process.argv[1] ?? '', '.ts');
  const line = JSON.stringify({ bench, name, value: rounded(value), unit, conditions, machine });
  console.log(`${name}: ${rounded(value)} ${unit}${jsons} (${conditions}; machine: ${machineText(machine)})`);
  console.log(line);
  const file = process.env.BENCH_SAVE;
  if (file) appendFileSync(file, `${line}\n`);
}

/**
 * The CPU time of this process so far, including its helper threads. On a machine that others use too, it shows what a
 * piece of work costs, while the wall clock shows how long it had to wait.
 */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** The median. Benches report it rather than the mean because machines are noisy. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) throw new Error('median of nothing');
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** The cost of a unit of work at different sizes. */
export interface Curve {
  readonly name: string;
  /** The unit of the cost. */
  readonly unit: string;
  /** What the size counts. */
  readonly of: string;
  readonly costs: readonly { readonly size: number; readonly cost: number }[];
  readonly conditions: string;
}

/**
 * The exponent with which the cost grows with the size, from a straight line through the logarithms: 0 means not at
 * all, 1 means in proportion.
 */
export function exponentOf(costs: Curve['costs']): number {
  const points = costs.map(({ size, cost }) => [Math.log(size), Math.log(cost)] as const);
  const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return over / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

/** Prints the cost at each size and, as the figure NAME_exponent, how it grows. */
export function curve({ name, unit, of, costs, conditions }: Curve): void {
  for (const { size, cost } of costs)
    console.log(`${name} at ${size.toLocaleString('en')} ${of}: ${rounded(cost)} ${unit}`);
  figure({
    name: `${name}_exponent`,
    value: exponentOf(costs),
    unit: 'exponent',
    conditions: `${unit} against ${of}, ${costs.map(({ size }) => size).join(', ')}; ${conditions}`,
  });
}

/** Whether `--curve` asks for the cost at 1, 10 and 100 times the size. */
export const wantsCurve = (): boolean => process.argv.includes('--curve');
