import { type BackoffLimits, nextBackoff } from './backoff.ts';
import { type Clock, sleep } from './clock.ts';
import type { Random } from './random.ts';

export interface PausesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: BackoffLimits;
  /** Ends a pause, which rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The pauses of one loop that tries something again. */
export interface Pauses {
  /** To be awaited before each further attempt; the first is the shortest. Resolves with its length. */
  next(): Promise<number>;
  /** It went well: the next pause is a short one again. */
  reset(): void;
}

/**
 * What every loop that tries again waits by: a failure that comes at once would otherwise keep the process busy for good,
 * with no turn left for what could end it. `npm run check` refuses a loop that tries again without a pause.
 */
export function pauses({ clock, random, limits, signal }: PausesOptions): Pauses {
  let lastMs = 0;
  return {
    async next() {
      lastMs = nextBackoff(limits, lastMs, random);
      await sleep(clock, lastMs, signal);
      return lastMs;
    },
    reset() {
      lastMs = 0;
    },
  };
}
