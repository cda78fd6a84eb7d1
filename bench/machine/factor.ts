import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How fast the machine was in the minute of a figure. It makes figures of different machines, or hours, comparable. */
export interface MachineFactor {
  /** The time for JSON.parse and JSON.stringify of one TaskInfo. */
  readonly jsonUs: number;
  /** The time to write 4 kB and wait for fdatasync. */
  readonly syncUs: number;
  /** The round trip of four bytes over loopback. */
  readonly roundTripUs: number;
}

const FRESH_MS = 60_000;
const MEASURE = fileURLToPath(new URL('./measure.js', import.meta.url));

let last: { readonly factor: MachineFactor; readonly atMs: number } | undefined;

/** Returns a measurement that is at most a minute old. A new one takes a third of a second and blocks this process. */
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
