/** Lists, tuples, sets and dictionaries that are written out. */
import { array, assigned, BINDS, bracketed, type Code, call, inside, object } from '../layout/code.ts';
import type { Doc } from '../layout/doc.ts';
import type { Expr } from '../python/syntax.ts';
import { pythonTwoOrder } from '../types/dict-order.ts';
import { fieldName } from '../types/language.ts';
import type { PythonScope } from '../types/scopes.ts';
import { type DictPart, isOpen, isText } from '../types/value.ts';
import type { Writing } from './context.ts';
import { iterable } from './iteration.ts';
import { mapKey, propertyDoc } from './keys.ts';
import { opensLine, withComments } from './remarks.ts';

export function list(
  writing: Writing,
  node: Expr & { t: 'list' | 'tuple' | 'set' },
  scope: PythonScope,
): Code {
  const items = node.items.map((item) =>
    item.t === 'star'
      ? ['...', inside(iterable(writing, item.value, scope), BINDS.arrow)]
      : inside(writing.expr(item, scope), BINDS.arrow),
  );
  return array(withComments(writing, node.items, node.from, node.to, items), isTable(node.items));
}

/** Whether items form the rows of a table; each row then gets its own line, however short it is. */
const isTable = (items: readonly Expr[]): boolean =>
  items.length > 1 &&
  (items.every((item) => item.t === 'dict' && item.entries.length > 1) ||
    items.every((item) => (item.t === 'list' || item.t === 'tuple') && item.items.length > 1));

/** A value in a dictionary whose values are bound; floating point numbers keep looking like such. */
export function boundValue(writing: Writing, node: Expr, scope: PythonScope): Code {
  const piece = writing.expr(node, scope);
  const kind = writing.kind(node);
  if (kind.words.size === 1 && kind.words.has('float')) {
    const value = node.t === 'num' ? node.value : undefined;
    if (value !== undefined && !Number.isInteger(value)) return piece;
    if (node.t === 'call' && node.fn.t === 'name' && node.fn.id === 'Float') return piece;
    return call(writing.use('float'), [piece]);
  }
  return piece;
}

export function dictionary(writing: Writing, node: Expr & { t: 'dict' }, scope: PythonScope): Code {
  const part = writing.inference.partOf(node) as DictPart | undefined;
  const value = (inner: Expr) =>
    part?.bound ? boundValue(writing, inner, scope) : writing.expr(inner, scope);
  let entries = node.entries;
  if (part?.walked && !part.map && part.key.words.size > 0) orderNote(writing, node);
  const keys = entries.map(({ key }) => (key?.t === 'str' ? key.value : undefined));
  if (part?.walked && writing.python === 2 && keys.length > 1) {
    if (keys.every((key) => key !== undefined)) {
      const order = pythonTwoOrder(keys as string[]);
      entries = order.map((key) => node.entries[keys.lastIndexOf(key)] as (typeof entries)[number]);
      if (part.open && part.changed) orderNote(writing, node);
    } else if (!node.entries.every(({ key }) => key?.t === 'num'))
      writing.note(
        node,
        'Python 2 went through this dictionary in an order of its own; here it is the order in which it is written',
      );
  }
  const spots = entries.map(({ key, value: inner }) => ({ from: (key ?? inner).from, to: inner.to }));
  if (part?.map) {
    const items = entries.map(
      ({ key, value: inner }): Doc =>
        key
          ? bracketed(
              '[',
              [{ doc: mapKey(writing, node, key, scope).doc }, { doc: value(inner).doc }],
              ']',
              '',
            )
          : ['...', inside(writing.expr(inner, scope), BINDS.arrow)],
    );
    if (items.length === 0) return call('new Map', []);
    return call('new Map', [
      array(withComments(writing, spots, node.from, node.to, items), items.length > 1),
    ]);
  }
  const docs = entries.map(({ key, value: inner }): Doc => {
    if (!key) return ['...', inside(writing.expr(inner, scope), BINDS.arrow)];
    return property(writing, key, value(inner), scope, part);
  });
  const first = node.entries[0];
  const open =
    first?.key !== undefined && node.entries.length > 1 && opensLine(writing, node.from, first.key.from);
  return object(withComments(writing, spots, node.from, node.to, docs), open);
}

/** Notes that the order of a dictionary with keys known only at run time may differ from Python's. */
export const orderNote = (writing: Writing, node: Expr): void =>
  writing.note(
    node,
    writing.python === 2
      ? 'Python 2 went through this dictionary, which grows, in an order of its own; here it is the order in which entries were made'
      : 'keys of this dictionary that look like whole numbers come first here, and sorted',
  );

function property(
  writing: Writing,
  key: Expr,
  value: Code,
  scope: PythonScope,
  part: DictPart | undefined,
): Doc {
  if (key.t === 'str')
    return propertyDoc(part?.fields ? fieldName(part.fields, key.value) : key.value, value);
  return assigned(['[', computedKey(writing, key, scope).doc, ']:'], value);
}

/** A key that the file computes. */
function computedKey(writing: Writing, key: Expr, scope: PythonScope): Code {
  const kind = writing.kind(key);
  const piece = writing.expr(key, scope);
  if (!isText(kind) && !isOpen(kind) && !kind.words.has('str'))
    writing.note(key, 'a key that is no text becomes one');
  return piece;
}
