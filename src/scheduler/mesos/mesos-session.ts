import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { InverseOffer, Offer, SchedulerEvent } from '../../mesos/index.ts';
import { counterNames } from '../metrics/counter-names.ts';
import type { Counters } from '../metrics/counters.ts';
import { offerArrival } from '../offers/offer-arrival.ts';
import type { OfferBook } from '../offers/offer-book.ts';
import type { OfferFlow } from '../offers/offer-flow.ts';
import type { Reconciliation } from '../reconciliation/reconciliation.ts';
import type { StateManager } from '../state/index.ts';
import type { Storage } from '../storage/index.ts';
import type { StatusUpdates } from './status-updates.ts';

export interface MesosSessionOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Counters;
  readonly storage: Storage;
  readonly state: StateManager;
  readonly book: OfferBook;
  readonly updates: StatusUpdates;
  readonly reconciliation: Pick<Reconciliation, 'explicit' | 'ofAgent'>;
  readonly flow: Pick<OfferFlow, 'subscribed' | 'disconnected'>;
  /** Called with new offers. */
  offered(offers: readonly Offer[]): void;
  /** Called when Mesos announces that agents will be unavailable. */
  inverseOffered(offers: readonly InverseOffer[]): void;
  /** Called when Mesos withdraws such an announcement. */
  inverseRescinded(offerId: string): void;
  /** Called after every subscription, once the framework id is durable. */
  subscribed(frameworkId: string): void;
}

/** Takes the driver's events for the scheduler. */
export interface MesosSession {
  event(event: SchedulerEvent): void;
  disconnected(): void;
  /** Whether further events should wait until those that came are worked off, which takes milliseconds. */
  isBusy(): boolean;
  /** Drops work that has not finished. */
  close(): void;
}

const eventName = counterNames('mesos_scheduler_event_');

/** Turns the events of Mesos into changes of state, offers and updates. */
export function mesosSession(options: MesosSessionOptions): MesosSession {
  const { book, counters, log, storage } = options;
  const arrival = offerArrival(options);
  let registered = 0;
  let subscriptions = 0;
  counters.gauge('framework_registered', () => registered);

  const subscribed = (frameworkId: string) => {
    if (subscriptions++ > 0) counters.add('scheduler_framework_reregisters');
    registered = 1;
    // A new session voids earlier offers without rescinding them.
    arrival.forget();
    book.clear();
    options.reconciliation.explicit();
    options.flow.subscribed();
    const saved = storage.write((tx) => {
      if (tx.framework.id() !== frameworkId) tx.framework.saveId(frameworkId);
    });
    saved.then(
      () => options.subscribed(frameworkId),
      (error) => log.error({ error: messageOf(error) }, 'the framework id could not be saved'),
    );
  };
  /**
   * Updates of the agent's tasks may or may not follow: after a failover the master does not know the tasks of an agent
   * that never returned, and reports only the agent.
   */
  const agentLost = (agentId: string) => {
    options.reconciliation.ofAgent(agentId);
    book.agentGone(agentId);
    arrival.agentGone(agentId);
    const forgotten = storage.write((tx) => tx.hosts.forget(agentId));
    forgotten.catch((error) => log.error({ error: messageOf(error) }, 'a lost agent could not be removed'));
  };

  return {
    event(event) {
      counters.add(eventName(event.type ?? 'UNKNOWN'));
      switch (event.type) {
        case 'SUBSCRIBED':
          if (event.subscribed) subscribed(event.subscribed.framework_id.value);
          break;
        case 'OFFERS':
          arrival.arrived(event.offers?.offers ?? []);
          break;
        case 'RESCIND':
          if (event.rescind) arrival.rescinded(event.rescind.offer_id.value);
          break;
        case 'INVERSE_OFFERS': {
          const offers = event.inverse_offers?.inverse_offers ?? [];
          counters.add('scheduler_inverse_offers', offers.length);
          if (offers.length > 0) options.inverseOffered(offers);
          break;
        }
        case 'RESCIND_INVERSE_OFFER': {
          const offerId = event.rescind_inverse_offer?.inverse_offer_id.value;
          if (offerId !== undefined) options.inverseRescinded(offerId);
          break;
        }
        case 'UPDATE':
          if (event.update) options.updates.received(event.update.status);
          break;
        case 'FAILURE': {
          const { agent_id: agent, executor_id: executor, status } = event.failure ?? {};
          if (!executor) {
            counters.add('slaves_lost');
            if (agent) agentLost(agent.value);
          } else {
            if (status) counters.add('scheduler_lost_executors');
            // The agent sends the update of the executor's task, but it may be lost before that.
            if (agent) options.reconciliation.ofAgent(agent.value, executor.value);
          }
          log.info({ agent: agent?.value, executor: executor?.value, status }, 'Mesos reports a failure');
          break;
        }
        case 'MESSAGE':
          counters.add('scheduler_framework_message');
          break;
        default:
          break;
      }
    },
    disconnected() {
      if (registered === 0) return;
      registered = 0;
      counters.add('scheduler_framework_disconnects');
      options.flow.disconnected();
      arrival.forget();
      book.clear();
    },
    isBusy: () => options.updates.isFull() || arrival.isFull(),
    close: arrival.forget,
  };
}
