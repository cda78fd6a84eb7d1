import { array, BINDS, type Code, call, code, inside, name, object } from '../layout/code.ts';
import type { Doc } from '../layout/doc.ts';
import type { CompClause, Expr } from '../python/syntax.ts';
import type { PythonScope } from '../types/scopes.ts';
import { type DictPart, isOpen } from '../types/value.ts';
import { typeText } from './annotations.ts';
import { condition } from './conditions.ts';
import type { Writing } from './context.ts';
import { arrow, asArray, enumerationOf, pattern, rangeOf } from './iteration.ts';
import { mapKey, propertyDoc } from './keys.ts';
import { orderNote } from './literals.ts';

export function comprehension(writing: Writing, node: Expr & { t: 'comp' }, scope: PythonScope): Code {
  const own = writing.module.scopes.of.get(node) as PythonScope;
  if (node.element.t === 'lambda') {
    const late = [...own.names.values()].find(({ mentions }) => mentions.some(({ inner }) => inner));
    if (late) return writing.open(node, `a function that reads ${late.id} after its loop has ended`);
  }
  const built = clauses(writing, node, node.clauses, scope, own);
  if (node.kind === 'dict') {
    const part = writing.inference.partOf(node) as DictPart | undefined;
    if (part?.walked && !part.map) orderNote(writing, node);
    return part?.map ? call('new Map', [built]) : call('Object.fromEntries', [built]);
  }
  return node.kind === 'set' ? call('new Set', [built]) : built;
}

function clauses(
  writing: Writing,
  node: Expr & { t: 'comp' },
  list: readonly CompClause[],
  scope: PythonScope,
  own: PythonScope,
): Code {
  const [clause, ...rest] = list as [CompClause, ...CompClause[]];
  const outer = list === node.clauses ? scope : own;
  const element = (): Code =>
    node.key
      ? array([
          { doc: inside(mapKey(writing, node, node.key, own), BINDS.arrow) },
          { doc: inside(writing.expr(node.element, own), BINDS.arrow) },
        ])
      : typedEmpty(writing, node.element, own);
  const isSame =
    node.key === undefined &&
    node.element.t === 'name' &&
    clause.target.t === 'name' &&
    node.element.id === clause.target.id;
  const counted =
    clause.tests.length === 0 && rest.length === 0 ? rangeOf(writing, clause.iter, outer) : undefined;
  if (counted && clause.target.t === 'name') {
    const length = propertyDoc('length', counted);
    const param = pattern(writing, clause.target, own);
    if (isSame)
      return call('Array.from', [
        object([{ doc: length }]),
        arrow(['(_, ', param, ')'], name(String(param))),
      ]);
    const params: Doc = param === '_' ? '()' : ['(_, ', param, ')'];
    return call('Array.from', [object([{ doc: length }]), arrow(params, element())]);
  }
  const enumerated = enumerationOf(writing, clause, outer);
  let params: Doc;
  let source: Code;
  if (enumerated && clause.target.t === 'tuple' && clause.tests.length === 0) {
    const [index, item] = clause.target.items as [Expr, Expr];
    source = enumerated;
    params = ['(', pattern(writing, item, own), ', ', pattern(writing, index, own), ')'];
  } else {
    source = asArray(writing, clause.iter, outer);
    const { iter } = clause;
    if (
      (iter.t === 'list' || iter.t === 'tuple') &&
      iter.items.length > 0 &&
      iter.items.every(({ t }) => t === 'tuple')
    )
      source = code([source.doc, ' as const'], BINDS.compare);
    params = ['(', pattern(writing, clause.target, own), typed(writing, clause.target, clause.iter), ')'];
  }
  let chain: Doc = inside(source, BINDS.call);
  for (const test of clause.tests)
    chain = [chain, '.filter', argument(arrow(params, condition(writing, test, own)))];
  if (rest.length > 0)
    return code(
      [chain, '.flatMap', argument(arrow(params, clauses(writing, node, rest, scope, own)))],
      BINDS.call,
      'call',
    );
  if (isSame)
    return clause.tests.length > 0 ? code(chain, BINDS.call, 'call') : array([{ doc: ['...', chain] }]);
  return code([chain, '.map', argument(arrow(params, element()))], BINDS.call, 'call');
}

/** Gives an empty list a type, since the compiler cannot know which elements it will get. */
function typedEmpty(writing: Writing, node: Expr, scope: PythonScope): Code {
  const piece = writing.expr(node, scope);
  const isEmpty = node.t === 'list' && node.items.length === 0;
  return isEmpty ? code([piece.doc, ` as ${typeText(writing, writing.kind(node))}`], BINDS.compare) : piece;
}

const argument = (piece: Code): Doc => (call('', [piece]).doc as readonly Doc[])[1] as Doc;

/** The type annotation of a parameter whose type TypeScript cannot infer. */
function typed(writing: Writing, target: Expr, iter: Expr): Doc {
  const kind = writing.kind(iter);
  return isOpen(kind) && target.t !== 'name' ? ': any' : isOpen(kind) ? ': any' : '';
}
