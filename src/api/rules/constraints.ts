import type { Constraint } from '../names.ts';

/** The constraint with rules of its own: who may use dedicated hosts. */
export const DEDICATED = 'dedicated';

/**
 * What makes a scheduling constraint one that no host can ever fulfil, or that the role may not have; undefined when
 * nothing does. A limit counts tasks of the job on hosts with one value of the attribute; a dedicated constraint names
 * one value, `ROLE/label` or `*` + `/label`, and a negated one would reach the hosts of everybody.
 * Source: the original's ConfigurationManager; for attributes and limits what Mesos hosts can have.
 */
export function constraintProblem({ name, constraint }: Constraint, role: string): string | undefined {
  if (name === '') return 'must name an attribute of hosts';
  if (name === DEDICATED) return dedicatedProblem(constraint, role);
  if (constraint.limit)
    return constraint.limit.limit < 1
      ? `must be a limit of at least 1, got ${constraint.limit.limit}: no host would take a task`
      : undefined;
  const { values } = constraint.value;
  return values.length === 0 || values.includes('')
    ? 'must name at least one value, and none may be empty'
    : undefined;
}

function dedicatedProblem({ value }: Constraint['constraint'], role: string): string | undefined {
  if (!value) return 'must be of value type';
  if (value.negated) return 'may not be negated';
  if (value.values.length !== 1) return 'must have exactly one value';
  const [owner] = (value.values[0] as string).split('/');
  return owner === '*' || owner === role
    ? undefined
    : `is of others: Only ${owner} may use hosts dedicated for that role`;
}
