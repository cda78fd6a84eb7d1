import {
  type ResourceAggregate,
  type ScheduledTask,
  type TaskConfig,
  toNumber,
  type Wire,
} from '../../api/index.ts';
import { AuroraError } from '../../base/errors.ts';
import { refused } from '../jobs/refusal.ts';
import { DEDICATED } from '../scheduling/constraints.ts';
import type { ReadStores } from '../storage/index.ts';

/** Amounts that quotas are about: exactly these three. */
export interface QuotaAmounts {
  readonly cpus: number;
  readonly ramMb: number;
  readonly diskMb: number;
}

const NO_QUOTA: QuotaAmounts = { cpus: 0, ramMb: 0, diskMb: 0 };

const plus = (a: QuotaAmounts, b: QuotaAmounts): QuotaAmounts => ({
  cpus: a.cpus + b.cpus,
  ramMb: a.ramMb + b.ramMb,
  diskMb: a.diskMb + b.diskMb,
});

const times = (a: QuotaAmounts, n: number): QuotaAmounts => ({
  cpus: a.cpus * n,
  ramMb: a.ramMb * n,
  diskMb: a.diskMb * n,
});

function quotaAmounts({ resources }: Wire<'ResourceAggregate'>): QuotaAmounts {
  const sum = { ...NO_QUOTA };
  for (const { numCpus, ramMb, diskMb } of resources ?? []) {
    sum.cpus += numCpus ?? 0;
    sum.ramMb += toNumber(ramMb ?? 0);
    sum.diskMb += toNumber(diskMb ?? 0);
  }
  return sum;
}

export const aggregateOf = ({ cpus, ramMb, diskMb }: QuotaAmounts): ResourceAggregate => ({
  resources: [{ numCpus: cpus }, { ramMb }, { diskMb }],
});

const isDedicated = (config: TaskConfig): boolean =>
  config.constraints.some(({ name }) => name === DEDICATED);

/** What a role's active tasks use, in the four buckets that getQuota reports. Executors are not counted. */
export interface QuotaConsumption {
  readonly prodShared: QuotaAmounts;
  readonly prodDedicated: QuotaAmounts;
  readonly nonProdShared: QuotaAmounts;
  readonly nonProdDedicated: QuotaAmounts;
}

function quotaConsumption(active: Iterable<ScheduledTask>): QuotaConsumption {
  const sums = {
    prodShared: NO_QUOTA,
    prodDedicated: NO_QUOTA,
    nonProdShared: NO_QUOTA,
    nonProdDedicated: NO_QUOTA,
  };
  for (const { assignedTask } of active) {
    const { task } = assignedTask;
    const bucket =
      `${task.production ? 'prod' : 'nonProd'}${isDedicated(task) ? 'Dedicated' : 'Shared'}` as const;
    sums[bucket] = plus(sums[bucket], quotaAmounts(task));
  }
  return sums;
}

function* activeOfRole(stores: ReadStores, role: string): Generator<ScheduledTask> {
  for (const job of stores.tasks.jobsOfRole(role)) yield* stores.tasks.activeOf(job);
}

export const consumptionOfRole = (stores: ReadStores, role: string): QuotaConsumption =>
  quotaConsumption(activeOfRole(stores, role));

export const quotaOfRole = (stores: ReadStores, role: string): QuotaAmounts => {
  const stored = stores.quotas.get(role);
  return stored ? quotaAmounts(stored) : NO_QUOTA;
};

const UNITS = [
  ['cpus', 'CPU', 'core(s)'],
  ['ramMb', 'RAM', 'MB'],
  ['diskMb', 'disk', 'MB'],
] as const;

/** What is over the quota, as a person reads it; undefined when nothing is. */
function excess(used: QuotaAmounts, quota: QuotaAmounts): string | undefined {
  const over = UNITS.filter(([type]) => used[type] > quota[type] + 1e-6).map(
    ([type, name, unit]) => `${name} quota exceeded by ${(used[type] - quota[type]).toFixed(2)} ${unit}`,
  );
  return over.length > 0 ? over.join('; ') : undefined;
}

/**
 * Refuses `count` more instances that the role's quota does not hold; only production tasks on shared hosts count.
 * @throws AuroraError BAD_PARAMETER
 */
export function checkQuota(stores: ReadStores, config: TaskConfig, count: number): void {
  if (!config.production || isDedicated(config)) return;
  const { role } = config.job;
  const used = plus(consumptionOfRole(stores, role).prodShared, times(quotaAmounts(config), count));
  const over = excess(used, quotaOfRole(stores, role));
  if (over) throw refused(`Insufficient resource quota: ${over}`);
}

/**
 * The amounts of a quota that is to be set for a role.
 * @throws AuroraError API unless there is exactly one cpus, ram and disk; BAD_PARAMETER when one is negative or the
 * role's production tasks use more already.
 */
export function newQuota(stores: ReadStores, role: string, quota: Wire<'ResourceAggregate'>): QuotaAmounts {
  const types = (quota.resources ?? []).flatMap((resource) => Object.keys(resource)).sort();
  if (types.join() !== 'diskMb,numCpus,ramMb')
    throw new AuroraError('API', 'a quota must hold numCpus, ramMb and diskMb, each once');
  const amounts = quotaAmounts(quota);
  if (amounts.cpus < 0 || amounts.ramMb < 0 || amounts.diskMb < 0)
    throw refused('A quota may not be negative.');
  const over = excess(consumptionOfRole(stores, role).prodShared, amounts);
  if (over) throw refused(`Quota is below what role ${role} uses: ${over}`);
  return amounts;
}
