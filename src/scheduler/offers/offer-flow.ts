import { type BackoffLimits, nextBackoff } from '../../base/backoff.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { Counters } from '../metrics/counters.ts';

export interface OfferFlowOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly counters: Pick<Counters, 'gauge'>;
  readonly calls: {
    /** Tell Mesos to stop offers, or to send them again. False when the call did not get through. */
    suppress(): Promise<boolean>;
    revive(): Promise<boolean>;
  };
  /** Offers are suppressed when no task has been pending for this long. */
  readonly idleDelayMs: number;
  /** Whether a task is waiting for an offer. */
  pending(): boolean;
  /**
   * Returns our offers to Mesos. `sinceMs` (monotonic) is when Mesos began to offer; undefined when that was just now.
   */
  giveBack(sinceMs: number | undefined): void;
}

/** Suppresses offers while no task is pending, so that other frameworks can have what we do not need. */
export interface OfferFlow {
  /** Call when the answer of `pending` may have changed. */
  changed(): void;
  /** Call when somebody wants to know what is free: has Mesos send offers for a moment, if it does not already. */
  ask(): void;
  /** Call when a session has begun; Mesos then sends offers. */
  subscribed(): void;
  disconnected(): void;
}

/**
 * How long offers flow for somebody who only looks. Mesos sends them at once or with its next allocation, within a
 * second.
 */
const LOOK_MS = 5_000;

const RETRY: BackoffLimits = { initialMs: 1_000, maxMs: 60_000 };

/** Makes one call at a time, so that Mesos gets them in order. REVIVE is retried as long as the session lasts. */
export function offerFlow(options: OfferFlowOptions): OfferFlow {
  const { calls, clock, random } = options;
  /** Whether Mesos sends offers. Also 'off' after a SUPPRESS that may not have arrived; undefined without a session. */
  let flow: 'on' | 'off' | undefined;
  let session = 0;
  let calling = false;
  /** Whether offers flow only because of `ask`. */
  let looking = false;
  let onSinceMs = 0;
  let idle: Timer | undefined;
  let retry: Timer | undefined;
  let retryMs = 0;
  options.counters.gauge('offers_suppressed', () => (flow === 'off' ? 1 : 0));

  /** Makes a call. Resolves to undefined when its session has ended meanwhile. */
  const call = async (how: () => Promise<boolean>): Promise<boolean | undefined> => {
    const during = session;
    calling = true;
    const sent = await how();
    calling = false;
    return during === session ? sent : undefined;
  };
  const suppress = async () => {
    const offered = clock.monotonicMs() - onSinceMs >= LOOK_MS;
    const sent = await call(calls.suppress);
    if (sent !== undefined) {
      flow = 'off';
      looking = false;
      if (!options.pending()) options.giveBack(offered ? onSinceMs : undefined);
    }
    changed();
  };
  const revive = async () => {
    const sent = await call(calls.revive);
    if (sent) {
      flow = 'on';
      onSinceMs = clock.monotonicMs();
      retryMs = 0;
    } else if (sent === false) {
      retryMs = nextBackoff(RETRY, retryMs, random);
      retry = clock.after(retryMs, () => {
        retry = undefined;
        changed();
      });
    }
    changed();
  };
  const changed = () => {
    if (flow === undefined || calling) return;
    if (options.pending()) {
      looking = false;
      idle?.cancel();
      idle = undefined;
      if (flow === 'off' && !retry) void revive();
    } else if (flow === 'on')
      idle ??= clock.after(looking ? Math.min(LOOK_MS, options.idleDelayMs) : options.idleDelayMs, () => {
        idle = undefined;
        void suppress();
      });
  };
  const begin = (next: 'on' | undefined) => {
    session++;
    flow = next;
    looking = false;
    onSinceMs = clock.monotonicMs();
    retryMs = 0;
    idle?.cancel();
    retry?.cancel();
    idle = undefined;
    retry = undefined;
    changed();
  };
  return {
    changed,
    ask() {
      if (flow !== 'off' || calling || retry) return;
      looking = true;
      void revive();
    },
    subscribed: () => begin('on'),
    disconnected: () => begin(undefined),
  };
}
