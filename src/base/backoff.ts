import type { Random } from './random.ts';

/** First and largest wait of a backoff, in milliseconds; 0 < initialMs <= maxMs. */
export interface BackoffLimits {
  readonly initialMs: number;
  readonly maxMs: number;
}

/**
 * The next wait of a truncated binary backoff: between one and two times the last one, drawn at random so that
 * many waiters spread out. Pass 0 for the first wait.
 * Source: the original's TruncatedBinaryBackoff (scheduling penalty, flapping, kill retry, re-subscription).
 */
export function nextBackoff(limits: BackoffLimits, lastMs: number, random: Random): number {
  const half = lastMs === 0 ? limits.initialMs : lastMs;
  return Math.min(limits.maxMs, half + Math.round(random.next() * half));
}
