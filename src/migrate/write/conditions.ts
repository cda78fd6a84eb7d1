/** Tests: Python's truth, comparisons, `in`, `and`, `or`, `not`. */
import { BINDS, type Code, call, code, inside, name, operators, quoted } from '../layout/code.ts';
import { group, indent, line } from '../layout/doc.ts';
import type { Expr } from '../python/syntax.ts';
import { fieldName } from '../types/language.ts';
import type { PythonScope } from '../types/scopes.ts';
import {
  isBool,
  isDict,
  isList,
  isNone,
  isNumber,
  isOpen,
  isScalar,
  isSet,
  isStruct,
  isText,
  may,
  type PythonKind,
  parts,
} from '../types/value.ts';
import type { Writing } from './context.ts';
import { arrow } from './iteration.ts';
import { isMap, mapKey } from './keys.ts';

/** Writes a test; values that are false in Python but not in TypeScript, such as empty lists, are tested explicitly. */
export function condition(writing: Writing, node: Expr, scope: PythonScope): Code {
  if (node.t === 'unary' && node.op === 'not') return negated(writing, node.operand, scope);
  if (node.t === 'logic') {
    const binds = node.op === 'and' ? BINDS.and : BINDS.or;
    const [left, right] = [condition(writing, node.left, scope), condition(writing, node.right, scope)];
    return operators(
      inside(left, binds),
      [[node.op === 'and' ? '&&' : '||', inside(right, binds + 1)]],
      binds,
    );
  }
  const piece = writing.expr(node, scope);
  const kind = writing.kind(node);
  return truth(writing, piece, kind);
}

function truth(writing: Writing, piece: Code, kind: PythonKind): Code {
  const plain = ['match', 'str', 'nat', 'int', 'float', 'bool', 'none', 'empty', 'file'];
  if (
    kind.parts.size === 0 &&
    kind.words.size > 0 &&
    [...kind.words].every((word) => plain.includes(word) || word.startsWith('struct:') || word === 'ordered')
  )
    return piece;
  if (isList(kind)) return code([inside(piece, BINDS.call), '.length > 0'], BINDS.compare);
  if (isSet(kind)) return code([inside(piece, BINDS.call), '.size > 0'], BINDS.compare);
  if (isDict(kind))
    return isMap(kind)
      ? code([inside(piece, BINDS.call), '.size > 0'], BINDS.compare)
      : code(['Object.keys(', piece.doc, ').length > 0'], BINDS.compare);
  return call(writing.helper('truthy'), [piece]);
}

const OPPOSITES: Readonly<Record<string, string>> = {
  '==': '!=',
  '!=': '==',
  is: 'is not',
  'is not': 'is',
  in: 'not in',
  'not in': 'in',
};

export function negated(writing: Writing, node: Expr, scope: PythonScope): Code {
  const kind = writing.kind(node);
  if (isList(kind))
    return code([inside(writing.expr(node, scope), BINDS.call), '.length === 0'], BINDS.equal);
  const [only, ...more] = node.t === 'compare' ? node.rest : [];
  const opposite = only && more.length === 0 ? OPPOSITES[only.op] : undefined;
  if (node.t === 'compare' && only && opposite)
    return comparison(writing, { ...node, rest: [{ ...only, op: opposite }] }, scope);
  const piece = condition(writing, node, scope);
  return code(['!', inside(piece, BINDS.unary)], BINDS.unary);
}

export const conditional = (test: Code, then: Code, otherwise: Code): Code =>
  code(
    group([
      inside(test, BINDS.nullish),
      indent([line, '? ', inside(then, BINDS.arrow), line, ': ', inside(otherwise, BINDS.arrow)]),
    ]),
    BINDS.conditional,
  );

export function logic(writing: Writing, node: Expr & { t: 'logic' }, scope: PythonScope): Code {
  const { op, left, right } = node;
  const kind = writing.kind(left);
  if (isBool(kind) || isScalar(kind) || isNone(kind)) {
    const binds = op === 'and' ? BINDS.and : BINDS.or;
    const [one, other] = [writing.expr(left, scope), writing.expr(right, scope)];
    return operators(inside(one, binds), [[op === 'and' ? '&&' : '||', inside(other, binds + 1)]], binds);
  }
  const simple = left.t === 'name' || left.t === 'attr';
  const words = [...kind.words];
  const onlyStructs =
    kind.parts.size === 0 &&
    words.length > 0 &&
    words.every(
      (word) => word.startsWith('struct:') || word === 'none' || word === 'ordered' || word === 'str',
    );
  if (onlyStructs) {
    const binds = op === 'and' ? BINDS.and : BINDS.or;
    return operators(
      inside(writing.expr(left, scope), binds),
      [[op === 'and' ? '&&' : '||', inside(writing.expr(right, scope), binds + 1)]],
      binds,
    );
  }
  if (!simple) {
    const value = writing.expr(left, scope);
    const test = call(writing.helper('truthy'), [name('value')]);
    const other = writing.expr(right, scope);
    const chosen =
      op === 'or' ? conditional(test, name('value'), other) : conditional(test, other, name('value'));
    return call(['(', arrow('(value: any)', chosen).doc, ')'], [value]);
  }
  const nullable = kind.words.has('none') && kind.parts.size > 0;
  if (op === 'or' && nullable && isEmptyLiteral(right) && [...kind.words].every((word) => word === 'none')) {
    return operators(
      inside(writing.expr(left, scope), BINDS.nullish),
      [['??', inside(writing.expr(right, scope), BINDS.nullish + 1)]],
      BINDS.nullish,
    );
  }
  const test = truth(writing, writing.expr(left, scope), kind);
  const [value, other] = [writing.expr(left, scope), writing.expr(right, scope)];
  return op === 'or' ? conditional(test, value, other) : conditional(test, other, value);
}

const isEmptyLiteral = (node: Expr): boolean =>
  (node.t === 'list' && node.items.length === 0) ||
  (node.t === 'dict' && node.entries.length === 0) ||
  (node.t === 'tuple' && node.items.length === 0);

const ORDERS = new Set(['<', '<=', '>', '>=']);

export function comparison(writing: Writing, node: Expr & { t: 'compare' }, scope: PythonScope): Code {
  const tests: Code[] = [];
  let left = node.first;
  for (const { op, right } of node.rest) {
    tests.push(compared(writing, op, left, right, scope, node));
    left = right;
  }
  if (node.rest.length > 1 && node.rest.slice(0, -1).some(({ right }) => right.t === 'call'))
    writing.note(node, 'the middle of this comparison is computed twice here');
  const [first, ...rest] = tests as [Code, ...Code[]];
  if (rest.length === 0) return first;
  return operators(
    inside(first, BINDS.and),
    rest.map((test) => ['&&', inside(test, BINDS.and + 1)] as const),
    BINDS.and,
  );
}

function compared(
  writing: Writing,
  op: string,
  left: Expr,
  right: Expr,
  scope: PythonScope,
  whole: Expr,
): Code {
  const [before, after] = [writing.kind(left), writing.kind(right)];
  if (op === 'is' || op === 'is not' || op === '==' || op === '!=') {
    const not = op === 'is not' || op === '!=';
    if (right.t === 'none' || left.t === 'none') {
      const [value, kind] = right.t === 'none' ? [left, before] : [right, after];
      const loose = isOpen(kind);
      const sign = `${not ? '!' : '='}=${loose ? '' : '='}`;
      return code(
        [inside(writing.expr(value, scope), BINDS.equal), ` ${sign} `, loose ? 'null' : 'undefined'],
        BINDS.equal,
      );
    }
    if (right.t === 'name' && right.id === 'Empty')
      return code(
        [inside(writing.expr(left, scope), BINDS.equal), ` ${not ? '!' : '='}== undefined`],
        BINDS.equal,
      );
    const [one, other] = [writing.expr(left, scope), writing.expr(right, scope)];
    if (isStruct(before) || isStruct(after)) return writing.open(whole, 'structs that are compared');
    const alike =
      (isStringy(before) && isStringy(after)) ||
      (isNumber(before) && isNumber(after)) ||
      (isBool(before) && isBool(after)) ||
      (isScalar(before) && isScalar(after) && !may(before, 'bool') && !may(after, 'bool'));
    if (alike || (op.startsWith('is') && (right.t === 'bool' || left.t === 'bool')))
      return code(
        [inside(one, BINDS.equal), ` ${not ? '!' : '='}== `, inside(other, BINDS.equal + 1)],
        BINDS.equal,
      );
    if (right.t === 'list' && right.items.length === 0 && isList(before))
      return code([inside(one, BINDS.call), `.length ${not ? '!' : '='}== 0`], BINDS.equal);
    const test = call(writing.helper('equal'), [one, other]);
    return not ? code(['!', test.doc], BINDS.unary) : test;
  }
  if (op === 'in' || op === 'not in') {
    const test = membership(writing, left, right, scope);
    return op === 'in' ? test : code(['!', inside(test, BINDS.unary)], BINDS.unary);
  }
  const [one, other] = [writing.expr(left, scope), writing.expr(right, scope)];
  const plain = (isText(before) && isText(after)) || (isNumber(before) && isNumber(after));
  if (ORDERS.has(op) && (plain || ((isOpen(before) || isOpen(after)) && !isList(before) && !isList(after))))
    return code([inside(one, BINDS.compare), ` ${op} `, inside(other, BINDS.compare + 1)], BINDS.compare);
  if (isList(before) && isList(after))
    return code([call(writing.helper('compare'), [one, other]).doc, ` ${op} 0`], BINDS.compare);
  return writing.open(whole, `${op} between values of different kinds`);
}

const isStringy = (kind: PythonKind): boolean =>
  kind.parts.size === 0 &&
  kind.words.has('str') &&
  [...kind.words].every((word) => word === 'str' || word === 'none');

function membership(writing: Writing, left: Expr, right: Expr, scope: PythonScope): Code {
  const kind = writing.kind(right);
  const item = writing.expr(left, scope);
  if (parts(kind, 'builtin').some(({ name: id }) => id === 'os.environ'))
    return code([inside(item, BINDS.compare), ' in process.env'], BINDS.compare);
  const all = writing.expr(right, scope);
  if (isText(kind)) return call([inside(all, BINDS.call), '.includes'], [item]);
  if (isSet(kind)) return call([inside(all, BINDS.call), '.has'], [item]);
  if (isDict(kind)) {
    if (isMap(kind)) return call([inside(all, BINDS.call), '.has'], [mapKey(writing, right, left, scope)]);
    const struct = parts(kind, 'dict').find((part) => part.fields)?.fields;
    if (struct && left.t === 'str')
      return call('Object.hasOwn', [all, code(quoted(fieldName(struct, left.value)))]);
    if (isText(writing.kind(left))) return call('Object.hasOwn', [all, item]);
  }
  const elements = parts(kind, 'list', 'tuple');
  const same = elements.length > 0 && kind.words.size === 0;
  const element = writing.kind(left);
  const each = elements.every(
    (part) => (isText(part.of) && isText(element)) || (isNumber(part.of) && isNumber(element)),
  );
  if (same && each && right.t !== 'name') return call([inside(all, BINDS.call), '.includes'], [item]);
  if (same && each) return call([inside(all, BINDS.call), '.includes'], [item]);
  return call(writing.helper('contains'), [all, item]);
}
