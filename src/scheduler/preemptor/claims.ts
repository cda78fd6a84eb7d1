import type { ScheduleStatus, TaskConfig } from '../../api/index.ts';
import type { ResourceBag } from '../offers/resource-bag.ts';
import type { RevocableTypes } from '../offers/resource-pool.ts';
import type { TaskRequest } from '../scheduling/task-request.ts';
import type { Tiers } from '../tiers.ts';

/** Statuses in which tasks can be preempted; in others they are about to end or unreachable. */
export const EVICTABLE: ReadonlySet<ScheduleStatus> = new Set<ScheduleStatus>([
  'ASSIGNED',
  'STARTING',
  'RUNNING',
]);

/** What tasks of a configuration may take from others, and what others may take from them. */
export interface Claim {
  readonly config: TaskConfig;
  readonly request: TaskRequest;
  readonly role: string;
  readonly priority: number;
  readonly preemptible: boolean;
  /** The resources that the end of a task frees: for tasks without revocable resources, and for those with. */
  readonly frees: readonly [forOthers: ResourceBag, forRevocable: ResourceBag];
}

/** A configuration's claim, computed once. */
export type ClaimOf = (config: TaskConfig) => Claim;

/** The part of a task's resources that the other task can use: revocable ones only help revocable tiers, and vice versa. */
function usable(
  bag: ResourceBag,
  ofRevocable: boolean,
  forRevocable: boolean,
  types: RevocableTypes,
): ResourceBag {
  if (ofRevocable === forRevocable) return bag;
  return { ...bag, cpus: types.cpus ? 0 : bag.cpus, ramMb: types.ramMb ? 0 : bag.ramMb };
}

export function claims(
  tiers: Tiers,
  revocableTypes: RevocableTypes,
  requestOf: (config: TaskConfig) => TaskRequest,
): ClaimOf {
  const known = new WeakMap<TaskConfig, Claim>();
  const make = (config: TaskConfig): Claim => {
    const request = requestOf(config);
    const tier = tiers.byName.get(config.tier ?? tiers.defaultName);
    const frees = (forRevocable: boolean) =>
      usable(request.total, request.revocableTier, forRevocable, revocableTypes);
    return {
      config,
      request,
      role: config.job.role,
      priority: config.priority,
      preemptible: tier?.preemptible ?? true,
      frees: [frees(false), frees(true)],
    };
  };
  return (config) => {
    const claim = known.get(config) ?? make(config);
    known.set(config, claim);
    return claim;
  };
}

/**
 * Whether `pending` may take the place of `victim`. A preemptible tier never displaces another tier; within the same
 * kind of tier, only tasks of the same role and lower priority can be displaced.
 */
export function mayPreempt(pending: Claim, victim: Claim): boolean {
  if (pending.preemptible !== victim.preemptible) return victim.preemptible;
  return pending.role === victim.role && pending.priority > victim.priority;
}
