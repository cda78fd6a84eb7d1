import type { Expr, Params } from '../python/syntax.ts';
import type { Module } from '../types/modules.ts';
import type { Name, PythonScope } from '../types/scopes.ts';

/** Words that cannot be names in TypeScript, and globals that translations use. */
const RESERVED = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for
  function if implements import in instanceof interface let new null package private protected public return static super switch
  this throw true try typeof undefined var void while with yield Array Boolean Date Error JSON Map Math Number Object Promise Set
  String Symbol console globalThis process require`.split(/\s+/),
);

/** `max_failures` becomes `maxFailures`; names in capitals stay as they are. */
export function camelCase(id: string): string {
  const start = id.match(/^_*/)?.[0] ?? '';
  const rest = id.slice(start.length);
  if (rest === rest.toUpperCase()) return id;
  return (
    start + rest.replace(/_+([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase()).replace(/_+$/, '')
  );
}

/** The TypeScript name of every identifier that a file binds or imports. */
export function localNames(module: Module): ReadonlyMap<string, string> {
  const ids = new Set<string>(module.scopes.free.keys());
  const add = (scope: PythonScope) => {
    for (const id of scope.names.keys()) ids.add(id);
  };
  add(module.scopes.file);
  for (const scope of module.scopes.of.values()) add(scope);
  const names = new Map<string, string>();
  const used = new Set<string>();
  for (const id of [...ids].sort((a, b) => Number(a.includes('_')) - Number(b.includes('_')))) {
    let local = camelCase(id);
    if (RESERVED.has(local)) local = `${local}_`;
    if (used.has(local)) local = id;
    while (used.has(local)) local += '_';
    used.add(local);
    names.set(id, local);
  }
  return names;
}

/**
 * New names for parameters whose default reads a variable of the same name, as in `lambda x, i=i: ...`: in TypeScript
 * such a default would read the parameter itself.
 */
export function shadowingNames(
  module: Module,
  taken: Set<string>,
  names: ReadonlyMap<string, string>,
): ReadonlyMap<Name, string> {
  const found = new Map<Name, string>();
  for (const [owner, scope] of module.scopes.of) {
    for (const { name, default: value } of (owner as { readonly params?: Params }).params ?? []) {
      const own = scope.names.get(name);
      if (!own || !value || !mentions(value, name)) continue;
      let local = `${names.get(name)}Now`;
      while (taken.has(local)) local += '_';
      taken.add(local);
      found.set(own, local);
    }
  }
  return found;
}

/** Whether an identifier occurs anywhere in an expression. */
function mentions(node: Expr, id: string): boolean {
  if (node.t === 'name') return node.id === id;
  return Object.values(node).some((part) => holds(part, id));
}
const holds = (part: unknown, id: string): boolean => {
  if (Array.isArray(part)) return part.some((one) => holds(one, id));
  return (
    typeof part === 'object' &&
    part !== null &&
    ('t' in part ? mentions(part as Expr, id) : Object.values(part).some((one) => holds(one, id)))
  );
};
