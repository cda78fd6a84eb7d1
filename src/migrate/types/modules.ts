import type { PythonFile } from '../python/syntax.ts';
import { findScopes, type Name, type Scopes } from './scopes.ts';

/** A file among others that are translated together. */
export interface Module {
  readonly file: PythonFile;
  readonly scopes: Scopes;
  /** Files that it includes, in order. */
  readonly includes: Module[];
  /** Files that include it. */
  readonly includedBy: Module[];
}

/** A name with the file that it belongs to. */
export interface FoundName {
  readonly module: Module;
  readonly name: Name;
}

export const newModule = (file: PythonFile): Module => ({
  file,
  scopes: findScopes(file.body, file.text.length),
  includes: [],
  includedBy: [],
});

/** The name in the file or in what it includes; of several, the one that was defined last. */
function exported(module: Module, id: string): FoundName | undefined {
  const own = module.scopes.file.names.get(id);
  return own ? { module, name: own } : included(module.includes, id);
}

function included(includes: readonly Module[], id: string): FoundName | undefined {
  for (const include of [...includes].reverse()) {
    const found = exported(include, id);
    if (found) return found;
  }
  return undefined;
}

/**
 * The file that a name comes from when it is not the file's own: one that it includes, or one that was included before
 * it by the same file.
 */
export function outside(module: Module, id: string): FoundName | undefined {
  const found = included(module.includes, id);
  if (found) return found;
  for (const { includes } of module.includedBy) {
    const sibling = included(includes.slice(0, includes.indexOf(module)), id);
    if (sibling) return sibling;
  }
  return undefined;
}
