import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How fast the machine was in the minute of a figure: what makes figures of two machines, or hours, comparable. */
export interface MachineFactor {
  /** JSON.parse and JSON.stringify of one TaskInfo. */
  readonly jsonUs: number;
  /** A write of 4 kB with its fdatasync. */
  readonly syncUs: number;
  /** Four bytes there and back over loopback. */
  readonly roundTripUs: number;
}

const FRESH_MS = 60_000;
const MEASURE = fileURLToPath(new URL('./measure.js', import.meta.url));

let last: { readonly factor: MachineFactor; readonly atMs: number } | undefined;

/** Measured at most a minute ago; takes a third of a second when it is due, in which this process waits. */
export function machineFactor(): MachineFactor {
  if (last && performance.now() - last.atMs < FRESH_MS) return last.factor;
  const { status, stdout, stderr } = spawnSync(process.execPath, [MEASURE], {
    encoding: 'utf8',
    timeout: FRESH_MS,
  });
  if (status !== 0) throw new Error(`the machine could not be measured: ${stderr}`);
  last = { factor: JSON.parse(stdout) as MachineFactor, atMs: performance.now() };
  return last.factor;
}
