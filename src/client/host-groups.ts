import { AuroraError } from '../base/errors.ts';

/** Hosts that go down at the same time: by what they have in common. */
const GROUPINGS: Readonly<Record<string, (host: string) => string>> = {
  none: () => '',
  by_host: (host) => host,
};

/** The one that needs the scheduler: rack-grouping.ts. */
const OTHERS = ['by_rack'];

/** Puts hosts into groups. */
export type Grouping = (hosts: Iterable<string>) => readonly (readonly string[])[];

/**
 * The grouping of that name: groups in the order of what their hosts have in common, hosts sorted.
 * Throws BAD_PARAMETER.
 */
export function groupingNamed(name: string): Grouping {
  const keyOf = Object.hasOwn(GROUPINGS, name) ? GROUPINGS[name] : undefined;
  if (!keyOf)
    throw new AuroraError('BAD_PARAMETER', `Unknown grouping function ${name}.`, {
      next: `it must be one of ${[...Object.keys(GROUPINGS), ...OTHERS].join(', ')}`,
    });
  return groupingBy(keyOf);
}

/** Groups of hosts with the same key. */
export const groupingBy =
  (keyOf: (host: string) => string): Grouping =>
  (hosts) => {
    const groups = new Map<string, string[]>();
    for (const host of [...hosts].sort()) {
      const group = groups.get(keyOf(host)) ?? [];
      groups.set(keyOf(host), group);
      group.push(host);
    }
    return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  };
