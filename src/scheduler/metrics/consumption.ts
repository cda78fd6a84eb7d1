import { type JobKey, type ScheduledTask, type TaskConfig, toNumber } from '../../api/index.ts';
import { DEDICATED } from '../scheduling/constraints.ts';

/** What a figure about used resources counts. Source: the original's ResourceCounter. */
export const CONSUMPTION_METRICS = [
  'total_consumed',
  'dedicated_consumed',
  'quota_consumed',
  'free_pool_consumed',
] as const;
export type ConsumptionMetric = (typeof CONSUMPTION_METRICS)[number];

/** Cpus in cores, memory and disk in MB. */
export interface Consumption {
  readonly cpus: number;
  readonly ramMb: number;
  readonly diskMb: number;
}

export const NOTHING: Consumption = { cpus: 0, ramMb: 0, diskMb: 0 };

export const isConsumptionMetric = (name: string): name is ConsumptionMetric =>
  (CONSUMPTION_METRICS as readonly string[]).includes(name);

/** Whether a task counts for the metric; quota is for production tasks on hosts that are not dedicated. */
export function counts(metric: ConsumptionMetric, config: TaskConfig): boolean {
  if (metric === 'total_consumed') return true;
  const dedicated = config.constraints.some(({ name }) => name === DEDICATED);
  if (metric === 'dedicated_consumed') return dedicated;
  return !dedicated && config.production === (metric === 'quota_consumed');
}

export const sumOf = (a: Consumption, b: Consumption): Consumption => ({
  cpus: a.cpus + b.cpus,
  ramMb: a.ramMb + b.ramMb,
  diskMb: a.diskMb + b.diskMb,
});

/** Amounts of a task or a quota; executors are not counted. */
export function amountsOf({ resources }: Pick<TaskConfig, 'resources'>, times = 1): Consumption {
  let sum = NOTHING;
  for (const { numCpus = 0, ramMb = 0, diskMb = 0 } of resources)
    sum = sumOf(sum, { cpus: numCpus, ramMb: toNumber(ramMb), diskMb: toNumber(diskMb) });
  return { cpus: sum.cpus * times, ramMb: sum.ramMb * times, diskMb: sum.diskMb * times };
}

/** How many tasks there are of each configuration; equal configurations are one object. */
export function countByConfig(tasks: readonly ScheduledTask[]): Map<TaskConfig, number> {
  const found = new Map<TaskConfig, number>();
  for (const { assignedTask } of tasks) found.set(assignedTask.task, (found.get(assignedTask.task) ?? 0) + 1);
  return found;
}

/** Active tasks of one configuration. */
export interface ConfigShare {
  readonly job: JobKey;
  readonly config: TaskConfig;
  readonly tasks: number;
}

/** Sums by a key for the shares that the metric counts, in the order in which keys are met. */
export function consumptionBy(
  shares: Iterable<ConfigShare>,
  metric: ConsumptionMetric,
  keyOf: (job: JobKey) => string,
): Map<string, Consumption> {
  const sums = new Map<string, Consumption>();
  for (const { job, config, tasks } of shares) {
    if (!counts(metric, config)) continue;
    const key = keyOf(job);
    sums.set(key, sumOf(sums.get(key) ?? NOTHING, amountsOf(config, tasks)));
  }
  return sums;
}
