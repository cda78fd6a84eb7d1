import { invariant } from '../../base/invariant.ts';
import type { Random } from '../../base/random.ts';
import { lasting, type Resource } from '../../mesos/index.ts';
import {
  boundsOf,
  countPorts,
  holdsPort,
  NO_PORTS,
  type PortBounds,
  pickPorts,
  rangesOf,
  withoutPorts,
} from './ports.ts';
import { EMPTY_BAG, NEAR_ZERO, type ResourceBag, type ResourceType } from './resource-bag.ts';

/** The resource types that tasks of a revocable tier take from the revocable part of an offer. */
export interface RevocableTypes {
  readonly cpus: boolean;
  readonly ramMb: boolean;
}

/** Our type for each resource name of Mesos. Source: the original's ResourceType. */
const TYPE_OF_NAME: Readonly<Record<string, ResourceType>> = {
  cpus: 'cpus',
  mem: 'ramMb',
  disk: 'diskMb',
  ports: 'ports',
  gpus: 'gpus',
  ips: 'ips',
};

type ScalarType = Exclude<ResourceType, 'ports'>;
const SCALARS: readonly ScalarType[] = ['cpus', 'ramMb', 'diskMb', 'gpus', 'ips'];

/** One resource of an offer, and what is left of it. */
interface Entry {
  readonly source: Resource;
  readonly type: ResourceType;
  readonly revocable: boolean;
  readonly reserved: boolean;
  amount: number;
  /** Those in `gone` are still among them: they are taken out when another task needs ports, which few offers get. */
  ports: PortBounds;
  gone: readonly number[];
}

/** What one task takes out of a pool, as Mesos resources with the role, reservation and revocable info of the offer. */
export interface Taken {
  readonly resources: readonly Resource[];
  readonly ports: readonly number[];
}

/** The resources of an offer, from which tasks take their share one after another. */
export interface ResourcePool {
  /** What a task may use, depending on whether its tier is revocable. */
  available(revocableTier: boolean): ResourceBag;
  /** Revocable cpus only, for the offer order REVOCABLE_CPU. */
  revocableCpus(): number;
  /**
   * Takes `need` out of the pool, reserved resources first. Returns undefined and takes nothing when there is not
   * enough.
   */
  take(need: ResourceBag, revocableTier: boolean, random: Random): Taken | undefined;
}

const reservedRole = (resource: Resource): boolean =>
  (resource.role !== undefined && resource.role !== '*') || (resource.reservations?.length ?? 0) > 0;

/** Whether a task can take a part of the resource: not of persistent volumes, mounted disks and shared resources. */
const divisible = (resource: Resource): boolean =>
  resource.disk?.persistence === undefined && resource.disk?.source === undefined && !resource.shared;

function entryOf(source: Resource): Entry | undefined {
  const type = TYPE_OF_NAME[source.name];
  if (type === undefined || !divisible(source)) return undefined;
  const ports = boundsOf(source.ranges);
  return {
    source,
    type,
    revocable: source.revocable !== undefined,
    reserved: reservedRole(source),
    amount: type === 'ports' ? countPorts(ports) : (source.scalar?.value ?? 0),
    ports,
    gone: NO_PORTS,
  };
}

/** Rounds to thousandths, which is Mesos' precision, so that floating-point errors do not add up. */
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

function portsOf(entry: Entry): PortBounds {
  if (entry.gone.length > 0) entry.ports = withoutPorts(entry.ports, entry.gone);
  entry.gone = NO_PORTS;
  return entry.ports;
}

const portsIn = (entries: readonly Entry[]): PortBounds =>
  entries.length === 1 ? portsOf(entries[0] as Entry) : entries.flatMap(portsOf);

function usable(entry: Entry, revocableTier: boolean, revocableTypes: RevocableTypes): boolean {
  if (!revocableTier) return !entry.revocable;
  const special = entry.type === 'cpus' || entry.type === 'ramMb' ? revocableTypes[entry.type] : false;
  return special ? entry.revocable : true;
}

/** Whether a resource says nothing but its name, its amount and whose it is. */
function isOrdinary(source: Resource): boolean {
  const { allocation_info: allocation, role } = source;
  // The name, the type and the scalar are always there; members are only counted, because that costs least.
  let others = -3;
  for (const _ in source) others++;
  if (others !== (role === undefined ? 0 : 1) + (allocation === undefined ? 0 : 1)) return false;
  let unknown = allocation?.role === undefined ? 0 : -1;
  for (const _ in allocation) unknown++;
  return unknown === 0;
}

const sameOwner = (one: Resource, other: Resource): boolean =>
  one.role === other.role &&
  one.allocation_info?.role === other.allocation_info?.role &&
  (one.allocation_info === undefined) === (other.allocation_info === undefined);

/** How many amounts of ordinary resources are remembered; they are compared one by one, which is cheaper than a key. */
const REMEMBERED = 24;
const remembered: Resource[] = [];
let made = 0;

/**
 * That much of a resource. Tasks of one configuration take the same amounts, so these share one object, whose text is
 * also made only once.
 */
function scalarOf(source: Resource, value: number): Resource {
  if (!isOrdinary(source)) return { ...source, scalar: { value } };
  for (const known of remembered)
    if (known.scalar?.value === value && known.name === source.name && sameOwner(known, source)) return known;
  const resource = lasting({ ...source, scalar: { value } });
  remembered[made++ % REMEMBERED] = resource;
  return resource;
}

/** A class, because a large cluster has 200,000 of them at a time. */
class EntryPool implements ResourcePool {
  /** Reserved entries come first. */
  private readonly entries: readonly Entry[];
  private readonly revocableTypes: RevocableTypes;
  /** Cached results of `available`, computed on demand. */
  private plain: ResourceBag | undefined;
  private revocable: ResourceBag | undefined;

  constructor(entries: readonly Entry[], revocableTypes: RevocableTypes) {
    this.entries = entries;
    this.revocableTypes = revocableTypes;
    this.plain = undefined;
    this.revocable = undefined;
  }

  available(revocableTier: boolean): ResourceBag {
    if (revocableTier) {
      this.revocable ??= this.sum(true);
      return this.revocable;
    }
    this.plain ??= this.sum(false);
    return this.plain;
  }

  revocableCpus(): number {
    let cpus = 0;
    for (const { type, revocable, amount } of this.entries) if (type === 'cpus' && revocable) cpus += amount;
    return cpus;
  }

  take(need: ResourceBag, revocableTier: boolean, random: Random): Taken | undefined {
    const have = this.available(revocableTier);
    if (need.ports > have.ports || SCALARS.some((type) => need[type] > have[type] + NEAR_ZERO))
      return undefined;
    const taken: Resource[] = [];
    for (const type of SCALARS) this.takeScalar(type, need[type], revocableTier, taken);
    const ports = this.takePorts(need.ports, revocableTier, random, taken);
    invariant(
      ports.length === need.ports && this.entries.every(({ amount }) => amount >= -NEAR_ZERO),
      'a pool gave what it does not have',
      () => ({ need, have, ports, left: this.entries.map(({ type, amount }) => [type, amount]) }),
    );
    this.plain = this.revocable = undefined;
    // A copy: a list that grew has room for more, and this one is kept until the launch is durable.
    return { resources: taken.slice(), ports };
  }

  private sum(revocableTier: boolean): ResourceBag {
    const bag = { ...EMPTY_BAG };
    for (const entry of this.entries)
      if (usable(entry, revocableTier, this.revocableTypes)) bag[entry.type] += entry.amount;
    return bag;
  }

  private takeScalar(type: ScalarType, need: number, revocableTier: boolean, into: Resource[]): void {
    let left = need;
    for (const entry of this.entries) {
      if (left <= NEAR_ZERO) return;
      if (entry.type !== type || entry.amount <= NEAR_ZERO) continue;
      if (!usable(entry, revocableTier, this.revocableTypes)) continue;
      const part = Math.min(left, entry.amount);
      entry.amount = rounded(entry.amount - part);
      left = rounded(left - part);
      into.push(scalarOf(entry.source, rounded(part)));
    }
  }

  private takePorts(count: number, revocableTier: boolean, random: Random, into: Resource[]): number[] {
    if (count === 0) return [];
    const sources = this.entries.filter(
      (entry) => entry.type === 'ports' && usable(entry, revocableTier, this.revocableTypes),
    );
    const reserved = sources.filter((entry) => entry.reserved);
    const enough = reserved.reduce((sum, entry) => sum + entry.amount, 0) >= count;
    const ports = pickPorts(portsIn(enough ? reserved : sources), count, random);
    for (const entry of sources) {
      const here = sources.length === 1 ? ports : ports.filter((port) => holdsPort(portsOf(entry), port));
      if (here.length === 0) continue;
      entry.gone = here;
      entry.amount -= here.length;
      into.push({ ...entry.source, ranges: { range: rangesOf(here) } });
    }
    return ports;
  }
}

/** Creates a pool of the resources of an offer; resources with unknown names are ignored. */
export function resourcePool(resources: readonly Resource[], revocableTypes: RevocableTypes): ResourcePool {
  const entries: Entry[] = [];
  const open: Entry[] = [];
  for (const resource of resources) {
    const entry = entryOf(resource);
    if (entry) (entry.reserved ? entries : open).push(entry);
  }
  return new EntryPool(entries.length === 0 ? open : entries.concat(open), revocableTypes);
}
