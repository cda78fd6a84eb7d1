import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Storage } from '../storage/index.ts';
import { activeShares } from './active-shares.ts';
import {
  amountsOf,
  CONSUMPTION_METRICS,
  type Consumption,
  consumptionBy,
  NOTHING,
  sumOf,
} from './consumption.ts';
import type { Counters } from './counters.ts';

export interface ResourceVarsOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly log: Logger;
  /** Time between two countings; a zero is shown until the first. */
  readonly intervalMs: number;
}

/** Source: the original's ResourceType, whose names and units these are. */
const SUFFIXES = [
  ['cpus', 'cpu_cores'],
  ['ramMb', 'ram_mb'],
  ['diskMb', 'disk_mb'],
] as const;

/**
 * Counts what tasks use and quotas allow, again and again; the result ends that. Names of roles that have nothing any
 * more go away.
 */
export function resourceVars(options: ResourceVarsOptions): () => void {
  const { clock, counters, log, storage } = options;
  let shown = new Map<string, number>();
  let timer: Timer | undefined;
  let closed = false;

  const collect = async (): Promise<Map<string, number>> => {
    const values = new Map<string, number>();
    const put = (prefix: string, amounts: Consumption) => {
      for (const [type, suffix] of SUFFIXES) values.set(`${prefix}_${suffix}`, Math.trunc(amounts[type]));
    };
    const shares = await activeShares(storage, clock);
    for (const metric of CONSUMPTION_METRICS) {
      const byRole = consumptionBy(shares, metric, ({ role }) => role);
      put(`resources_${metric}`, [...byRole.values()].reduce(sumOf, NOTHING));
      for (const [role, amounts] of byRole)
        put(`resources_per_role_${metric}_${role}`.toLowerCase(), amounts);
    }
    const quotas = storage.read((stores) => [...stores.quotas.all()]);
    put('resources_allocated_quota', quotas.map(([, quota]) => amountsOf(quota)).reduce(sumOf, NOTHING));
    for (const [role, quota] of quotas) put(`quota_per_role_${role}`.toLowerCase(), amountsOf(quota));
    return values;
  };
  const show = (values: Map<string, number>) => {
    for (const name of shown.keys()) if (!values.has(name)) counters.forget(name);
    for (const name of values.keys()) if (!shown.has(name)) counters.gauge(name, () => shown.get(name) ?? 0);
    shown = values;
  };
  const arm = () => {
    timer = clock.after(options.intervalMs, run);
  };
  const run = () =>
    void collect().then(
      (values) => {
        if (closed) return;
        show(values);
        arm();
      },
      (error) => {
        log.warn({ error: messageOf(error) }, 'resources could not be counted');
        if (!closed) arm();
      },
    );
  arm();
  return () => {
    closed = true;
    timer?.cancel();
  };
}
