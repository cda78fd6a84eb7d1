import type { Problem } from '../resolve/problem.ts';
import type { Resolved } from '../schema/table.ts';

type Process = Resolved<'Process'>;

/**
 * What makes the order of a task's processes impossible: names that are not there, final and ordinary processes in one
 * list, a name twice, a wait for something that never finishes, a circle.
 * Source: the original's planner, which plans ordinary and final processes apart.
 */
export function planProblems({ processes, constraints }: Resolved<'Task'>): readonly Problem[] {
  const byName = new Map(processes.map((process) => [process.name, process]));
  const lists = constraints.flatMap(({ order }, index) => {
    const text = listProblem(order, byName);
    return text === undefined ? [] : [problem(index, text)];
  });
  if (lists.length > 0) return lists;
  const circle = findCircle(constraints.map(({ order }) => order));
  if (!circle) return [];
  const last = constraints.findLastIndex(({ order }) => circle.every((name) => order.includes(name)));
  const at = last >= 0 ? last : constraints.findLastIndex(({ order }) => order.includes(circle[0] ?? ''));
  return [problem(at, `${circle.join(' waits for ')}: no process of this circle can ever start`)];
}

const problem = (index: number, text: string): Problem => ({
  kind: 'bad-plan',
  path: ['task', 'constraints', index, 'order'],
  text,
});

function listProblem(order: readonly string[], byName: ReadonlyMap<string, Process>): string | undefined {
  const unknown = order.filter((name) => !byName.has(name));
  if (unknown.length > 0)
    return `${named(unknown)} is no process of this task; there are ${named([...byName.keys()])}`;
  if (new Set(order).size < order.length) return 'names a process twice';
  const members = order.map((name) => byName.get(name) as Process);
  const finals = members.filter(({ final }) => final);
  if (finals.length > 0 && finals.length < members.length) {
    return `${named(finals.map(({ name }) => name))} is final: it runs after all ordinary processes, and cannot be ordered with them`;
  }
  for (const [index, before] of members.entries()) {
    const after = members[index + 1];
    if (!after) break;
    if (before.daemon)
      return `${named([after.name])} waits for ${named([before.name])}, a daemon, which never finishes`;
    if (before.ephemeral && !after.ephemeral)
      return `${named([after.name])} waits for ${named([before.name])}, which is ephemeral, and is not ephemeral itself`;
  }
  return undefined;
}

const named = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(', ');

/** Names that wait for one another, the first again at the end; undefined when there is no circle. */
function findCircle(orders: readonly (readonly string[])[]): readonly string[] | undefined {
  const waitsFor = new Map<string, string[]>();
  for (const order of orders) {
    for (const [index, name] of order.entries()) {
      const before = order[index - 1];
      if (before !== undefined) waitsFor.set(name, [...(waitsFor.get(name) ?? []), before]);
    }
  }
  const done = new Set<string>();
  const walk = (name: string, trail: readonly string[]): readonly string[] | undefined => {
    const seen = trail.indexOf(name);
    if (seen >= 0) return [...trail.slice(seen), name];
    if (done.has(name)) return undefined;
    for (const next of waitsFor.get(name) ?? []) {
      const circle = walk(next, [...trail, name]);
      if (circle) return circle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of waitsFor.keys()) {
    const circle = walk(name, []);
    if (circle) return circle;
  }
  return undefined;
}
