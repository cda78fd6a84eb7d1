import type { Clock } from '../../base/clock.ts';

/** Allows so many events per second; after a quiet time, a second's worth of them at once. */
export interface RateLimit {
  /** Takes up to `wanted` permits. @returns how many it got. */
  take(wanted: number): number;
  /** Milliseconds until the next permit. */
  waitMs(): number;
}

export function rateLimit(clock: Clock, perSecond: number): RateLimit {
  const most = Math.max(1, perSecond);
  let permits = most;
  let atMs = clock.monotonicMs();
  const refill = () => {
    const nowMs = clock.monotonicMs();
    permits = Math.min(most, permits + ((nowMs - atMs) * perSecond) / 1000);
    atMs = nowMs;
  };
  return {
    take(wanted) {
      refill();
      const taken = Math.min(wanted, Math.floor(permits));
      permits -= taken;
      return taken;
    },
    waitMs() {
      refill();
      return permits >= 1 ? 0 : ((1 - permits) * 1000) / perSecond;
    },
  };
}
