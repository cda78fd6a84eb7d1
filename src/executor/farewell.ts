import type { Clock, Timer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Companion } from './companion.ts';

/** Calls the companions' `leave` one after the other, all under one deadline. */
export interface Farewell {
  /** Begins, or moves the deadline earlier. Calls `done` once when all have left or time is up, possibly at once. */
  begin(deadlineMs: number, done: () => void): void;
}

/** @param companions in the order in which they leave */
export function farewell(companions: readonly Companion[], clock: Clock, log: Logger): Farewell {
  const leaving = companions.filter(({ leave }) => leave !== undefined);
  const waiting: (() => void)[] = [];
  let untilMs = Number.POSITIVE_INFINITY;
  let limit: Timer | undefined;
  let begun = false;
  let over = leaving.length === 0;

  const finish = () => {
    over = true;
    limit?.cancel();
    for (const done of waiting.splice(0)) done();
  };
  const leftMs = () => Math.max(0, untilMs - clock.monotonicMs());
  const next = (at: number) => {
    const companion = leaving[at];
    if (over) return;
    if (!companion) return finish();
    const step = async () => companion.leave?.(leftMs());
    step()
      .catch((error) => log.warn({ companion: companion.name, error: messageOf(error) }, 'left badly'))
      .then(() => next(at + 1));
  };

  return {
    begin(deadlineMs, done) {
      if (over) return done();
      waiting.push(done);
      untilMs = Math.min(untilMs, deadlineMs);
      limit?.cancel();
      limit = clock.after(leftMs(), finish);
      if (begun) return;
      begun = true;
      next(0);
    },
  };
}
