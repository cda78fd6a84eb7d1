import type { Doc } from '../layout/doc.ts';
import { type Module, outside } from '../types/modules.ts';
import type { Name } from '../types/scopes.ts';
import { planOf, planRebound } from './plans.ts';

/**
 * Names that a file takes from an included file and binds to another value. In the original both files share one table
 * of names, so the later value counts for the functions of both. Modules do not share names, so such functions are
 * marked.
 */
export function reboundNames(module: Module): readonly Name[] {
  return [...module.scopes.file.names.values()].filter(
    (own) => own.kind !== 'module' && outside(module, own.id) !== undefined,
  );
}

/** A file whose functions, or later lines, read a name that another file rebinds; undefined for none. */
export function staleReader(module: Module, own: Name): Module | undefined {
  if (own.kind === 'module') return undefined;
  return others(module).find((other) => {
    const theirs = other.scopes.file.names.get(own.id);
    if (theirs) return theirs.mentions.some(({ inner }) => inner);
    return other.scopes.free.has(own.id);
  });
}

/** Files that share the table of names with a file and do not run after it. */
function others(module: Module): readonly Module[] {
  const found = new Set<Module>();
  const add = (one: Module): void => {
    if (found.has(one) || one === module) return;
    found.add(one);
    one.includes.forEach(add);
  };
  module.includes.forEach(add);
  for (const by of module.includedBy) by.includes.slice(0, by.includes.indexOf(module)).forEach(add);
  return [...found];
}

/** The initialisation of a rebound name at the include; empty when it gets its own value before anything reads it. */
export function reboundStart(own: Name, at: number, local: string, from: () => string): Doc {
  const first = own.mentions[0];
  if (first && first.at < at) return `${local} = ${from()};`;
  return planOf(own).declared === 'include' ? `let ${local}: any = ${from()};` : '';
}

/** Plans where a rebound name is declared: at the include, unless it gets its own value at the top before any read. */
export function planReboundName(own: Name, includeAt: number): void {
  const plan = planOf(own);
  const isEarlier = (own.mentions[0]?.at ?? includeAt) < includeAt;
  const isTop = plan.home === own.scope.block;
  if (!isEarlier && isTop && plan.declared === 'there') return;
  planRebound(own, isEarlier ? (isTop ? plan.declared : 'before') : 'include');
}
