import { turnsOfLoop } from './loop-turns.ts';

/** A scheduled call that can be cancelled. Cancelling it twice, or after it ran, does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * The product's only source of time: everything that waits or takes a timestamp is given a clock, so that tests and the
 * simulation can control time.
 */
export interface Clock {
  /** Milliseconds since the epoch; may jump when the machine's clock is set. For timestamps only. */
  nowMs(): number;
  /** Milliseconds from an arbitrary start; never goes back. For durations and deadlines. */
  monotonicMs(): number;
  /**
   * Runs `task` once after `delayMs` (at least 0; longer than 24 days is allowed). Without a delay it takes its turn
   * with all other work that waits for one (`loop-turns.ts`).
   */
  after(delayMs: number, task: () => void): Timer;
  /** How long this turn of the event loop has been at work, in milliseconds; a clock without it counts as 0. */
  busyMs?(): number;
}

/** setTimeout takes a signed 32 bit delay and fires at once beyond it. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

function systemTimer(delayMs: number, task: () => void): Timer {
  if (delayMs <= 0) {
    // setTimeout would wait for a millisecond.
    return { cancel: turnsOfLoop.next(task) };
  }
  let handle: NodeJS.Timeout;
  const arm = (leftMs: number) => {
    const stepMs = Math.min(leftMs, LONGEST_TIMEOUT_MS);
    handle = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : task()), stepMs);
  };
  arm(delayMs);
  return { cancel: () => clearTimeout(handle) };
}

/** The machine's clock and the event loop's timers. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: systemTimer,
  busyMs: turnsOfLoop.busyMs,
};

/** Resolves after `delayMs`; rejects with the signal's reason when `signal` fires first. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** Resolves to whether `work` settled within `limitMs`; rejects if `work` rejects in time. Late work is not cancelled. */
export async function settledWithin(clock: Clock, limitMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: Timer | undefined;
  const late = new Promise<false>((resolve) => {
    timer = clock.after(limitMs, () => resolve(false));
  });
  try {
    return await Promise.race([work.then(() => true as const), late]);
  } finally {
    timer?.cancel();
  }
}
