import type { TaskConfig } from '../../api/index.ts';
import { AuroraError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { TaskInfo } from '../../mesos/index.ts';
import { type TaskInfoSettings, taskInfo } from '../launch/task-info.ts';
import type { Counters } from '../metrics/counters.ts';
import type { HostOffer } from '../offers/host-offer.ts';
import type { StateManager } from '../state/index.ts';
import type { WriteTransaction } from '../storage/index.ts';
import type { AttributeCounts } from './constraints.ts';
import { type FilterContext, vetoes } from './filter.ts';
import type { JobCounts } from './job-counts.ts';
import type { NearestFit } from './nearest-fit.ts';
import type { Reservations } from './reservations.ts';
import type { Attempt } from './task-groups.ts';
import type { TaskRequest } from './task-request.ts';
import { isStatic, type Veto, type VetoType } from './veto.ts';

export interface AttemptContext {
  readonly random: Random;
  readonly counters: Counters;
  readonly nearest: NearestFit;
  readonly jobCounts: JobCounts;
  readonly state: StateManager;
  readonly launch: TaskInfoSettings;
  readonly unavailabilityThresholdMs: number;
  /** Agents that are kept for one group. */
  readonly reservations: Pick<Reservations, 'holder'>;
  requestOf(config: TaskConfig): TaskRequest;
  /** There is no place for these tasks: others may have to leave for them. */
  preempt(
    tx: WriteTransaction,
    config: TaskConfig,
    taskIds: readonly string[],
    counts: AttributeCounts,
  ): void;
}

/** The tasks that a round puts on one offer; they leave in one ACCEPT. */
export type Launches = Map<HostOffer, TaskInfo[]>;

/** Takes what the task needs out of the offer, writes the assignment, and adds the task to the launches. */
function assign(
  tx: WriteTransaction,
  taskId: string,
  offer: HostOffer,
  request: TaskRequest,
  context: AttemptContext,
): TaskInfo {
  const task = offer.pool.take(request.task, request.revocableTier, context.random);
  const executor = task && offer.pool.take(request.executor, request.revocableTier, context.random);
  if (!executor) throw new AuroraError('BUG', `offer ${offer.id} fitted task ${taskId} and then did not`);
  const assigned = context.state.assignTask(tx, {
    taskId,
    slaveId: offer.agentId,
    slaveHost: offer.hostname,
    assignedPorts: Object.fromEntries(
      request.portNames.map((name, at): [string, number] => [name, task.ports[at] as number]),
    ),
  });
  if (!assigned) throw new AuroraError('BUG', `task ${taskId} was pending and then was not`);
  const resources = { task: task.resources, executor: executor.resources };
  return taskInfo(assigned, offer.agentId, resources, context.launch);
}

/** Written out, because vetoes are counted a hundred thousand times a second. */
const KIND_COUNTERS = {
  static: 'scheduling_veto_static',
  dynamic: 'scheduling_veto_dynamic',
  mixed: 'scheduling_veto_mixed',
} as const;

const TYPE_COUNTERS: Readonly<Record<VetoType, string>> = {
  DEDICATED_CONSTRAINT_MISMATCH: 'scheduling_veto_dedicated_constraint_mismatch',
  MAINTENANCE: 'scheduling_veto_maintenance',
  CONSTRAINT_MISMATCH: 'scheduling_veto_constraint_mismatch',
  LIMIT_NOT_SATISFIED: 'scheduling_veto_limit_not_satisfied',
  INSUFFICIENT_RESOURCES: 'scheduling_veto_insufficient_resources',
};

function countVetoes(found: readonly Veto[], counters: Counters): void {
  const statics = found.filter(isStatic).length;
  const kind = statics === found.length ? 'static' : statics === 0 ? 'dynamic' : 'mixed';
  counters.add(KIND_COUNTERS[kind]);
  for (const { type } of found) counters.add(TYPE_COUNTERS[type]);
}

/**
 * Tries to place the tasks of one attempt. Offers are walked in order, one task on each; when all are used and tasks
 * are left, the walk starts again over those that took one, so that several tasks share an offer only when there is
 * no other. An offer that objects is not asked again in this attempt; when all its objections are static, never
 * again for this group. Limit constraints count the tasks placed on the way.
 * @returns the ids that need no further attempt: placed now, or not pending any more.
 */
export function attemptToPlace(
  tx: WriteTransaction,
  attempt: Attempt,
  offers: readonly HostOffer[],
  launches: Launches,
  context: AttemptContext,
  nowMs: number,
): ReadonlySet<string> {
  const { config } = attempt;
  const { counters, nearest } = context;
  counters.add('schedule_attempts_fired');
  const handled = new Set(attempt.taskIds.filter((id) => tx.tasks.get(id)?.status !== 'PENDING'));
  const waiting = attempt.taskIds.filter((id) => !handled.has(id));
  if (waiting.length === 0) return handled;

  const request = context.requestOf(config);
  const counts = context.jobCounts.of(tx, attempt, request);
  const filter: FilterContext = {
    counts,
    nowMs,
    unavailabilityThresholdMs: context.unavailabilityThresholdMs,
  };
  let placed = 0;
  let evaluated = 0;
  let open = offers;
  while (open.length > 0 && placed < waiting.length) {
    const again: HostOffer[] = [];
    for (const offer of open) {
      const taskId = waiting[placed];
      if (taskId === undefined) break;
      if (offer.unfitFor.has(config)) continue;
      const holder = context.reservations.holder(offer.agentId);
      if (holder !== undefined && holder !== config) continue;
      evaluated++;
      const found = vetoes(request, offer, filter);
      if (found.length > 0) {
        countVetoes(found, counters);
        nearest.vetoed(config, found);
        if (found.every(isStatic)) offer.unfitFor.add(config);
        continue;
      }
      const info = assign(tx, taskId, offer, request, context);
      const sharing = launches.get(offer);
      if (sharing) sharing.push(info);
      else launches.set(offer, [info]);
      counts.add(offer.attributes);
      again.push(offer);
      handled.add(taskId);
      placed++;
    }
    open = again;
  }
  counters.add('veto_evaluated_offers', evaluated);
  if (placed < waiting.length) context.preempt(tx, config, waiting.slice(placed), counts);
  else context.jobCounts.keep(tx, attempt, counts);
  if (placed === 0) counters.add('schedule_attempts_no_match');
  else nearest.forget(config);
  return handled;
}
