import type { Resource } from '../../../src/mesos/index.ts';

/** What an agent has, an offer holds or a task takes. */
export interface Amounts {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly ports: ReadonlySet<number>;
}

export const NOTHING: Amounts = { cpus: 0, mem: 0, disk: 0, ports: new Set() };

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

export const plus = (a: Amounts, b: Amounts): Amounts => ({
  cpus: rounded(a.cpus + b.cpus),
  mem: rounded(a.mem + b.mem),
  disk: rounded(a.disk + b.disk),
  ports: new Set([...a.ports, ...b.ports]),
});

export const minus = (a: Amounts, b: Amounts): Amounts => ({
  cpus: rounded(a.cpus - b.cpus),
  mem: rounded(a.mem - b.mem),
  disk: rounded(a.disk - b.disk),
  ports: new Set([...a.ports].filter((port) => !b.ports.has(port))),
});

export const sum = (all: Iterable<Amounts>): Amounts => [...all].reduce(plus, NOTHING);

/** Whether all of `need` is in `have`. */
export const holds = (have: Amounts, need: Amounts): boolean =>
  need.cpus <= have.cpus + 1e-6 &&
  need.mem <= have.mem + 1e-6 &&
  need.disk <= have.disk + 1e-6 &&
  [...need.ports].every((port) => have.ports.has(port));

/** Mesos offers nothing without some cpu or memory. */
export const isWorthOffering = ({ cpus, mem }: Amounts): boolean => cpus >= 0.01 && mem >= 32;

export function resourcesOf({ cpus, mem, disk, ports }: Amounts): Resource[] {
  const scalar = (name: string, value: number): Resource => ({ name, type: 'SCALAR', scalar: { value } });
  const range: { begin: number; end: number }[] = [];
  for (const port of [...ports].sort((a, b) => a - b)) {
    const last = range.at(-1);
    if (last && last.end === port - 1) last.end = port;
    else range.push({ begin: port, end: port });
  }
  return [
    scalar('cpus', cpus),
    scalar('mem', mem),
    scalar('disk', disk),
    ...(range.length > 0 ? [{ name: 'ports', type: 'RANGES' as const, ranges: { range } }] : []),
  ];
}

/** Adds up resources; ports named twice are one port too few, which `doubled` tells. */
export function amountsOf(resources: readonly Resource[]): Amounts & { readonly doubled: boolean } {
  const scalars = { cpus: 0, mem: 0, disk: 0 };
  const ports = new Set<number>();
  let doubled = false;
  for (const { name, scalar, ranges } of resources) {
    if (name === 'cpus' || name === 'mem' || name === 'disk') scalars[name] += scalar?.value ?? 0;
    for (const { begin, end } of name === 'ports' ? (ranges?.range ?? []) : [])
      for (let port = begin; port <= end; port++) {
        doubled ||= ports.has(port);
        ports.add(port);
      }
  }
  return {
    cpus: rounded(scalars.cpus),
    mem: rounded(scalars.mem),
    disk: rounded(scalars.disk),
    ports,
    doubled,
  };
}
