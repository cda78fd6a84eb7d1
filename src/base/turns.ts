import type { Clock } from './clock.ts';
import { turnsOfLoop } from './loop-turns.ts';

/** How long one piece of work may hold the event loop by default. */
const SLICE_MS = 3;

/** Lets everything else that is waiting run first. */
export const yieldTurn = (): Promise<void> => new Promise((resolve) => void turnsOfLoop.next(resolve));

/** Returns a function to await between steps: after `sliceMs` of work it lets other work of the process run. */
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
 * Limits how much work starts in one turn of the event loop. The returned function takes the size of a piece and
 * returns what to await before starting it; undefined means that it may start at once. Pieces start in order; each turn
 * takes pieces up to a total size of `most`, and always at least one.
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
