import type { ResourceType } from '../offers/resource-bag.ts';

export type VetoType =
  | 'DEDICATED_CONSTRAINT_MISMATCH'
  | 'MAINTENANCE'
  | 'CONSTRAINT_MISMATCH'
  | 'LIMIT_NOT_SATISFIED'
  | 'INSUFFICIENT_RESOURCES';

/** One reason why a task cannot go to an offer. */
export interface Veto {
  readonly type: VetoType;
  /** In the words of getPendingReason. */
  readonly reason: string;
  /** The higher, the further the offer is from fitting. */
  readonly score: number;
}

/** A veto that stays as long as the offer does; only limits are not static, because they depend on where other tasks run. */
export const isStatic = (veto: Veto): boolean => veto.type !== 'LIMIT_NOT_SATISFIED';

export const DEDICATED_VETO: Veto = {
  type: 'DEDICATED_CONSTRAINT_MISMATCH',
  reason: 'Host is dedicated',
  score: 1_000_000,
};

export const maintenanceVeto = (mode: 'DRAINING' | 'DRAINED'): Veto => ({
  type: 'MAINTENANCE',
  reason: `Host ${mode.toLowerCase()} for maintenance`,
  score: 100_000,
});

export const constraintVeto = (name: string): Veto => ({
  type: 'CONSTRAINT_MISMATCH',
  reason: `Constraint not satisfied: ${name}`,
  score: 10_000,
});

export const limitVeto = (name: string): Veto => ({
  type: 'LIMIT_NOT_SATISFIED',
  reason: `Limit not satisfied: ${name}`,
  score: 10_000,
});

/** The name of a resource in a reason, and the shortfall that scores 1000. Source: the original's VetoType. */
const RESOURCE_VETOES: Readonly<Record<ResourceType, { readonly label: string; readonly range: number }>> = {
  cpus: { label: 'CPU', range: 16 },
  ramMb: { label: 'RAM', range: 24 * 1024 },
  diskMb: { label: 'disk', range: 450 * 1024 },
  ports: { label: 'ports', range: 1000 },
  gpus: { label: 'GPU', range: 4 },
  ips: { label: 'IP', range: 128 },
};

export function resourceVeto(type: ResourceType, shortfall: number): Veto {
  const { label, range } = RESOURCE_VETOES[type];
  const score = Math.min(1000, Math.floor((1000 * shortfall) / range));
  return { type: 'INSUFFICIENT_RESOURCES', reason: `Insufficient: ${label}`, score };
}
