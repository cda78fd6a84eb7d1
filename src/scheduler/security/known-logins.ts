import { hash, randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';

/** Remembers for a while what was found out about credentials, without storing the credentials themselves. */
export interface KnownLogins<T> {
  get(credentials: string): T | undefined;
  /** @param untilMs when to forget it, on the monotonic clock; it is forgotten after ten minutes at the latest. */
  set(credentials: string, value: T, untilMs?: number): void;
}

const LONGEST_MS = 600_000;
const MOST = 10_000;

/**
 * Stores digests under a random key that exists only in this process, so that a dump cannot be used to guess passwords.
 */
export function knownLogins<T>(clock: Clock): KnownLogins<T> {
  // A secret prefix of fixed length is enough, because nobody ever sees a digest; an HMAC costs five times as much.
  const secret = randomBytes(32).toString('base64');
  const digest = (text: string) => hash('sha256', secret + text, 'base64');
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
