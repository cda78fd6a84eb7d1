import type { ScheduleStatus, TaskConfig } from '../../api/index.ts';
import type { ResourceBag } from '../offers/resource-bag.ts';
import type { RevocableTypes } from '../offers/resource-pool.ts';
import type { TaskRequest } from '../scheduling/task-request.ts';
import type { Tiers } from '../tiers.ts';

/** Tasks in these can be preempted; others are on their way out, or out of reach. */
export const EVICTABLE: ReadonlySet<ScheduleStatus> = new Set<ScheduleStatus>([
  'ASSIGNED',
  'STARTING',
  'RUNNING',
]);

/** What a configuration may take from others, and what others may take from it. */
export interface Claim {
  readonly config: TaskConfig;
  readonly request: TaskRequest;
  readonly role: string;
  readonly priority: number;
  readonly preemptible: boolean;
  /** What its end frees for tasks that do not use revocable resources, and for those that do. */
  readonly frees: readonly [forOthers: ResourceBag, forRevocable: ResourceBag];
}

/** A configuration's claim, worked out once. */
export type ClaimOf = (config: TaskConfig) => Claim;

/** Revocable resources are of use to tasks of revocable tiers alone, and others to others. */
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
 * Whether the one may have the other's place: a task of a preemptible tier never has that of another tier, and inside
 * a kind of tier only the own role's places of lower priority are to be had.
 */
export function mayPreempt(pending: Claim, victim: Claim): boolean {
  if (pending.preemptible !== victim.preemptible) return victim.preemptible;
  return pending.role === victim.role && pending.priority > victim.priority;
}
