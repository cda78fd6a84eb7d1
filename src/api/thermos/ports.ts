import { AuroraError } from '../../base/errors.ts';

/** Port numbers by name. */
export type Ports = ReadonlyMap<string, number>;

function chase(name: string, targets: ReadonlyMap<string, string>): string {
  const seen = new Set([name]);
  let target = targets.get(name) as string;
  while (targets.has(target)) {
    if (seen.has(target)) {
      throw new AuroraError('EXECUTOR', `the port map goes in a circle: ${[...seen, target].join(' -> ')}`);
    }
    seen.add(target);
    target = targets.get(target) as string;
  }
  return target;
}

/**
 * All ports that a task can use by name: those that the agent assigned, and the announcer's static ports and aliases, which
 * may refer to other names. An entry that does not lead to a number is omitted. Source: the original's resolve_ports.
 * @param portmap `announce.portmap` of the job: name to number or to another name
 * @throws AuroraError EXECUTOR for aliases that form a cycle
 */
export function resolvePorts(
  portmap: Readonly<Record<string, unknown>>,
  assigned: Readonly<Record<string, number>>,
): Ports {
  const targets = new Map(
    Object.entries({ ...portmap, ...assigned }).map(([name, to]) => [name, String(to)]),
  );
  const ports = new Map<string, number>();
  for (const name of targets.keys()) {
    const target = chase(name, targets);
    if (/^\d+$/.test(target)) ports.set(name, Number(target));
  }
  return ports;
}
