import type { Constraint, LimitConstraint, ValueConstraint } from '../../api/index.ts';
import { DEDICATED } from '../../api/rules/constraints.ts';
import type { AttributeValues } from '../offers/host-offer.ts';

/** The constraints of a task, taken apart by kind; the order inside a kind is the task's. */
export interface TaskConstraints {
  readonly values: readonly (readonly [name: string, rule: ValueConstraint])[];
  readonly limits: readonly (readonly [name: string, rule: LimitConstraint])[];
  /** Names of the attributes that `limits` is about. */
  readonly limited: readonly string[];
  readonly dedicated: boolean;
}

export function taskConstraints(constraints: readonly Constraint[]): TaskConstraints {
  const limits = constraints.flatMap(({ name, constraint }) =>
    constraint.limit ? [[name, constraint.limit] as const] : [],
  );
  return {
    values: constraints.flatMap(({ name, constraint }) =>
      constraint.value ? [[name, constraint.value] as const] : [],
    ),
    limits,
    limited: [...new Set(limits.map(([name]) => name))],
    dedicated: constraints.some(({ name }) => name === DEDICATED),
  };
}

/** A host without the attribute has none of the values: it satisfies exactly the negated constraints. */
export function satisfiesValue(rule: ValueConstraint, values: ReadonlySet<string> | undefined): boolean {
  const matched = values !== undefined && rule.values.some((value) => values.has(value));
  return matched !== rule.negated;
}

/** Counts tasks of one job by the attribute values of the hosts they are on. */
export interface AttributeCounts {
  count(name: string, value: string): number;
  /** One more task on a host with these attributes. */
  add(attributes: AttributeValues): void;
}

/**
 * Starts with the hosts of the tasks that the job has; nothing is counted before somebody asks.
 * @param names of the attributes that will be asked for.
 */
export function attributeCounts(
  hosts: () => Iterable<AttributeValues>,
  names: readonly string[],
): AttributeCounts {
  let counts: Map<string, Map<string, number>> | undefined;
  // Counts may be kept for long; what they were counted from must not be.
  let source: typeof hosts | undefined = hosts;
  const count = (into: Map<string, Map<string, number>>, attributes: AttributeValues) => {
    for (const [name, byValue] of into) {
      for (const value of attributes.get(name) ?? []) byValue.set(value, (byValue.get(value) ?? 0) + 1);
    }
  };
  const counted = () => {
    if (counts) return counts;
    counts = new Map(names.map((name) => [name, new Map()]));
    if (names.length > 0) for (const attributes of source?.() ?? []) count(counts, attributes);
    source = undefined;
    return counts;
  };
  return {
    count: (name, value) => counted().get(name)?.get(value) ?? 0,
    add: (attributes) => count(counted(), attributes),
  };
}
