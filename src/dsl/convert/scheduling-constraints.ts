import type { Constraint } from '../../api/index.ts';
import { constraintProblem } from '../../api/rules/constraints.ts';
import type { Problem } from '../resolve/problem.ts';
import type { ResolvedStruct } from '../schema/table.ts';

type Job = ResolvedStruct<'Job'>;

const LIMIT = 'limit:';
const WHOLE = /^\s*[+-]?\d+\s*$/;

/**
 * Parses the mini-language of `constraints`: `limit:N` is a limit; anything else is a list of values, separated by
 * commas, where a leading `!` means "none of these". Blanks are significant.
 */
export function constraintsOf({ constraints = {} }: Job): readonly Constraint[] {
  return Object.entries(constraints).map(([name, text]) => {
    if (text.startsWith(LIMIT))
      return { name, constraint: { limit: { limit: Number(text.slice(LIMIT.length)) } } };
    const negated = text.startsWith('!');
    const values = [...new Set((negated ? text.slice(1) : text).split(','))];
    return { name, constraint: { value: { negated, values } } };
  });
}

/** Matches a text that looks like a limit but would be read as a value. */
const NEARLY_LIMIT = /^\s*limit\s*(?:[=:]|\s-?\d)/i;

/** Limits that cannot be parsed, and constraints that no machine satisfies or that the role may not use. */
export function constraintProblems(job: Job): readonly Problem[] {
  const { constraints = {}, role } = job;
  return constraintsOf(job).flatMap((constraint): readonly Problem[] => {
    const { name } = constraint;
    const given = constraints[name] as string;
    const kind = 'bad-constraint';
    const path = ['constraints', name];
    if (isBadLimit(given)) {
      const text = `must be limit: and a whole number, got ${JSON.stringify(given)}`;
      return [{ kind, path, text, doomed: given.startsWith(LIMIT) ? undefined : 'job' }];
    }
    const text = constraintProblem(constraint, role);
    return text ? [{ kind, path, text, doomed: 'job' }] : [];
  });
}

const isBadLimit = (text: string): boolean =>
  text.startsWith(LIMIT) ? !WHOLE.test(text.slice(LIMIT.length)) : NEARLY_LIMIT.test(text);
