import type { InstanceTaskConfig, JobUpdateInstructions, Range, TaskConfig } from '../../api/index.ts';
import type { UpdateDirection } from '../storage/index.ts';

type Instructions = Pick<JobUpdateInstructions, 'initialState' | 'desiredState' | 'restart'>;

/** All ids in the ranges. */
export function* idsIn(ranges: readonly Range[]): Generator<number> {
  for (const { first, last } of ranges) for (let id = first; id <= last; id++) yield id;
}

/** Turns ids into ascending closed ranges; duplicates count once. */
export function rangesOf(ids: Iterable<number>): Range[] {
  const ranges: { first: number; last: number }[] = [];
  for (const id of [...ids].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && id === last.last + 1) last.last = id;
    else ranges.push({ first: id, last: id });
  }
  return ranges;
}

/** The configuration of each instance in the given states; other instances have none. */
function configsOf(states: readonly InstanceTaskConfig[]): Map<number, TaskConfig> {
  const configs = new Map<number, TaskConfig>();
  for (const { task, instances } of states) for (const id of idsIn(instances)) configs.set(id, task);
  return configs;
}

/** The instances of an update in the order in which they are worked on, and what each should finally have. */
export interface UpdatedInstances {
  readonly order: readonly number[];
  /** The configuration the instance should have; undefined when it should have no task. */
  wanted(instanceId: number): TaskConfig | undefined;
}

/** Ids of the instances to create, to replace and to remove, each list ascending. */
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
 * The order is: instances to create, then those to replace, then those to remove. A rollback goes exactly the other
 * way.
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
