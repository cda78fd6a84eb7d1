import type { JobUpdateKey } from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { ReadStores, WriteStores } from '../storage/index.ts';
import { jobUpdateKeyText } from '../storage/keys.ts';

/** Pulses: an update with a pulse timeout continues only as long as a client keeps sending them. */
export interface Pulses {
  /** Records a pulse that came just now. */
  came(tx: WriteStores, key: JobUpdateKey): void;
  /** Milliseconds until the pulses count as stopped, 0 when they have; undefined when the update needs none. */
  leftMs(stores: ReadStores, key: JobUpdateKey): number | undefined;
  forget(key: JobUpdateKey): void;
}

/**
 * The time of the last pulse is stored. While this scheduler leads, it measures the time since then by the monotonic
 * clock, which nobody can set.
 */
export function pulses(clock: Clock): Pulses {
  const deadlines = new Map<string, number>();
  const timeoutMs = (stores: ReadStores, key: JobUpdateKey) =>
    stores.jobUpdates.update(key)?.instructions.settings.blockIfNoPulsesAfterMs ?? 0;
  const deadlineOf = (stores: ReadStores, key: JobUpdateKey, lastMs: number): number => {
    const text = jobUpdateKeyText(key);
    const known = deadlines.get(text);
    if (known !== undefined) return known;
    const waitMs = timeoutMs(stores, key);
    const leftMs = Math.max(0, Math.min(waitMs, lastMs + waitMs - clock.nowMs()));
    const deadline = clock.monotonicMs() + leftMs;
    deadlines.set(text, deadline);
    return deadline;
  };
  return {
    came(tx, key) {
      tx.jobUpdates.savePulse(key, clock.nowMs());
      deadlines.set(jobUpdateKeyText(key), clock.monotonicMs() + timeoutMs(tx, key));
    },
    leftMs(stores, key) {
      if (timeoutMs(stores, key) <= 0) return undefined;
      const lastMs = stores.jobUpdates.lastPulseMs(key);
      if (lastMs === undefined) return 0;
      return Math.max(0, deadlineOf(stores, key, lastMs) - clock.monotonicMs());
    },
    forget: (key) => void deadlines.delete(jobUpdateKeyText(key)),
  };
}
