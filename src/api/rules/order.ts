/** The facts about a process that an order depends on. */
interface OrderedProcess {
  readonly final: boolean;
  readonly daemon: boolean;
  readonly ephemeral: boolean;
}

/** Names that occur more than once. A second process of the same name would never run. */
export const repeated = (names: readonly string[]): readonly string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];

/**
 * Why an order of processes is impossible: unknown names, final and ordinary processes in one list, a repeated name, a wait
 * for something that never finishes. Source: the original's planner, which plans ordinary and final processes separately.
 */
export function orderProblem(
  order: readonly string[],
  processes: ReadonlyMap<string, OrderedProcess>,
): string | undefined {
  if (order.length === 0) return 'names no process';
  const unknown = order.filter((name) => !processes.has(name));
  if (unknown.length > 0)
    return `${named(unknown)} is not a process of this task; there are ${named([...processes.keys()])}`;
  if (repeated(order).length > 0) return 'names a process twice';
  const finals = order.filter((name) => processes.get(name)?.final);
  if (finals.length > 0 && finals.length < order.length)
    return `${named(finals)} is final: it runs after all ordinary processes, and cannot be ordered with them`;
  for (const [index, name] of order.slice(1).entries()) {
    const text = waitProblem(order[index] as string, name, processes);
    if (text) return text;
  }
  return undefined;
}

function waitProblem(
  first: string,
  then: string,
  processes: ReadonlyMap<string, OrderedProcess>,
): string | undefined {
  const before = processes.get(first);
  if (before?.daemon) return `${named([then])} waits for ${named([first])}, a daemon, which never finishes`;
  return before?.ephemeral && !processes.get(then)?.ephemeral
    ? `${named([then])} waits for ${named([first])}, which is ephemeral, and is not ephemeral itself`
    : undefined;
}

const named = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(', ');

/** A cycle of names that wait for each other, with the first repeated at the end; undefined when there is none. */
export function circleIn(orders: readonly (readonly string[])[]): readonly string[] | undefined {
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
