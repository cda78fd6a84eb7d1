/**
 * The template references that are left when a task reaches its machine: `{{thermos.ports[http]}}`. A reference is
 * dotted names and indices without blanks; `{{}}` and single braces are text.
 * Source: the original's template language (pystachio), of which nothing but binding is needed here.
 */
import { AuroraError } from '../../base/errors.ts';

const REFERENCE = /\{\{([^{}]+)\}\}/g;

/** Inner references of `{{a[{{b}}]}}` come first; deeper nesting than this has no use. */
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

/** The same JSON value with known references replaced in every text, keys excepted; others stay as they are. */
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

/** @throws AuroraError EXECUTOR naming what is left unbound */
export function assertBound(value: unknown): void {
  const left = [...references(value)].map((name) => `{{${name}}}`);
  if (left.length === 0) return;
  const ports = left.some((name) => name.startsWith('{{thermos.ports['));
  throw new AuroraError('EXECUTOR', `the task has unbound references: ${left.join(', ')}`, {
    next: ports ? 'give every port a static number or use it in a process of the job' : undefined,
  });
}
