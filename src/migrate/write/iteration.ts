/** What a loop, a comprehension or a function walks over. */
import { array, BINDS, type Code, call, code, inside } from '../layout/code.ts';
import { type Doc, group, indent, line, soft, whenBroken } from '../layout/doc.ts';
import type { Expr } from '../python/syntax.ts';
import type { PythonScope } from '../types/scopes.ts';
import { isDict, isList, isNatural, isSet, isText } from '../types/value.ts';
import type { Writing } from './context.ts';
import { hasTupleKeys, isMap, parsedKey } from './keys.ts';

/** `(x) => ...` */
export function arrow(params: Doc, body: Code): Code {
  const doc = body.shape === 'object' ? ['(', body.doc, ')'] : inside(body, BINDS.arrow);
  if (['object', 'array', 'template', 'arrow'].includes(body.shape))
    return code([params, ' => ', doc], BINDS.arrow, 'arrow');
  const hugged = [params, ' =>', group([indent([line, doc, whenBroken(',')]), soft])];
  return { doc: [params, ' =>', group(indent([line, doc]))], hugged, binds: BINDS.arrow, shape: 'arrow' };
}

/** A value as something that can be iterated over. */
export function iterable(writing: Writing, node: Expr, scope: PythonScope): Code {
  const kind = writing.kind(node);
  if (node.t === 'call' && node.fn.t === 'attr' && isDict(writing.kind(node.fn.object)))
    return writing.expr(node, scope);
  const piece = writing.expr(node, scope);
  if (isList(kind) || isSet(kind) || isText(kind)) return piece;
  if (kind.words.has('file') && kind.words.size === 1) return call(writing.helper('linesOf'), [piece]);
  if (isDict(kind))
    return hasTupleKeys(kind)
      ? call(
          [`[...`, inside(piece, BINDS.call), '.keys()].map'],
          [arrow('(key)', parsedKey('key', kind, writing))],
        )
      : isMap(kind)
        ? call([inside(piece, BINDS.call), '.keys'], [])
        : call('Object.keys', [piece]);
  return call(writing.helper('each'), [piece]);
}

/** A value as an array, which has the methods of lists. */
export function asArray(writing: Writing, node: Expr, scope: PythonScope): Code {
  const piece = iterable(writing, node, scope);
  const kind = writing.kind(node);
  if (isList(kind) || (isDict(kind) && !isMap(kind)) || kind.words.has('any') || kind.words.has('file'))
    return piece;
  return array([{ doc: ['...', inside(piece, BINDS.arrow)] }]);
}

/** The names that a loop binds, as a destructuring pattern. */
export function pattern(writing: Writing, target: Expr, scope: PythonScope): Doc {
  if (target.t === 'name') return writing.local(target.id, scope) ?? target.id;
  if (target.t === 'tuple' || target.t === 'list') {
    const items = target.items.map((item) => pattern(writing, item, scope));
    return ['[', items.flatMap((item, index) => (index === 0 ? [item] : [', ', item])), ']'];
  }
  if (target.t === 'star') return ['...', pattern(writing, target.value, scope)];
  return writing.expr(target, scope).doc;
}

const isNameOnly = (target: Expr) => target.t === 'name';

/** `n` of `range(n)`. */
export function rangeOf(writing: Writing, node: Expr, scope: PythonScope): Code | undefined {
  if (node.t !== 'call' || node.fn.t !== 'name' || (node.fn.id !== 'range' && node.fn.id !== 'xrange'))
    return undefined;
  const [count] = node.args;
  if (node.args.length !== 1 || !count || count.star !== '' || writing.local(node.fn.id, scope) !== undefined)
    return undefined;
  return isNatural(writing.kind(count.value)) ? writing.expr(count.value, scope) : undefined;
}

/** `xs` of `for i, x in enumerate(xs)`. */
export function enumerationOf(
  writing: Writing,
  { target, iter }: { readonly target: Expr; readonly iter: Expr },
  scope: PythonScope,
): Code | undefined {
  if (iter.t !== 'call' || iter.fn.t !== 'name' || iter.fn.id !== 'enumerate' || iter.args.length !== 1)
    return undefined;
  const [source] = iter.args;
  if (target.t !== 'tuple' || target.items.length !== 2 || !isNameOnly(target.items[0] as Expr) || !source)
    return undefined;
  return asArray(writing, source.value, scope);
}
