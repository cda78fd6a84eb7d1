import { type BackoffLimits, nextBackoff } from '../../base/backoff.ts';
import { type Clock, sleep } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import { failureOf, type Session } from '../../zookeeper/index.ts';

const RETRY: BackoffLimits = { initialMs: 100, maxMs: 5_000 };

/**
 * Carries `act` out in ZooKeeper, again when the connection was lost on the way: it must do no harm when done twice.
 * Goes on as long as the session is open; rejects when it is closed, and with what else `act` rejects with.
 */
export async function insist<T>(
  { session, clock, random }: { readonly session: Session; readonly clock: Clock; readonly random: Random },
  act: () => Promise<T>,
): Promise<T> {
  let waitMs = 0;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (failureOf(error) !== 'CONNECTION_LOSS' || session.state() === 'closed') throw error;
      waitMs = nextBackoff(RETRY, waitMs, random);
      await connectedOrAfter(session, clock, waitMs);
    }
  }
}

/** Waits for the connection, but not past `waitMs`; while there is one, for `waitMs`. */
async function connectedOrAfter(session: Session, clock: Clock, waitMs: number): Promise<void> {
  const woken = new AbortController();
  const unhear = session.onState(() => woken.abort());
  await sleep(clock, waitMs, woken.signal).catch(() => {});
  unhear();
}
