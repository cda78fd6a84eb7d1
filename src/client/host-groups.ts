import { AuroraError } from '../base/errors.ts';

/** The groupings, each with the key that hosts of one group share. The hosts of a group go down together. */
const GROUPINGS: Readonly<Record<string, (host: string) => string>> = {
  none: () => '',
  by_host: (host) => host,
};

/** The grouping that needs the scheduler; see rack-grouping.ts. */
const OTHERS = ['by_rack'];

/** Puts hosts into groups. */
export type Grouping = (hosts: Iterable<string>) => readonly (readonly string[])[];

/** The grouping of that name. Groups are ordered by key, and hosts within a group are sorted. Throws BAD_PARAMETER. */
export function groupingNamed(name: string): Grouping {
  const keyOf = Object.hasOwn(GROUPINGS, name) ? GROUPINGS[name] : undefined;
  if (!keyOf)
    throw new AuroraError('BAD_PARAMETER', `Unknown grouping function ${name}.`, {
      next: `it must be one of ${[...Object.keys(GROUPINGS), ...OTHERS].join(', ')}`,
    });
  return groupingBy(keyOf);
}

/** Groups hosts that have the same key. */
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
