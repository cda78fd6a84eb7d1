import type { Constraint, LimitConstraint, ValueConstraint } from '../../api/index.ts';
import { DEDICATED } from '../../api/rules/constraints.ts';
import type { AttributeValues } from '../offers/attribute-values.ts';

/** The constraints of a task, separated by kind; within a kind they keep the task's order. */
export interface TaskConstraints {
  readonly values: readonly (readonly [name: string, rule: ValueConstraint])[];
  readonly limits: readonly (readonly [name: string, rule: LimitConstraint])[];
  /** Names of the attributes that `limits` refers to. */
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

/** A host that lacks the attribute has none of its values, so it satisfies exactly the negated constraints. */
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
 * Starts from the hosts of the job's existing tasks, which are counted when the first count is asked for.
 * @param names the attributes that will be asked for.
 */
export function attributeCounts(
  hosts: () => Iterable<AttributeValues>,
  names: readonly string[],
): AttributeCounts {
  let counts: Map<string, Map<string, number>> | undefined;
  // The counts may be kept for a long time, so the function that they came from is let go of.
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
