import type { Clock } from '../../../base/clock.ts';

/** So long may a reader keep the event loop. */
const SLICE_MS = 5;

/** To be awaited between steps: lets other work of the process have its turn when this one has run for a while. */
export function turns(clock: Clock): () => Promise<void> | undefined {
  let sinceMs = clock.monotonicMs();
  return () => {
    if (clock.monotonicMs() - sinceMs < SLICE_MS) return undefined;
    return new Promise((resolve) =>
      setImmediate(() => {
        sinceMs = clock.monotonicMs();
        resolve();
      }),
    );
  };
}
