import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';

/** Remembers for a while what was found out about credentials, without keeping them. */
export interface KnownLogins<T> {
  get(credentials: string): T | undefined;
  /** @param untilMs of the monotonic clock, when it must be found out again; at most ten minutes count. */
  set(credentials: string, value: T, untilMs?: number): void;
}

const LONGEST_MS = 600_000;
const MOST = 10_000;

/** The key of the digest lives and dies with the process: nothing can be tried out against what is remembered. */
export function knownLogins<T>(clock: Clock): KnownLogins<T> {
  const secret = randomBytes(32);
  const digest = (text: string) => createHmac('sha256', secret).update(text).digest('base64');
  const known = new Map<string, { readonly value: T; readonly untilMs: number }>();
  return {
    get(credentials) {
      const key = digest(credentials);
      const entry = known.get(key);
      if (entry && entry.untilMs <= clock.monotonicMs()) known.delete(key);
      else return entry?.value;
      return undefined;
    },
    set(credentials, value, untilMs = Number.POSITIVE_INFINITY) {
      if (known.size >= MOST) known.delete(known.keys().next().value as string);
      known.set(digest(credentials), {
        value,
        untilMs: Math.min(untilMs, clock.monotonicMs() + LONGEST_MS),
      });
    },
  };
}
