import type { Module } from '../types/infer.ts';
import type { PythonScope } from '../types/scopes.ts';

/** Words that are no names in TypeScript, and globals that the translation uses. */
const RESERVED = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for
  function if implements import in instanceof interface let new null package private protected public return static super switch
  this throw true try typeof undefined var void while with yield Array Boolean Date Error JSON Map Math Number Object Promise Set
  String Symbol console globalThis process require`.split(/\s+/),
);

/** `max_failures` is `maxFailures`; names in capitals stay. */
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
