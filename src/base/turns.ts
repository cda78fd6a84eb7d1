import type { Clock } from './clock.ts';

/** So long may one piece of work keep the event loop unless told otherwise. */
const SLICE_MS = 5;

/** Lets everything that waits have its turn. */
export const yieldTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** To be awaited between steps: lets other work of the process have its turn when this one has run for `sliceMs`. */
export function turns(clock: Clock, sliceMs = SLICE_MS): () => Promise<void> | undefined {
  let sinceMs = clock.monotonicMs();
  return () => {
    if (clock.monotonicMs() - sinceMs < sliceMs) return undefined;
    return yieldTurn().then(() => {
      sinceMs = clock.monotonicMs();
    });
  };
}
