import type { Constraint } from '../../api/index.ts';
import type { Problem } from '../resolve/problem.ts';
import type { Resolved } from '../schema/table.ts';

type Job = Resolved<'Job'>;

const LIMIT = 'limit:';
const WHOLE = /^\s*[+-]?\d+\s*$/;

/**
 * The mini-language of `constraints`: `limit:N` is a limit; anything else is a list of values, joined by commas, with
 * a `!` in front of it for "none of these". Blanks count.
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

/** Limits that are no whole number. */
export const constraintProblems = ({ constraints = {} }: Job): readonly Problem[] =>
  Object.entries(constraints)
    .filter(([, text]) => text.startsWith(LIMIT) && !WHOLE.test(text.slice(LIMIT.length)))
    .map(([name, text]) => ({
      kind: 'bad-constraint',
      path: ['constraints', name],
      text: `must be limit: and a whole number, got ${JSON.stringify(text)}`,
    }));
