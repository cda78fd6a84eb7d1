import { type Random, randomBelow } from '../../base/random.ts';

/** Port numbers from `begin` to `end`, both inclusive. */
export interface PortRange {
  readonly begin: number;
  readonly end: number;
}

export const countPorts = (ranges: readonly PortRange[]): number =>
  ranges.reduce((sum, range) => sum + range.end - range.begin + 1, 0);

function portAt(ranges: readonly PortRange[], index: number): number {
  let left = index;
  for (const { begin, end } of ranges) {
    if (left <= end - begin) return begin + left;
    left -= end - begin + 1;
  }
  throw new RangeError(`no port at ${index}`);
}

/**
 * Picks `count` different ports in random order without listing the ranges, by Floyd's sampling with insertion at a
 * random place. The caller makes sure that there are enough.
 */
export function pickPorts(ranges: readonly PortRange[], count: number, random: Random): number[] {
  const total = countPorts(ranges);
  const taken = new Set<number>();
  const picked: number[] = [];
  for (let bound = total - count; bound < total; bound++) {
    const drawn = randomBelow(random, bound + 1);
    const index = taken.has(drawn) ? bound : drawn;
    taken.add(index);
    picked.splice(randomBelow(random, picked.length + 1), 0, portAt(ranges, index));
  }
  return picked;
}

/** Copied as a whole and changed in its place, because an agent with many tasks has hundreds of ranges. */
function withoutPort(ranges: readonly PortRange[], port: number): readonly PortRange[] {
  const left = ranges.slice();
  for (let at = 0; at < left.length; at++) {
    const { begin, end } = left[at] as PortRange;
    if (port < begin || port > end) continue;
    const parts: PortRange[] = [];
    if (begin < port) parts.push({ begin, end: port - 1 });
    if (port < end) parts.push({ begin: port + 1, end });
    left.splice(at, 1, ...parts);
    at += parts.length - 1;
  }
  return left;
}

/** The ranges without the given ports. */
export const withoutPorts = (ranges: readonly PortRange[], ports: readonly number[]): readonly PortRange[] =>
  ports.reduce(withoutPort, ranges);

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
