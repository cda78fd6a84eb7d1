import { type JobConfiguration, type TaskConfig, type Wire, withResources } from '../../api/index.ts';
import { RULES } from '../../api/rules/values.ts';
import { AuroraError } from '../../base/errors.ts';
import { refused } from '../jobs/job-refusal.ts';
import type { ReadStores } from '../storage/index.ts';
import { bucketOf, consumptionOfRole, type ProposedUpdate } from './consumption.ts';
import { excess, minus, NOTHING, plus, type QuotaAmounts, quotaAmounts, times } from './quota-amounts.ts';

export { amountsOf, consumptionOfRole } from './consumption.ts';
export { aggregateOf, quotaAggregate } from './quota-amounts.ts';

/** The role's quota; all zero when none was set. */
export const quotaOfRole = (stores: ReadStores, role: string): QuotaAmounts =>
  quotaAmounts(stores.quotas.get(role) ?? {});

/** Whether quota limits the configuration: only production tasks on shared hosts are limited. */
const isLimited = (config: TaskConfig): boolean => bucketOf(config) === 'prodShared';

function refuseExcess(stores: ReadStores, role: string, used: QuotaAmounts): void {
  const over = excess(used, quotaOfRole(stores, role));
  if (over) throw refused(`Insufficient resource quota: ${over}`);
}

/**
 * Refuses `count` more instances if they exceed the role's quota.
 * @throws AuroraError BAD_PARAMETER
 */
export function checkQuota(stores: ReadStores, config: TaskConfig, count: number): void {
  if (!isLimited(config)) return;
  const { role } = config.job;
  const used = consumptionOfRole(stores, role).prodShared;
  refuseExcess(stores, role, plus(used, times(quotaAmounts(config), count)));
}

/**
 * Refuses an update whose larger state exceeds the role's quota; one that only removes instances is accepted.
 * @throws AuroraError BAD_PARAMETER
 */
export function checkUpdateQuota(stores: ReadStores, update: ProposedUpdate): void {
  const desired = update.instructions.desiredState;
  if (!desired || !isLimited(desired.task)) return;
  const { role } = update.job;
  refuseExcess(stores, role, consumptionOfRole(stores, role, update).prodShared);
}

/**
 * Refuses a cron template if its increase over the job's stored template exceeds the rest of the role's quota.
 * @throws AuroraError BAD_PARAMETER
 */
export function checkCronQuota(
  stores: ReadStores,
  { key, taskConfig, instanceCount }: JobConfiguration,
): void {
  if (!isLimited(taskConfig)) return;
  const old = stores.cronJobs.get(key);
  const before =
    old && isLimited(old.taskConfig) ? times(quotaAmounts(old.taskConfig), old.instanceCount) : NOTHING;
  const more = minus(times(quotaAmounts(taskConfig), instanceCount), before);
  refuseExcess(stores, key.role, plus(consumptionOfRole(stores, key.role).prodShared, more));
}

/** The allowed types, sorted: each once, GPUs optional. */
const TYPES = /^diskMb,numCpus,(numGpus,)?ramMb$/;

/**
 * Checks a new quota for a role and returns its amounts.
 * @throws AuroraError API unless it has exactly one cpus, ram and disk, and at most one GPUs; BAD_PARAMETER when one is
 * negative, or the role's production tasks already use more
 */
export function newQuota(stores: ReadStores, role: string, quota: Wire<'ResourceAggregate'>): QuotaAmounts {
  const { resources } = withResources(quota);
  const types = resources.flatMap((resource) => Object.keys(resource)).sort();
  if (!TYPES.test(types.join()))
    throw new AuroraError(
      'API',
      'a quota must hold numCpus, ramMb and diskMb, each once, and may hold numGpus',
    );
  const amounts = quotaAmounts({ resources });
  if (Object.values(amounts).some((amount) => !(amount >= 0))) throw refused('A quota may not be negative.');
  const cpus = RULES.cpusOrNone(amounts.cpus);
  if (cpus) throw refused(`The cpus of a quota: ${cpus}, or 0; Mesos counts in thousandths.`);
  const over = excess(consumptionOfRole(stores, role).prodShared, amounts);
  if (over) throw refused(`Quota is below what role ${role} uses: ${over}`);
  return amounts;
}
