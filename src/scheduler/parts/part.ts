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
 * One thing that a leading scheduler does: placing tasks, taking backups, driving updates. It is made before Mesos
 * knows this scheduler and does nothing yet; its flags and what else it needs are arguments of its maker. The order of
 * calls is: the maker, `start` at most once, `close` exactly once.
 */
export interface Part {
  /** The calls of the API that it answers. Two parts never answer the same one. */
  readonly handlers?: Handlers;
  /** This scheduler leads and Mesos knows it: timers, listening to events, going on with what an earlier leader began. */
  start?(): void;
  /** Mesos announces that agents will be unavailable. */
  inverseOffered?(offers: readonly InverseOffer[]): void;
  /** Mesos takes one of these announcements back. */
  inverseRescinded?(offerId: string): void;
  /** Afterwards nothing happens by itself any more, also when the part was never started. */
  close?(): void;
}

/** What every part works with. Events are told when they are durable, in the order of the commits. */
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
