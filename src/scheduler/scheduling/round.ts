import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { type TaskInfoSettings, taskInfo } from '../launch/task-info.ts';
import type { MesosCalls } from '../mesos/mesos-calls.ts';
import type { HostOffer } from '../offers/host-offer.ts';
import type { OfferBook } from '../offers/offer-book.ts';
import type { OfferBlocks } from '../offers/sorted-offers.ts';
import type { Storage, WriteTransaction } from '../storage/index.ts';
import { type AttemptContext, attemptToPlace, type Launches, type Placed } from './attempt.ts';
import { jobCounts } from './job-counts.ts';
import type { Attempt } from './task-groups.ts';
import type { UnansweredLaunches } from './unanswered-launches.ts';
import { unfitOffers } from './unfit-offers.ts';

export interface RoundOptions extends Omit<AttemptContext, 'jobCounts' | 'executors' | 'unfit'> {
  readonly launch: TaskInfoSettings;
  readonly clock: Clock;
  readonly log: Logger;
  readonly storage: Storage;
  readonly book: OfferBook;
  readonly calls: MesosCalls;
  /** Maintained here. */
  readonly launching: UnansweredLaunches;
}

/** A round starts no further attempt after this time, so that other work gets its turn. */
const ROUND_MS = 5;

const LAUNCH_FAILED = 'Unknown exception attempting to schedule task.';

/**
 * One round of scheduling: several attempts in one write; once the write is durable, one ACCEPT for each offer that got
 * tasks. Mesos offers what is left of an accepted offer again with its next allocation.
 */
export function schedulingRound(
  options: RoundOptions,
): (attempts: readonly Attempt[]) => readonly ReadonlySet<string>[] {
  const { book, calls, counters, log, state, storage } = options;
  const { executors } = options.launch;
  const context: AttemptContext = { ...options, executors, jobCounts: jobCounts(), unfit: unfitOffers() };

  /**
   * Marks the tasks LOST: the offer was rescinded or the session ended between the decision and its commit, the launch
   * could not be built, or Mesos refused it.
   */
  const lost = (taskIds: readonly string[]) => {
    counters.add('offer_accept_races');
    counters.add('assigner_launch_failures', taskIds.length);
    const written = storage.write((tx) => {
      for (const taskId of taskIds)
        state.changeState(tx, { taskId, cas: 'ASSIGNED', to: 'LOST', message: LAUNCH_FAILED });
    });
    written.catch((error) => log.error({ error }, 'the tasks of a lost offer could not be marked as LOST'));
  };
  /**
   * Built only now: task infos are large, and building them earlier would keep them in memory during the disk write.
   * Undefined when one cannot be built.
   */
  const infos = ({ agentId, id }: HostOffer, tasks: readonly Placed[]) => {
    try {
      return tasks.map(({ assigned, resources }) => taskInfo(assigned, agentId, resources, options.launch));
    } catch (error) {
      log.error({ error: messageOf(error), offer: id }, 'the task infos of a launch could not be built');
      return undefined;
    }
  };
  const launch = (offer: HostOffer, tasks: readonly Placed[]) => {
    const good = book.settle(offer);
    const taskInfos = good.length === offer.offers.length ? infos(offer, tasks) : undefined;
    // Until Mesos has answered, only the ids of the tasks are kept.
    const taskIds = tasks.map(({ assigned }) => assigned.taskId);
    const settled = (mayRun: boolean) => {
      if (!mayRun) lost(taskIds);
      options.launching.answered(taskIds);
    };
    if (taskInfos) return calls.accept(good, taskInfos, settled);
    if (good.length > 0) calls.decline(good);
    queueMicrotask(() => settled(false));
  };
  /** Makes attempts until the time is up, but always the first. @returns the results of those made. */
  const inTime = (
    attempts: readonly Attempt[],
    attempt: (one: Attempt) => ReadonlySet<string>,
  ): ReadonlySet<string>[] => {
    const [first, ...rest] = attempts;
    if (!first) return [];
    if (rest.length === 0) return [attempt(first)];
    const untilMs = options.clock.monotonicMs() + ROUND_MS;
    const made = [attempt(first)];
    for (const one of rest) {
      if (options.clock.monotonicMs() > untilMs) break;
      made.push(attempt(one));
    }
    return made;
  };
  const offersFor = ({ since }: Attempt): OfferBlocks =>
    since === undefined ? book.blocks() : [book.cameSince(since)];
  const write = (attempts: readonly Attempt[]): ReadonlySet<string>[] | undefined => {
    const launches: Launches = new Map();
    const change = (tx: WriteTransaction) => {
      const nowMs = options.clock.nowMs();
      const placed = inTime(attempts, (attempt) =>
        attemptToPlace(tx, attempt, offersFor(attempt), launches, context, nowMs),
      );
      for (const [offer, tasks] of launches) tx.afterCommit(() => launch(offer, tasks));
      return placed;
    };
    const failed = (error: unknown) => {
      counters.add('schedule_attempts_failed', attempts.length);
      log.error({ error: messageOf(error) }, 'a round of scheduling failed');
    };
    try {
      const { result, durable } = storage.apply(change);
      // Only now: what is undone claims nothing and is never answered. The launches come later, when the write is durable.
      for (const [offer, tasks] of launches) {
        book.claim(offer);
        for (const { assigned } of tasks) options.launching.add(assigned.taskId);
      }
      durable?.catch(failed);
      return result;
    } catch (error) {
      failed(error);
      for (const offer of launches.keys()) book.renew(offer);
      return undefined;
    }
  };

  return (attempts) => {
    const results = write(attempts);
    if (results) return results;
    // One of them makes the write fail: made in writes of their own, each fails or succeeds by itself.
    if (attempts.length === 1) return [new Set()];
    return attempts.map((attempt) => write([attempt])?.[0] ?? new Set());
  };
}
