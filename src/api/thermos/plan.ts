import { circleIn, orderProblem } from '../rules/order.ts';
import { invalid } from './fields.ts';
import type { ThermosProcess, ThermosTask } from './model.ts';

/** The facts about one process that the planner needs. */
export interface PlannedProcess {
  readonly maxFailures: number;
  readonly daemon: boolean;
  readonly ephemeral: boolean;
  readonly minDurationMs: number;
  /** Processes that must have finished before this one may start. */
  readonly after: ReadonlySet<string>;
}

/** The regular or the final processes of a task with their order; a directed graph without cycles. */
export type Plan = ReadonlyMap<string, PlannedProcess>;

/** Which processes of a task a plan contains. */
export type PlanKind = 'regular' | 'final';

/** Whether the order concerns any of these processes; one that has only unknown names does not. */
function concerns(order: readonly string[], members: ReadonlyMap<string, ThermosProcess>): boolean {
  return order.some((name) => members.has(name));
}

/** @throws AuroraError EXECUTOR for an impossible order */
function checkOrder(order: readonly string[], all: ReadonlyMap<string, ThermosProcess>): void {
  if (order.length > 0 && !concerns(order, all)) return;
  const problem = orderProblem(order, all);
  if (problem)
    throw invalid(`the order ${order.join(', ')}: ${problem}`, 'task.constraints', 'correct that order');
}

/**
 * The plan for the regular or the final processes of a task.
 * @throws AuroraError EXECUTOR for an order that breaks the shared rules. Source: the original's TaskPlanner and
 * ThermosTaskValidator.
 */
export function planOf(task: ThermosTask, kind: PlanKind): Plan {
  const all = new Map(task.processes.map((one) => [one.name, one]));
  const members = new Map([...all].filter(([, one]) => one.final === (kind === 'final')));
  for (const order of task.orders) checkOrder(order, all);
  const orders = task.orders.filter((order) => concerns(order, members));
  const circle = circleIn(orders);
  if (circle)
    throw invalid(
      `processes wait for each other: ${circle.join(' -> ')}`,
      'task.constraints',
      'take one of them out of an order, so that one can be the first',
    );
  const after = new Map([...members.keys()].map((name) => [name, new Set<string>()]));
  for (const order of orders)
    for (const [at, name] of order.slice(1).entries()) after.get(name)?.add(order[at] as string);
  return new Map(
    [...members].map(([name, { maxFailures, daemon, ephemeral, minDurationMs }]) => [
      name,
      { maxFailures, daemon, ephemeral, minDurationMs, after: after.get(name) as ReadonlySet<string> },
    ]),
  );
}
