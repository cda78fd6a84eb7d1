import type { BackoffLimits } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { pauses } from '../base/pauses.ts';
import type { Random } from '../base/random.ts';
import { type FailureName, failureOf, requestFailure } from './failure.ts';
import type { ZooKeeperSession } from './session-contract.ts';

const REFUSED: BackoffLimits = { initialMs: 200, maxMs: 10_000 };
/** Pause after a connection that ended before the answer. */
const LOST: BackoffLimits = { initialMs: 10, maxMs: 2_000 };

export interface PersistOptions<T> {
  readonly session: ZooKeeperSession;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Names the work in the log and in the failure. */
  readonly what: string;
  /** The only session in which the work makes sense; undefined for any. */
  readonly sessionId?: string | undefined;
  /** Failures that a retry cannot mend; default none. */
  readonly final?: readonly FailureName[];
  readonly signal?: AbortSignal;
  readonly run: () => Promise<T>;
}

/**
 * Runs requests until they succeed: after a lost connection it waits until connected, and it always pauses before a
 * retry. Rejects with a final failure, with SESSION_EXPIRED when the session is over, or with the signal's reason.
 */
export async function persist<T>(options: PersistOptions<T>): Promise<T> {
  const { session, clock, random, log, what, sessionId, final = [], signal, run } = options;
  const afterRefusal = pauses({ clock, random, limits: REFUSED, signal });
  const afterLoss = pauses({ clock, random, limits: LOST, signal });
  for (;;) {
    await untilConnected(options);
    try {
      return await run();
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined || final.includes(failure)) throw error;
      const isLoss = failure === 'CONNECTION_LOSS' || (sessionId !== undefined && session.id() !== sessionId);
      if (!isLoss) log.warn({ what, error: messageOf(error) }, 'ZooKeeper refused; trying again');
      await (isLoss ? afterLoss : afterRefusal).next();
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
