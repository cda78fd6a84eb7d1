import { writeSync } from 'node:fs';

/** What a test process tells the runner, one JSON text a line on the file descriptor in AURORA_TEST_REPORT. */
export type Report =
  | { readonly kind: 'passed' | 'failed'; readonly suite: string; readonly test: string; readonly ms: number }
  | { readonly kind: 'count'; readonly what: string; readonly cases: number }
  | { readonly kind: 'leak'; readonly what: string };

let failures = 0;

/** How many failures and leaks this process has reported; uvu itself forgets a hook that throws, and a lost rejection. */
export const failuresSoFar = (): number => failures;

/** Only counts when a test file is run by hand. */
export function report(entry: Report): void {
  if (entry.kind === 'failed' || entry.kind === 'leak') failures++;
  const fd = process.env.AURORA_TEST_REPORT;
  if (fd !== undefined) writeSync(Number(fd), `${JSON.stringify(entry)}\n`);
}
