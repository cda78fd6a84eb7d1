import type { HostOffer } from '../offers/host-offer.ts';
import { fits, NEAR_ZERO, RESOURCE_TYPES } from '../offers/resource-bag.ts';
import { type AttributeCounts, DEDICATED, satisfiesValue } from './constraints.ts';
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
  /** The job's tasks by the attributes of their hosts, those placed in this attempt included. */
  readonly counts: AttributeCounts;
  readonly nowMs: number;
  /** A host is not used from this long before its maintenance window. */
  readonly unavailabilityThresholdMs: number;
}

/** Shared by everything that fits: the usual answer costs no memory. */
const NONE: readonly Veto[] = [];

function maintenance(offer: HostOffer, context: FilterContext): Veto | undefined {
  if (offer.mode === 'DRAINING' || offer.mode === 'DRAINED') return maintenanceVeto(offer.mode);
  const from = offer.unavailableFromMs;
  return from !== undefined && context.nowMs > from - context.unavailabilityThresholdMs
    ? maintenanceVeto('DRAINING')
    : undefined;
}

/** The first constraint that the host does not satisfy: values before limits. */
function constraint(request: TaskRequest, offer: HostOffer, counts: AttributeCounts): Veto | undefined {
  for (const [name, rule] of request.constraints.values) {
    if (!satisfiesValue(rule, offer.attributes.get(name))) return constraintVeto(name);
  }
  for (const [name, { limit }] of request.constraints.limits) {
    const values = offer.attributes.get(name);
    if (!values) return constraintVeto(name);
    for (const value of values) if (counts.count(name, value) >= limit) return limitVeto(name);
  }
  return undefined;
}

/**
 * Why a task cannot go to an offer; empty when it can. The stages are tried in order and the first that objects
 * answers alone; lacking resources are reported all together.
 * Source: the original's SchedulingFilterImpl.
 */
export function vetoes(request: TaskRequest, offer: HostOffer, context: FilterContext): readonly Veto[] {
  if (offer.attributes.has(DEDICATED) && !request.constraints.dedicated) return [DEDICATED_VETO];
  const first = maintenance(offer, context) ?? constraint(request, offer, context.counts);
  if (first) return [first];
  const have = offer.pool.available(request.revocableTier);
  const need = request.total;
  if (fits(need, have)) return NONE;
  return RESOURCE_TYPES.filter((type) => need[type] > have[type] + NEAR_ZERO).map((type) =>
    resourceVeto(type, need[type] - have[type]),
  );
}
