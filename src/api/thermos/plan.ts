import { invalid } from './fields.ts';
import type { ThermosProcess, ThermosTask } from './model.ts';

/** What the planner needs to know of one process. */
export interface PlannedProcess {
  readonly maxFailures: number;
  readonly daemon: boolean;
  readonly ephemeral: boolean;
  readonly minDurationMs: number;
  /** Processes that must have finished before this one may start. */
  readonly after: ReadonlySet<string>;
}

/** Either the regular or the final processes of a task with their order; a directed graph without cycles. */
export type Plan = ReadonlyMap<string, PlannedProcess>;

/** Which processes of a task a plan holds. */
export type PlanKind = 'regular' | 'final';

function cycle(after: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const done = new Set<string>();
  const walk = (name: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const earlier of after.get(name) ?? []) {
      const found = walk(earlier, [...path, name]);
      if (found) return found;
    }
    done.add(name);
    return undefined;
  };
  for (const name of after.keys()) {
    const found = walk(name, []);
    if (found) return found.reverse();
  }
  return undefined;
}

/** Refuses an order that names both kinds, or some names that do not exist; one of unknown names only is no order. */
function relevant(order: readonly string[], task: ThermosTask, kind: PlanKind): boolean {
  if (order.length === 0) throw invalid('an order constraint is empty', 'task.constraints');
  const kinds = new Set(
    order.map((name) => {
      const process = task.processes.find((one) => one.name === name);
      return process === undefined ? 'unknown' : process.final ? 'final' : 'regular';
    }),
  );
  if (kinds.size === 1) return kinds.has(kind);
  throw invalid(
    kinds.has('unknown')
      ? `the order ${order.join(', ')} names processes that do not exist`
      : `the order ${order.join(', ')} mixes regular and final processes`,
    'task.constraints',
  );
}

function checkEdge(earlier: ThermosProcess, later: ThermosProcess): void {
  if (earlier.daemon)
    throw invalid(`"${later.name}" waits for the daemon "${earlier.name}", which never ends`);
  if (earlier.ephemeral && !later.ephemeral) {
    throw invalid(`"${later.name}" waits for the ephemeral "${earlier.name}", which need not run`);
  }
}

/**
 * The plan for the regular or the final processes of a task.
 * @throws AuroraError EXECUTOR for an order that cannot be kept: cycles, waiting for a daemon, regular after
 * ephemeral, unknown or mixed members. Source: the original's TaskPlanner and ThermosTaskValidator.
 */
export function planOf(task: ThermosTask, kind: PlanKind): Plan {
  const members = new Map(
    task.processes.filter((one) => one.final === (kind === 'final')).map((one) => [one.name, one]),
  );
  const after = new Map([...members.keys()].map((name) => [name, new Set<string>()]));
  for (const order of task.orders.filter((one) => relevant(one, task, kind))) {
    order.slice(1).forEach((name, at) => {
      const earlier = members.get(order[at] as string) as ThermosProcess;
      checkEdge(earlier, members.get(name) as ThermosProcess);
      after.get(name)?.add(earlier.name);
    });
  }
  const circle = cycle(after);
  if (circle) throw invalid(`processes wait for each other: ${circle.join(' -> ')}`, 'task.constraints');
  return new Map(
    [...members].map(([name, { maxFailures, daemon, ephemeral, minDurationMs }]) => [
      name,
      { maxFailures, daemon, ephemeral, minDurationMs, after: after.get(name) as ReadonlySet<string> },
    ]),
  );
}
