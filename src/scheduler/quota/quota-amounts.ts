import { type ResourceAggregate, toNumber, type Wire } from '../../api/index.ts';

/**
 * The amounts that quotas limit: cpus in cores, memory and disk in MB, and GPUs. A quota without `gpus`, from before
 * GPUs were counted, allows any number of them.
 */
export interface QuotaAmounts {
  readonly cpus: number;
  readonly ramMb: number;
  readonly diskMb: number;
  readonly gpus?: number;
}

export const NOTHING: Required<QuotaAmounts> = { cpus: 0, ramMb: 0, diskMb: 0, gpus: 0 };

const AMOUNTS = ['cpus', 'ramMb', 'diskMb', 'gpus'] as const;

/** Combines two sets of amounts type by type. */
function each(
  a: QuotaAmounts,
  b: QuotaAmounts,
  combine: (a: number, b: number) => number,
): Required<QuotaAmounts> {
  const result = { ...NOTHING };
  for (const type of AMOUNTS) result[type] = combine(a[type] ?? 0, b[type] ?? 0);
  return result;
}

export const plus = (a: QuotaAmounts, b: QuotaAmounts) => each(a, b, (x, y) => x + y);
export const minus = (a: QuotaAmounts, b: QuotaAmounts) => each(a, b, (x, y) => x - y);
export const larger = (a: QuotaAmounts, b: QuotaAmounts) => each(a, b, Math.max);
export const times = (a: QuotaAmounts, n: number) => each(a, a, (x) => x * n);

/** The amounts of one task of the configuration, or of a quota; executors are not counted. */
export function quotaAmounts({ resources = [] }: Pick<Wire<'ResourceAggregate'>, 'resources'>): QuotaAmounts {
  const sum = { cpus: 0, ramMb: 0, diskMb: 0 };
  let gpus: number | undefined;
  for (const { numCpus, ramMb, diskMb, numGpus } of resources) {
    sum.cpus += numCpus ?? 0;
    sum.ramMb += toNumber(ramMb ?? 0);
    sum.diskMb += toNumber(diskMb ?? 0);
    if (numGpus !== undefined) gpus = (gpus ?? 0) + toNumber(numGpus);
  }
  return gpus === undefined ? sum : { ...sum, gpus };
}

/** Used amounts in the API's form. Clients expect three amounts; GPUs are only added when there are some. */
export const aggregateOf = ({ cpus, ramMb, diskMb, gpus = 0 }: QuotaAmounts): ResourceAggregate => ({
  resources: [{ numCpus: cpus }, { ramMb }, { diskMb }, ...(gpus > 0 ? [{ numGpus: gpus }] : [])],
});

/** A quota in the API's form; GPUs are only added when they are limited. */
export const quotaAggregate = ({ gpus, ...others }: QuotaAmounts): ResourceAggregate => ({
  resources: [...aggregateOf(others).resources, ...(gpus === undefined ? [] : [{ numGpus: gpus }])],
});

const UNITS = [
  ['cpus', 'CPU', 'core(s)'],
  ['ramMb', 'RAM', 'MB'],
  ['diskMb', 'disk', 'MB'],
  ['gpus', 'GPU', 'core(s)'],
] as const;

/** Tolerance, because sums of binary fractions are not exact. */
const NEAR_ZERO = 1e-6;

/** Says how far the quota is exceeded, for the user; undefined when it is not. */
export function excess(used: QuotaAmounts, quota: QuotaAmounts): string | undefined {
  const over = UNITS.flatMap(([type, name, unit]) => {
    const by = (used[type] ?? 0) - (quota[type] ?? Number.POSITIVE_INFINITY);
    return by > NEAR_ZERO ? [`${name} quota exceeded by ${by.toFixed(2)} ${unit}`] : [];
  });
  return over.length > 0 ? over.join('; ') : undefined;
}
