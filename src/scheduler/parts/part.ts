import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import type { InverseOffer } from '../../mesos/index.ts';
import type { Handlers } from '../http/rpc/outcome.ts';
import type { MesosCalls } from '../mesos/mesos-calls.ts';
import type { Counters } from '../metrics/counters.ts';
import type { StateEvents, StateManager } from '../state/index.ts';
import type { Storage } from '../storage/index.ts';

/**
 * One job of a leading scheduler: placing tasks, taking backups, driving updates. It is made before Mesos knows this
 * scheduler, and does nothing yet; its maker takes flags and everything else it needs. Call order: the maker, `start`
 * at most once, `close` exactly once.
 */
export interface Part {
  /** The API calls that the part answers. No two parts answer the same call. */
  readonly handlers?: Handlers;
  /** This scheduler leads and Mesos knows it: start timers, listen to events, continue what an earlier leader began. */
  start?(): void;
  /** Called when Mesos announces that agents will be unavailable. */
  inverseOffered?(offers: readonly InverseOffer[]): void;
  /** Called when Mesos withdraws such an announcement. */
  inverseRescinded?(offerId: string): void;
  /** Stops the part, even one that was never started; nothing happens by itself after that. */
  close?(): void;
}

/** What every part works with. Events are published once they are durable, in the order of the commits. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly counters: Counters;
  readonly storage: Storage;
  readonly state: StateManager;
  readonly events: StateEvents;
  readonly calls: MesosCalls;
}
