import { type Resource, toNumber } from '../../api/index.ts';

/**
 * Amounts of every resource type. All bags have all properties, so that the arithmetic of a million decisions works on
 * one object shape. Units: number of cpus and gpus, ram and disk in MB, number of ports and ips.
 */
export interface ResourceBag {
  readonly cpus: number;
  readonly ramMb: number;
  readonly diskMb: number;
  readonly ports: number;
  readonly gpus: number;
  readonly ips: number;
}

export const EMPTY_BAG: ResourceBag = { cpus: 0, ramMb: 0, diskMb: 0, ports: 0, gpus: 0, ips: 0 };

/** Amounts below this count as zero; Mesos itself computes in thousandths. */
export const NEAR_ZERO = 1e-6;

/** The order in which amounts are compared and missing ones are reported. */
export const RESOURCE_TYPES = ['cpus', 'ramMb', 'diskMb', 'ports', 'gpus', 'ips'] as const;
export type ResourceType = (typeof RESOURCE_TYPES)[number];

export const addBags = (a: ResourceBag, b: ResourceBag): ResourceBag => ({
  cpus: a.cpus + b.cpus,
  ramMb: a.ramMb + b.ramMb,
  diskMb: a.diskMb + b.diskMb,
  ports: a.ports + b.ports,
  gpus: a.gpus + b.gpus,
  ips: a.ips + b.ips,
});

/** Whether `have` is enough for `need`. */
export const fits = (need: ResourceBag, have: ResourceBag): boolean =>
  need.cpus <= have.cpus + NEAR_ZERO &&
  need.ramMb <= have.ramMb + NEAR_ZERO &&
  need.diskMb <= have.diskMb + NEAR_ZERO &&
  need.ports <= have.ports &&
  need.gpus <= have.gpus + NEAR_ZERO &&
  need.ips <= have.ips + NEAR_ZERO;

/** What a task asks for: amounts of the same type are added up, named ports counted. */
export function bagOf(resources: readonly Resource[]): ResourceBag {
  const bag = { ...EMPTY_BAG };
  for (const one of resources) {
    if (one.numCpus !== undefined) bag.cpus += one.numCpus;
    else if (one.ramMb !== undefined) bag.ramMb += toNumber(one.ramMb);
    else if (one.diskMb !== undefined) bag.diskMb += toNumber(one.diskMb);
    else if (one.namedPort !== undefined) bag.ports++;
    else if (one.numGpus !== undefined) bag.gpus += toNumber(one.numGpus);
    else if (one.ipAddr !== undefined) bag.ips += toNumber(one.ipAddr);
  }
  return bag;
}
