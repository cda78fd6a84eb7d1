/**
 * Template references that remain in a task when it reaches its machine: `{{thermos.ports[http]}}`. A reference
 * consists of dotted names and indices without blanks; `{{}}` and single braces are text. Source: the original's
 * template language (pystachio); only binding is needed here.
 */
import { closestName } from '../../base/closest-name.ts';
import { AuroraError } from '../../base/errors.ts';

const REFERENCE = /\{\{([^{}]+)\}\}/g;

/** Limit of passes: in `{{a[{{b}}]}}` the inner reference is replaced first. Deeper nesting has no use. */
const PASSES = 8;

/** Known values by reference, for example `thermos.task_id`. */
type Bindings = ReadonlyMap<string, string>;

function boundText(text: string, bindings: Bindings): string {
  let result = text;
  for (let pass = 0; pass < PASSES && result.includes('{{'); pass++) {
    const next = result.replace(REFERENCE, (whole, name: string) => bindings.get(name) ?? whole);
    if (next === result) break;
    result = next;
  }
  return result;
}

/** Replaces known references in all texts of a JSON value except keys; unknown references stay. */
export function bound(value: unknown, bindings: Bindings): unknown {
  if (typeof value === 'string') return boundText(value, bindings);
  if (Array.isArray(value)) return value.map((one) => bound(one, bindings));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, bound(one, bindings)]));
}

/** Every distinct reference in the texts of a JSON value, without braces, in order of appearance. */
function references(value: unknown, found: Set<string> = new Set()): ReadonlySet<string> {
  if (typeof value === 'string') for (const [, name] of value.matchAll(REFERENCE)) found.add(name as string);
  else if (typeof value === 'object' && value !== null)
    for (const one of Object.values(value)) references(one, found);
  return found;
}

/** References that a task may always use, besides its ports. */
const ALWAYS = ['mesos.instance', 'mesos.hostname', 'thermos.task_id', 'thermos.user'];

const PORT = 'thermos.ports[';

/**
 * The known reference that was probably meant. A port that is mentioned nowhere else has no number yet, so its index is
 * taken as it is.
 */
function meant(name: string, bindings: Bindings): string | undefined {
  const [, index] = /^[\w.]+\[(.+)\]$/.exec(name) ?? [];
  const names = [...ALWAYS, ...bindings.keys(), ...(index === undefined ? [] : [`${PORT}${index}]`])];
  return closestName(name, names);
}

function advice(left: readonly string[], bindings: Bindings): string {
  if (left.some((name) => name.startsWith(PORT)))
    return 'give every port a static number or use it in a process of the job';
  for (const name of left) {
    const nearest = meant(name, bindings);
    if (nearest) return `did you mean {{${nearest}}}?`;
  }
  return `bind them in the job; a machine knows ${ALWAYS.join(', ')} and thermos.ports[NAME]`;
}

/** @throws AuroraError EXECUTOR naming the unbound references and the most similar known name */
export function assertBound(value: unknown, bindings: Bindings): void {
  const left = [...references(value)];
  if (left.length === 0) return;
  const all = left.map((name) => `{{${name}}}`).join(', ');
  throw new AuroraError('EXECUTOR', `the task has unbound references: ${all}`, {
    next: advice(left, bindings),
  });
}
