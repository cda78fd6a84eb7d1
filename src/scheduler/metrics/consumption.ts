import type { JobKey } from '../../api/index.ts';
import { type Bucket, bucketOf } from '../quota/consumption.ts';
import { NOTHING, plus, type QuotaAmounts, quotaAmounts, times } from '../quota/quota-amounts.ts';
import type { ReadStores } from '../storage/index.ts';

/** The buckets that each figure of used resources includes. Source: the original's ResourceCounter. */
const METRICS = {
  total_consumed: ['prodShared', 'prodDedicated', 'nonProdShared', 'nonProdDedicated'],
  dedicated_consumed: ['prodDedicated', 'nonProdDedicated'],
  quota_consumed: ['prodShared'],
  free_pool_consumed: ['nonProdShared'],
} as const satisfies Record<string, readonly Bucket[]>;

export type ConsumptionMetric = keyof typeof METRICS;
export const CONSUMPTION_METRICS = Object.keys(METRICS) as readonly ConsumptionMetric[];

export const isConsumptionMetric = (name: string): name is ConsumptionMetric => Object.hasOwn(METRICS, name);

/**
 * Sums what active tasks use, by `keyOf` their job, in the order in which keys first appear; jobs without a key are
 * left out. Unlike quota this counts actual tasks, not what an update or a cron job may need.
 */
export function consumptionBy(
  { tasks }: ReadStores,
  metric: ConsumptionMetric,
  keyOf: (job: JobKey) => string | undefined,
): Map<string, QuotaAmounts> {
  const buckets: readonly Bucket[] = METRICS[metric];
  const sums = new Map<string, QuotaAmounts>();
  for (const job of tasks.jobs()) {
    const key = keyOf(job);
    if (key === undefined) continue;
    for (const [config, count] of tasks.activeConfigsOf(job)) {
      if (!buckets.includes(bucketOf(config))) continue;
      sums.set(key, plus(sums.get(key) ?? NOTHING, times(quotaAmounts(config), count)));
    }
  }
  return sums;
}
