import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Offer } from '../../mesos/index.ts';
import type { Counters } from '../metrics/counters.ts';
import type { StateManager } from '../state/index.ts';
import type { Storage } from '../storage/index.ts';
import { knownAgents, type OfferAndAgent } from './known-agents.ts';
import type { OfferBook } from './offer-book.ts';

export interface OfferArrivalOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly storage: Storage;
  readonly state: StateManager;
  readonly book: OfferBook;
  readonly counters: Pick<Counters, 'add'>;
  /** Called with offers that have just been added to the book. */
  offered(offers: readonly Offer[]): void;
}

/** Takes new offers into the book. */
export interface OfferArrival {
  arrived(offers: readonly Offer[]): void;
  rescinded(offerId: string): void;
  /** Called when an agent has left the cluster. */
  agentGone(agentId: string): void;
  /** Whether so many wait that further ones should wait where they come from. */
  isFull(): boolean;
  /** Called when the session ends: offers that are not in the book yet are void. */
  forget(): void;
}

/** After a subscription Mesos offers all agents in one event; taking in this many offers takes a few milliseconds. */
const OFFERS_AT_A_TIME = 250;
/** With so many on their way the next ones wait at the master. */
const MOST_WAITING = 4 * OFFERS_AT_A_TIME;

/** Saves the attributes of the hosts, then adds the offers to the book; in portions when there are many. */
export function offerArrival(options: OfferArrivalOptions): OfferArrival {
  const { book, clock, log, state, storage } = options;
  let waiting: Offer[] = [];
  let timer: Timer | undefined;
  const agents = knownAgents();

  const save = (known: readonly OfferAndAgent[]) => {
    const written = storage.write((tx) => {
      for (const { stored } of known) state.saveHostAttributes(tx, stored);
    });
    written.catch((error) => log.error({ error: messageOf(error) }, 'attributes of hosts were not saved'));
  };
  const takeIn = () => {
    const known = waiting.splice(0, OFFERS_AT_A_TIME).map(agents.know);
    timer = waiting.length > 0 ? clock.after(0, takeIn) : undefined;
    save(known);
    const offers = known.map(({ offer }) => offer);
    book.add(offers);
    options.offered(offers);
  };

  return {
    arrived(offers) {
      for (const offer of offers) waiting.push(offer);
      if (!timer) takeIn();
    },
    rescinded(offerId) {
      const at = waiting.findIndex(({ id }) => id.value === offerId);
      if (at < 0) return book.rescind(offerId);
      waiting.splice(at, 1);
      options.counters.add('offers_rescinded');
    },
    agentGone: agents.forget,
    isFull: () => waiting.length >= MOST_WAITING,
    forget() {
      agents.clear();
      timer?.cancel();
      timer = undefined;
      waiting = [];
    },
  };
}
