import type { AssignedTask, TaskConfig } from '../../api/index.ts';
import { AuroraError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { Executors } from '../launch/executors.ts';
import { type AllocatedResources, checkLaunchable } from '../launch/task-info.ts';
import type { HostOffer } from '../offers/host-offer.ts';
import type { OfferBook } from '../offers/offer-book.ts';
import { fits } from '../offers/resource-bag.ts';
import type { OfferBlocks } from '../offers/sorted-offers.ts';
import type { StateManager } from '../state/index.ts';
import type { WriteTransaction } from '../storage/index.ts';
import type { AgentsForUpdates } from './agents-for-updates.ts';
import type { AttributeCounts } from './constraints.ts';
import { type FilterContext, vetoes } from './filter.ts';
import type { JobCounts } from './job-counts.ts';
import { type MatchContext, matchOffers } from './match.ts';
import type { Attempt } from './task-groups.ts';
import type { TaskRequest } from './task-request.ts';

export interface AttemptContext extends MatchContext {
  readonly random: Random;
  readonly jobCounts: JobCounts;
  readonly state: StateManager;
  readonly executors: Executors;
  readonly book: Pick<OfferBook, 'ofAgent'>;
  /** Undefined when updates do not keep agents. */
  readonly keptForUpdates?: Pick<AgentsForUpdates, 'agentFor'> | undefined;
  readonly unavailabilityThresholdMs: number;
  requestOf(config: TaskConfig): TaskRequest;
  /**
   * Called for the tasks for which no place was found: other tasks may be preempted for them.
   * @returns whether any task was preempted; `counts` then also hold the tasks that will take the freed places.
   */
  preempt(
    tx: WriteTransaction,
    config: TaskConfig,
    taskIds: readonly string[],
    counts: AttributeCounts,
  ): boolean;
}

/** A task with the resources that were taken from its offer. */
export interface Placed {
  readonly assigned: AssignedTask;
  readonly resources: AllocatedResources;
}

/** The tasks that a round puts on each offer; those of one offer are launched with one ACCEPT. */
export type Launches = Map<HostOffer, Placed[]>;

function named(names: readonly string[], ports: readonly number[]): Record<string, number> {
  const byName: Record<string, number> = {};
  for (let at = 0; at < names.length; at++) byName[names[at] as string] = ports[at] as number;
  return byName;
}

/** Takes what the task needs out of the offer, writes the assignment, and adds the task to the launches. */
function assign(
  tx: WriteTransaction,
  taskId: string,
  offer: HostOffer,
  request: TaskRequest,
  context: AttemptContext,
): Placed {
  const task = offer.pool.take(request.task, request.revocableTier, context.random);
  const executor = task && offer.pool.take(request.executor, request.revocableTier, context.random);
  if (!executor) throw new AuroraError('BUG', `offer ${offer.id} fitted task ${taskId} and then did not`);
  const assigned = context.state.assignTask(tx, {
    taskId,
    slaveId: offer.agentId,
    slaveHost: offer.hostname,
    assignedPorts: named(request.portNames, task.ports),
  });
  if (!assigned) throw new AuroraError('BUG', `task ${taskId} was pending and then was not`);
  return { assigned, resources: { task: task.resources, executor: executor.resources } };
}

/**
 * Places tasks whose instances have an agent kept for them: there, or not at all in this attempt.
 * @returns the ids of the tasks without such an agent.
 */
function placeWhereKept(
  tx: WriteTransaction,
  taskIds: readonly string[],
  request: TaskRequest,
  filter: FilterContext,
  { book, keptForUpdates }: AttemptContext,
  place: (offer: HostOffer, taskId: string) => void,
): readonly string[] {
  if (!keptForUpdates) return taskIds;
  return taskIds.filter((taskId) => {
    const { instanceId, task } = tx.tasks.get(taskId)!.assignedTask;
    const agentId = keptForUpdates.agentFor({ job: task.job, instanceId });
    if (agentId === undefined) return true;
    const offer = book.ofAgent(agentId);
    const isFit = offer && fits(request.total, offer.pool.available(request.revocableTier));
    if (isFit && vetoes(request, offer, filter).length === 0) place(offer, taskId);
    return false;
  });
}

/**
 * Tries to place the tasks of one attempt. Tasks placed here already count for the limit constraints of the next ones.
 * @returns the ids that need no further attempt: placed now, or no longer pending.
 */
export function attemptToPlace(
  tx: WriteTransaction,
  attempt: Attempt,
  offers: OfferBlocks,
  launches: Launches,
  context: AttemptContext,
  nowMs: number,
): ReadonlySet<string> {
  const { config } = attempt;
  const { counters, nearest } = context;
  counters.add('schedule_attempts_fired');
  const handled = new Set<string>();
  const waiting: string[] = [];
  for (const id of attempt.taskIds) {
    if (tx.tasks.get(id)?.status === 'PENDING') waiting.push(id);
    else handled.add(id);
  }
  if (waiting.length === 0) return handled;

  checkLaunchable(config, context.executors);
  const request = context.requestOf(config);
  const counts = context.jobCounts.of(tx, attempt, request);
  const filter: FilterContext = {
    counts,
    nowMs,
    unavailabilityThresholdMs: context.unavailabilityThresholdMs,
  };
  const place = (offer: HostOffer, taskId: string) => {
    const task = assign(tx, taskId, offer, request, context);
    const sharing = launches.get(offer);
    if (sharing) sharing.push(task);
    else launches.set(offer, [task]);
    counts.add(offer.attributes);
    handled.add(taskId);
  };
  const free = placeWhereKept(tx, waiting, request, filter, context, place);
  const placed = matchOffers(config, request, offers, free.length, filter, context, (offer, nth) =>
    place(offer, free[nth] as string),
  );
  const preempted = placed < free.length && context.preempt(tx, config, free.slice(placed), counts);
  if (!preempted) context.jobCounts.keep(tx, attempt, counts);
  if (placed === 0 && free.length === waiting.length) counters.add('schedule_attempts_no_match');
  else nearest.forget(config);
  return handled;
}
