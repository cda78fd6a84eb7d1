import type { Clock, Timer } from '../../base/clock.ts';
import { NOTHING, plus, type QuotaAmounts, quotaAmounts } from '../quota/quota-amounts.ts';
import type { ReadStores, Storage } from '../storage/index.ts';
import { CONSUMPTION_METRICS, consumptionBy } from './consumption.ts';
import type { Counters } from './counters.ts';

export interface ResourceVarsOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly counters: Counters;
  /** Time between two counts; nothing is shown before the first one. */
  readonly intervalMs: number;
}

/** The names and units of the original's ResourceType. */
const SUFFIXES = [
  ['cpus', 'cpu_cores'],
  ['ramMb', 'ram_mb'],
  ['diskMb', 'disk_mb'],
  ['gpus', 'gpu_cores'],
] as const;

const total = (amounts: Iterable<QuotaAmounts>): QuotaAmounts => [...amounts].reduce(plus, NOTHING);

function collect(stores: ReadStores): Map<string, number> {
  const values = new Map<string, number>();
  const put = (prefix: string, amounts: QuotaAmounts) => {
    for (const [type, suffix] of SUFFIXES) {
      const value = amounts[type];
      if (value !== undefined) values.set(`${prefix}_${suffix}`.toLowerCase(), Math.trunc(value));
    }
  };
  for (const metric of CONSUMPTION_METRICS) {
    const byRole = consumptionBy(stores, metric, ({ role }) => role);
    put(`resources_${metric}`, total(byRole.values()));
    for (const [role, amounts] of byRole) put(`resources_per_role_${metric}_${role}`, amounts);
  }
  const quotas = [...stores.quotas.all()].map(([role, quota]) => [role, quotaAmounts(quota)] as const);
  put('resources_allocated_quota', total(quotas.map(([, amounts]) => amounts)));
  for (const [role, amounts] of quotas) put(`quota_per_role_${role}`, amounts);
  return values;
}

/**
 * Periodically counts what tasks use and quotas allow; returns a function that stops it. Names of roles that have
 * nothing any more are removed.
 */
export function resourceVars({ clock, counters, intervalMs, storage }: ResourceVarsOptions): () => void {
  let shown = new Map<string, number>();
  let timer: Timer;
  const run = () => {
    const values = storage.read(collect);
    for (const name of shown.keys()) if (!values.has(name)) counters.forget(name);
    for (const name of values.keys()) if (!shown.has(name)) counters.gauge(name, () => shown.get(name) ?? 0);
    shown = values;
    timer = clock.after(intervalMs, run);
  };
  timer = clock.after(intervalMs, run);
  return () => timer.cancel();
}
