import { DEDICATED } from '../../api/rules/constraints.ts';
import type { HostOffer } from '../offers/host-offer.ts';
import { fits, NEAR_ZERO, RESOURCE_TYPES } from '../offers/resource-bag.ts';
import { type AttributeCounts, satisfiesValue } from './constraints.ts';
import type { TaskRequest } from './task-request.ts';
import {
  constraintVeto,
  DEDICATED_VETO,
  limitVeto,
  maintenanceVeto,
  resourceVeto,
  type Veto,
} from './veto.ts';

export interface FilterContext {
  /** Counts of the job's tasks by the attributes of their hosts, including the tasks placed in this attempt. */
  readonly counts: AttributeCounts;
  readonly nowMs: number;
  /** A host is no longer used from this long before its maintenance window on. */
  readonly unavailabilityThresholdMs: number;
}

/** Shared by everything that fits, so that the usual answer allocates nothing. */
const NONE: readonly Veto[] = [];

/** What matching needs to know about a host, apart from its resources. */
export type HostFacts = Pick<HostOffer, 'attributes' | 'mode' | 'unavailableFromMs'>;

function maintenance(host: HostFacts, context: Omit<FilterContext, 'counts'>): Veto | undefined {
  if (host.mode === 'DRAINING' || host.mode === 'DRAINED') return maintenanceVeto(host.mode);
  const from = host.unavailableFromMs;
  return from !== undefined && context.nowMs > from - context.unavailabilityThresholdMs
    ? maintenanceVeto('DRAINING')
    : undefined;
}

/** The reason why no task of this configuration can go to the host, regardless of other tasks and resources. */
export function hostVeto(
  { constraints }: TaskRequest,
  host: HostFacts,
  context: Omit<FilterContext, 'counts'>,
): Veto | undefined {
  if (host.attributes.has(DEDICATED) && !constraints.dedicated) return DEDICATED_VETO;
  const away = maintenance(host, context);
  if (away) return away;
  for (const [name, rule] of constraints.values) {
    if (!satisfiesValue(rule, host.attributes.get(name))) return constraintVeto(name);
  }
  for (const [name] of constraints.limits) if (!host.attributes.has(name)) return constraintVeto(name);
  return undefined;
}

/** How many of the job's tasks would have to leave the host before the limits allow one more. */
export function overLimits({ constraints }: TaskRequest, host: HostFacts, counts: AttributeCounts): number {
  let over = 0;
  for (const [name, { limit }] of constraints.limits)
    for (const value of host.attributes.get(name) ?? [])
      over = Math.max(over, counts.count(name, value) - limit + 1);
  return over;
}

/** The first limit that the host would exceed. */
function limit(request: TaskRequest, offer: HostOffer, counts: AttributeCounts): Veto | undefined {
  for (const [name, rule] of request.constraints.limits) {
    for (const value of offer.attributes.get(name) ?? [])
      if (counts.count(name, value) >= rule.limit) return limitVeto(name);
  }
  return undefined;
}

/**
 * Why a task cannot go to an offer; empty when it can. The stages are checked in order and the first that objects is
 * the only one reported; all lacking resources are reported together.
 * Source: the original's SchedulingFilterImpl.
 */
export function vetoes(request: TaskRequest, offer: HostOffer, context: FilterContext): readonly Veto[] {
  const first = hostVeto(request, offer, context) ?? limit(request, offer, context.counts);
  if (first) return [first];
  const have = offer.pool.available(request.revocableTier);
  const need = request.total;
  if (fits(need, have)) return NONE;
  return RESOURCE_TYPES.filter((type) => need[type] > have[type] + NEAR_ZERO).map((type) =>
    resourceVeto(type, need[type] - have[type]),
  );
}
