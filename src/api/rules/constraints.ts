import type { Constraint } from '../names.ts';

/** The constraint with special rules: who may use dedicated hosts. */
export const DEDICATED = 'dedicated';

/**
 * Why no host can satisfy a scheduling constraint, or why the role may not use it; undefined when it is valid. A limit
 * counts the job's tasks on hosts with the same value of the attribute. A dedicated constraint names one value,
 * `ROLE/label` or `*` + `/label`; negated it would match everybody's hosts. Source: the original's
 * ConfigurationManager; for attributes and limits what hosts in Mesos can have.
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
    : `is for hosts of another role: Only ${owner} may use hosts dedicated for that role`;
}
