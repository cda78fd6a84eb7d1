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

/**
 * Pieces of work that arrive together share turns of the event loop, in the order in which they came: as many in one as
 * are `most` together, and one at least. What it returns for a piece of that size is to be awaited before the piece
 * begins; undefined means at once.
 */
export function sharedTurns(most: number): (size: number) => Promise<void> | undefined {
  let turn: { readonly start: Promise<void> | undefined; used: number } | undefined;
  let end: Promise<void> | undefined;
  const open = () => {
    const mine = { start: turn && end, used: 0 };
    turn = mine;
    end = (mine.start ?? Promise.resolve()).then(yieldTurn);
    void end.then(() => {
      if (turn === mine) turn = undefined;
    });
    return mine;
  };
  return (size) => {
    const mine = turn && turn.used + size <= most ? turn : open();
    mine.used += size;
    return mine.start;
  };
}
