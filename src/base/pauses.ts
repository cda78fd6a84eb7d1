import { type BackoffLimits, nextBackoff } from './backoff.ts';
import { type Clock, sleep } from './clock.ts';
import type { Random } from './random.ts';

export interface PausesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: BackoffLimits;
  /** Aborts a pause; the pause then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The pauses between the attempts of one retry loop. */
export interface Pauses {
  /** Await this before each further attempt; the first pause is the shortest. Resolves to the length in milliseconds. */
  next(): Promise<number>;
  /** Call this after a success: the next pause is a short one again. */
  reset(): void;
}

/**
 * Makes the pauses of a retry loop. Every retry loop must use them: when its attempts fail at once, a loop without pauses
 * keeps the process busy for good and nothing else, not even a stop, gets a turn. `npm run check` refuses such loops.
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
