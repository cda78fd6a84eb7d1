import type { Clock } from '../../base/clock.ts';
import type { Veto } from './veto.ts';

/** How long the best fit that was seen for a group is remembered. */
const EXPIRY_MS = 600_000;

/** The vetoes of the offer that came nearest to fitting, for each group. */
export interface NearestFit {
  /** Called when an offer was judged for the group and did not fit. */
  vetoed(group: object, vetoes: readonly Veto[]): void;
  of(group: object): readonly Veto[];
  /** Called when a task of the group was placed or is gone: what was seen before says nothing about the remaining tasks. */
  forget(group: object): void;
}

/** Keeps the vetoes with the lowest score: until they are forgotten, they are only replaced by those of a better fit. */
export function nearestFit(clock: Clock): NearestFit {
  const best = new WeakMap<object, { vetoes: readonly Veto[]; score: number; untilMs: number }>();
  const live = (group: object) => {
    const seen = best.get(group);
    return seen && seen.untilMs > clock.monotonicMs() ? seen : undefined;
  };
  return {
    vetoed(group, vetoes) {
      const score = vetoes.reduce((sum, veto) => sum + veto.score, 0);
      const seen = live(group);
      if (seen && seen.score <= score) return;
      best.set(group, { vetoes, score, untilMs: clock.monotonicMs() + EXPIRY_MS });
    },
    of: (group) => live(group)?.vetoes ?? [],
    forget: (group) => void best.delete(group),
  };
}
