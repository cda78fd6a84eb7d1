import { type Random, randomBelow } from '../../base/random.ts';
import type { Resource } from '../../mesos/index.ts';

/** Port numbers from `begin` to `end`, both inclusive. */
export interface PortRange {
  readonly begin: number;
  readonly end: number;
}

/**
 * Ranges of ports in one list: the first and the last port of the first range, then of the second, and so on. An agent with
 * many tasks has hundreds of ranges, and this is one object instead of as many.
 */
export type PortBounds = readonly number[];

export const NO_PORTS: readonly number[] = [];

type OfferedRanges = NonNullable<Resource['ranges']>;

/** Ranges as Mesos offered them, which take no more memory than their bounds. Their JSON is that of what was offered. */
export class PackedRanges implements OfferedRanges {
  readonly bounds: PortBounds;

  constructor(bounds: PortBounds) {
    this.bounds = bounds;
  }

  get range(): PortRange[] {
    const ranges: PortRange[] = [];
    const { bounds } = this;
    for (let at = 0; at < bounds.length; at += 2)
      ranges.push({ begin: bounds[at] as number, end: bounds[at + 1] as number });
    return ranges;
  }

  toJSON(): { range: PortRange[] } {
    return { range: this.range };
  }
}

export function boundsOf(ranges: OfferedRanges | undefined): PortBounds {
  if (ranges instanceof PackedRanges) return ranges.bounds;
  if (ranges?.range === undefined) return NO_PORTS;
  const bounds: number[] = [];
  for (const { begin, end } of ranges.range) bounds.push(begin, end);
  // A copy: a list that grew has room for more, and this one is kept as long as its offer.
  return bounds.slice();
}

export function countPorts(bounds: PortBounds): number {
  let count = 0;
  for (let at = 0; at < bounds.length; at += 2)
    count += (bounds[at + 1] as number) - (bounds[at] as number) + 1;
  return count;
}

export function holdsPort(bounds: PortBounds, port: number): boolean {
  for (let at = 0; at < bounds.length; at += 2)
    if (port >= (bounds[at] as number) && port <= (bounds[at + 1] as number)) return true;
  return false;
}

function portAt(bounds: PortBounds, index: number): number {
  let left = index;
  for (let at = 0; at < bounds.length; at += 2) {
    const begin = bounds[at] as number;
    const length = (bounds[at + 1] as number) - begin + 1;
    if (left < length) return begin + left;
    left -= length;
  }
  throw new RangeError(`no port at ${index}`);
}

/**
 * Picks `count` different ports in random order without listing the ranges, by Floyd's sampling with insertion at a
 * random place. The caller makes sure that there are enough.
 */
export function pickPorts(bounds: PortBounds, count: number, random: Random): number[] {
  const total = countPorts(bounds);
  const taken = new Set<number>();
  const picked: number[] = [];
  for (let bound = total - count; bound < total; bound++) {
    const drawn = randomBelow(random, bound + 1);
    const index = taken.has(drawn) ? bound : drawn;
    taken.add(index);
    picked.splice(randomBelow(random, picked.length + 1), 0, portAt(bounds, index));
  }
  return picked;
}

/** In one list of the right length, because there is one for each task that is launched. */
function withoutPort(bounds: PortBounds, port: number): PortBounds {
  let at = 0;
  while (at < bounds.length && !(port >= (bounds[at] as number) && port <= (bounds[at + 1] as number)))
    at += 2;
  if (at >= bounds.length) return bounds;
  const [begin, end] = [bounds[at] as number, bounds[at + 1] as number];
  const parts: number[] = [];
  if (begin < port) parts.push(begin, port - 1);
  if (port < end) parts.push(port + 1, end);
  const left = bounds.slice(0, at).concat(parts, bounds.slice(at + 2));
  // Ranges of an agent do not overlap, but nothing else makes sure of that.
  return holdsPort(left, port) ? withoutPort(left, port) : left;
}

/** The ranges without the given ports. */
export const withoutPorts = (bounds: PortBounds, ports: readonly number[]): PortBounds =>
  ports.reduce(withoutPort, bounds);

/** Ascending ranges of exactly these ports, with adjacent ports joined. */
export function rangesOf(ports: readonly number[]): PortRange[] {
  const ranges: { begin: number; end: number }[] = [];
  for (const port of [...ports].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && port === last.end + 1) last.end = port;
    else ranges.push({ begin: port, end: port });
  }
  return ranges;
}
