import { type BackoffLimits, nextBackoff } from '../../base/backoff.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { Counters } from '../metrics/counters.ts';

export interface OfferFlowOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly counters: Pick<Counters, 'gauge'>;
  readonly calls: {
    /** Asks Mesos for no more offers, or for offers again; false when the call did not get through. */
    suppress(): Promise<boolean>;
    revive(): Promise<boolean>;
  };
  /** Nothing has been pending for this long: then offers are of no use. */
  readonly idleDelayMs: number;
  /** Whether some task waits for an offer. */
  pending(): boolean;
  /** Gives back the offers that we hold; `sinceMs` (monotonic) is when Mesos began to offer, undefined when just now. */
  giveBack(sinceMs: number | undefined): void;
}

/** Turns the stream of offers off while no task is pending, so that other frameworks have what we do not need. */
export interface OfferFlow {
  /** What `pending` says may have changed. */
  changed(): void;
  /** Somebody wants to know what is free: has Mesos offer it for a moment, if it does not already. */
  ask(): void;
  /** A session has begun: Mesos sends offers. */
  subscribed(): void;
  disconnected(): void;
}

/** How long offers flow for somebody who only looks. Mesos makes them at once, or with its next allocation, within a second. */
const LOOK_MS = 5_000;

const RETRY: BackoffLimits = { initialMs: 1_000, maxMs: 60_000 };

/** One call at a time, so that Mesos hears them in order. REVIVE is tried again while the session lasts. */
export function offerFlow(options: OfferFlowOptions): OfferFlow {
  const { calls, clock, random } = options;
  /** What Mesos does, or, after a SUPPRESS that may not have arrived, may do; undefined without a session. */
  let flow: 'on' | 'off' | undefined;
  let session = 0;
  let calling = false;
  /** Offers flow because of `ask` alone. */
  let looking = false;
  let onSinceMs = 0;
  let idle: Timer | undefined;
  let retry: Timer | undefined;
  let retryMs = 0;
  options.counters.gauge('offers_suppressed', () => (flow === 'off' ? 1 : 0));

  /** Makes a call; undefined when the session that it was for is over. */
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
