import { type BackoffLimits, nextBackoff } from '../base/backoff.ts';
import { type Clock, sleep } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { type FailureName, failureOf, requestFailure } from './failure.ts';
import type { ZooKeeperSession } from './session.ts';

const RETRY: BackoffLimits = { initialMs: 200, maxMs: 10_000 };

export interface PersistOptions<T> {
  readonly session: ZooKeeperSession;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** For the log and for the failure. */
  readonly what: string;
  /** The only session that it makes sense in; undefined for any. */
  readonly sessionId?: string | undefined;
  /** Failures that trying again does not mend; default none. */
  readonly final?: readonly FailureName[];
  readonly signal?: AbortSignal;
  readonly run: () => Promise<T>;
}

/**
 * Runs requests until they succeed: again as soon as a lost connection is back, after a backoff otherwise. Rejects with a
 * final failure, with SESSION_EXPIRED when the session is over, or with the signal's reason.
 */
export async function persist<T>(options: PersistOptions<T>): Promise<T> {
  const { session, clock, random, log, what, sessionId, final = [], signal, run } = options;
  let waitMs = 0;
  for (;;) {
    await untilConnected(options);
    try {
      return await run();
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined || final.includes(failure)) throw error;
      if (failure === 'CONNECTION_LOSS') continue;
      if (sessionId !== undefined && session.id() !== sessionId) continue;
      waitMs = nextBackoff(RETRY, waitMs, random);
      log.warn({ what, error: messageOf(error), waitMs }, 'ZooKeeper refused; trying again');
      await sleep(clock, waitMs, signal);
    }
  }
}

const untilConnected = ({
  session,
  sessionId,
  what,
  signal,
}: Pick<PersistOptions<unknown>, 'session' | 'sessionId' | 'what' | 'signal'>): Promise<void> =>
  new Promise((resolve, reject) => {
    let leave = () => {};
    const look = () => {
      const state = session.state();
      const isOver = state === 'closed' || (sessionId !== undefined && session.id() !== sessionId);
      if (signal?.aborted) reject(signal.reason);
      else if (isOver) reject(requestFailure('SESSION_EXPIRED', what, `the session is ${state}`));
      else if (state === 'connected') resolve();
      else return;
      leave();
    };
    const unsubscribe = session.onState(look);
    signal?.addEventListener('abort', look);
    leave = () => {
      unsubscribe();
      signal?.removeEventListener('abort', look);
    };
    look();
  });
