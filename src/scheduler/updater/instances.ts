import type { InstanceTaskConfig, JobUpdateInstructions, Range, TaskConfig } from '../../api/index.ts';
import type { UpdateDirection } from '../storage/index.ts';

type Instructions = Pick<JobUpdateInstructions, 'initialState' | 'desiredState' | 'restart'>;

/** Every id in the ranges. */
export function* idsIn(ranges: readonly Range[]): Generator<number> {
  for (const { first, last } of ranges) for (let id = first; id <= last; id++) yield id;
}

/** Ascending closed ranges; the ids each once. */
export function rangesOf(ids: Iterable<number>): Range[] {
  const ranges: { first: number; last: number }[] = [];
  for (const id of [...ids].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && id === last.last + 1) last.last = id;
    else ranges.push({ first: id, last: id });
  }
  return ranges;
}

/** The configuration that each instance has in the states; instances that are in none have no task. */
function configsOf(states: readonly InstanceTaskConfig[]): Map<number, TaskConfig> {
  const configs = new Map<number, TaskConfig>();
  for (const { task, instances } of states) for (const id of idsIn(instances)) configs.set(id, task);
  return configs;
}

/** The instances that an update is about, in the order in which it takes them on, and what each is to be in the end. */
export interface UpdatedInstances {
  readonly order: readonly number[];
  /** What the instance is to have; undefined: no task. */
  wanted(instanceId: number): TaskConfig | undefined;
}

/** Those to create, those to replace and those to remove, each ascending. */
export function byKind({ initialState, desiredState }: Instructions): {
  readonly create: readonly number[];
  readonly replace: readonly number[];
  readonly remove: readonly number[];
} {
  const old = new Set(initialState.flatMap(({ instances }) => [...idsIn(instances)]));
  const next = new Set(idsIn(desiredState?.instances ?? []));
  const ascending = [...new Set([...old, ...next])].sort((a, b) => a - b);
  return {
    create: ascending.filter((id) => !old.has(id)),
    replace: ascending.filter((id) => old.has(id) && next.has(id)),
    remove: ascending.filter((id) => !next.has(id)),
  };
}

/**
 * Forward: instances to create, then to replace, then to remove. Back: exactly the reverse.
 * Source: the original's OneWayJobUpdater.
 */
export function updatedInstances(instructions: Instructions, direction: UpdateDirection): UpdatedInstances {
  const { restart } = instructions;
  if (restart) {
    const kept = configsOf([...instructions.initialState, ...restart.others]);
    const ascending = [...kept.keys()].sort((a, b) => a - b);
    return {
      order: direction === 'forward' ? ascending : ascending.reverse(),
      wanted: (id) => kept.get(id),
    };
  }
  const { create, replace, remove } = byKind(instructions);
  const order = [...create, ...replace, ...remove];
  if (direction === 'forward') {
    const next = configsOf(instructions.desiredState ? [instructions.desiredState] : []);
    return { order, wanted: (id) => next.get(id) };
  }
  const old = configsOf(instructions.initialState);
  return { order: order.reverse(), wanted: (id) => old.get(id) };
}
