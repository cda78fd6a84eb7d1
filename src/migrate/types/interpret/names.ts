import { BUILTIN_RESULTS } from '../builtins.ts';
import type { Knowledge } from '../knowledge.ts';
import { LANGUAGE_FUNCTIONS, STRUCT_CONSTANTS, STRUCT_NAMES, TYPE_NAMES, UNITS } from '../language.ts';
import { outside } from '../modules.ts';
import { lookup, type PythonScope } from '../scopes.ts';
import { kind, type PythonKind } from '../value.ts';
import type { Interpreter } from './interpreter.ts';

/** Names of the schema language that are neither structs nor types. */
const SCHEMA_NAMES = ['Struct', 'Tasks', 'Processes', 'Options'];

/** What a name is that no file defines. */
function builtin(known: Knowledge, id: string): PythonKind {
  if (UNITS.includes(id)) return kind('nat');
  if (id === 'Empty') return kind('empty');
  const constant = STRUCT_CONSTANTS.get(id);
  if (constant) return kind(`struct:${constant}`);
  if (TYPE_NAMES.has(id)) return known.named('type', id);
  const isKnown =
    STRUCT_NAMES.has(id) || LANGUAGE_FUNCTIONS.has(id) || BUILTIN_RESULTS[id] || SCHEMA_NAMES.includes(id);
  return isKnown ? known.named('builtin', id) : kind('any');
}

export function nameOf(run: Interpreter, id: string, scope: PythonScope): PythonKind {
  const { known, module, narrowed } = run;
  const own = lookup(scope, id);
  if (own) {
    const all = known.nameKind(own);
    if (own.scope === module.scopes.file) {
      const from = outside(module, id);
      if (from && from.name !== own) known.learn(all, known.nameKind(from.name));
    }
    if (narrowed.has(own) && all.words.has('none'))
      return { words: new Set([...all.words].filter((one) => one !== 'none')), parts: all.parts };
    return all;
  }
  const from = outside(module, id);
  return from ? known.nameKind(from.name) : builtin(known, id);
}
