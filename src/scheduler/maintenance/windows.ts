import { messageOf } from '../../base/errors.ts';
import { timerQueue } from '../../base/timer-queue.ts';
import type { InverseOffer } from '../../mesos/index.ts';
import type { FlagSlice } from '../flags/slices.ts';
import type { Part, World } from '../parts/part.ts';
import type { ReadStores } from '../storage/index.ts';
import { DRAINING_MESSAGE, drainableOn } from './drainable.ts';

/** Most tasks drained from a host in one transaction. */
const MOST_TASKS = 200;

/** The host that an inverse offer is about; undefined when we do not know it. */
function hostOf({ hosts }: ReadStores, { agent_id, url }: InverseOffer): string | undefined {
  const ofAgent = agent_id && hosts.ofAgent(agent_id.value)?.host;
  const named = url?.address.hostname;
  return ofAgent ?? (named !== undefined && hosts.get(named) ? named : undefined);
}

const milliseconds = (nanoseconds: number | bigint): number => Number(nanoseconds) / 1e6;

/**
 * Maintenance windows of Mesos. An inverse offer asks whether an agent will be free when its window begins. We accept
 * for every host that we know, and keep the promise: `unavailability_threshold` before the window, when scheduling
 * begins to avoid the host anyway, its tasks are drained whatever their policies say. The host's mode does not change.
 * Source: the original, which however drains only if another inverse offer happens to arrive that late.
 */
export function maintenanceWindows(settings: World & { readonly flags: FlagSlice<'maintaining'> }): Part {
  const { calls, clock, flags, log, state, storage } = settings;
  const timers = timerQueue(clock);
  /** The timer for each accepted inverse offer, by its id. */
  const planned = new Map<string, { cancel(): void }>();

  const empty = async (host: string) => {
    for (;;) {
      const taken = await storage.write((tx) => {
        const tasks = drainableOn(tx, host).slice(0, MOST_TASKS);
        for (const { assignedTask } of tasks)
          state.changeState(tx, { taskId: assignedTask.taskId, to: 'DRAINING', message: DRAINING_MESSAGE });
        return tasks.length;
      });
      if (taken < MOST_TASKS) return;
    }
  };
  const plan = (offerId: string, host: string, { start, duration }: InverseOffer['unavailability']) => {
    const startMs = milliseconds(start.nanoseconds);
    const endMs = duration ? startMs + milliseconds(duration.nanoseconds) : Number.POSITIVE_INFINITY;
    const nowMs = clock.nowMs();
    if (endMs <= nowMs) return;
    const drain = () => {
      planned.delete(offerId);
      log.info({ host, startMs }, 'a maintenance window is near: the tasks of the host are moved');
      empty(host).catch((error) =>
        log.error(
          { host, error: messageOf(error) },
          'a host could not be emptied for its maintenance window',
        ),
      );
    };
    planned.get(offerId)?.cancel();
    planned.set(offerId, timers.after(startMs - flags.unavailabilityThresholdMs - nowMs, drain));
  };

  return {
    inverseOffered(offers) {
      const accepted: string[] = [];
      const declined: string[] = [];
      for (const offer of offers) {
        const host = storage.read((stores) => hostOf(stores, offer));
        if (host === undefined)
          log.warn(
            { url: offer.url, agent: offer.agent_id?.value },
            'an inverse offer for a host that is not known is declined',
          );
        else plan(offer.id.value, host, offer.unavailability);
        (host === undefined ? declined : accepted).push(offer.id.value);
      }
      if (accepted.length > 0) calls.acceptInverseOffers(accepted);
      if (declined.length > 0) calls.declineInverseOffers(declined);
    },
    inverseRescinded(offerId) {
      planned.get(offerId)?.cancel();
      planned.delete(offerId);
    },
    close: timers.clear,
  };
}
