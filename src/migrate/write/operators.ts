/** Python's operators, where JavaScript's do something else. */
import { array, BINDS, type Code, call, code, inside, leftSide, operators } from '../layout/code.ts';
import type { Doc } from '../layout/doc.ts';
import type { Expr } from '../python/syntax.ts';
import type { PythonScope } from '../types/scopes.ts';
import {
  isBool,
  isList,
  isNatural,
  isNumber,
  isOpen,
  isSet,
  isStruct,
  isText,
  may,
  type PythonKind,
} from '../types/value.ts';
import { negated } from './conditions.ts';
import type { Writing } from './context.ts';
import { iterable } from './iteration.ts';
import { numberCode } from './keys.ts';
import { withComments } from './remarks.ts';
import { mayHoldFloat, partsText, percentParts, textParts } from './texts.ts';

export function unary(writing: Writing, node: Expr & { t: 'unary' }, scope: PythonScope): Code {
  if (node.op === 'not') {
    const piece = negated(writing, node.operand, scope);
    return piece;
  }
  const kind = writing.kind(node.operand);
  const piece = writing.expr(node.operand, scope);
  if (isBool(kind)) return code([node.op, 'Number(', piece.doc, ')'], BINDS.unary);
  if (node.op === '~' && !isNumber(kind)) return writing.open(node, '~ of something that is no number');
  return code([node.op, inside(piece, BINDS.unary)], BINDS.unary);
}

const ARITHMETIC: Readonly<Record<string, number>> = { '+': BINDS.add, '-': BINDS.add, '*': BINDS.multiply };

const BITS: Readonly<Record<string, number>> = {
  '<<': BINDS.shift,
  '>>': BINDS.shift,
  '&': 7,
  '^': 6,
  '|': 5.5,
};

export function binary(writing: Writing, node: Expr & { t: 'binary' }, scope: PythonScope): Code {
  const { op, left, right } = node;
  const [before, after] = [writing.kind(left), writing.kind(right)];
  const result = writing.kind(node);
  const numeric = (kind: PythonKind) => isNumber(kind) || isBool(kind);
  const operand = (inner: Expr) => {
    const piece = writing.expr(inner, scope);
    return isBool(writing.kind(inner)) ? call('Number', [piece]) : piece;
  };
  if (op === '%' && before.words.has('str')) {
    const parts = left.t === 'str' ? percentParts(writing, left, right, scope) : undefined;
    return parts ? partsText(writing, parts) : runtimePercent(writing, node, scope);
  }
  if (op === '%' && isStruct(before)) return writing.open(node, 'a struct % bindings');
  if (op === '+' && isText(result) && (isText(before) || isText(after))) {
    if (isText(before) && isText(after)) return partsText(writing, textParts(writing, node, scope));
    return operators(
      inside(operand(left), BINDS.add),
      [['+', inside(operand(right), BINDS.add + 1)]],
      BINDS.add,
    );
  }
  if (numeric(before) && numeric(after)) {
    const [one, other] = [operand(left), operand(right)];
    if (op in ARITHMETIC) {
      const binds = ARITHMETIC[op] as number;
      return operators(leftSide(one, op, binds), [[op, inside(other, binds + 1)]], binds);
    }
    if (op in BITS) {
      const [a, b] = [inside(one, BINDS.unary), inside(other, BINDS.unary)];
      return code([a, ` ${op} `, b], BITS[op] as number);
    }
    if (op === '**') return code([inside(one, BINDS.call), ' ** ', inside(other, BINDS.power)], BINDS.power);
    const whole = !may(before, 'float') && !may(after, 'float');
    if (op === '//' || (op === '/' && writing.python === 2 && whole))
      return call('Math.floor', [
        code([leftSide(one, '/', BINDS.multiply), ' / ', inside(other, BINDS.multiply + 1)], BINDS.multiply),
      ]);
    if (op === '/' && (writing.python === 3 || isSure(before, after)))
      return code(
        [leftSide(one, '/', BINDS.multiply), ' / ', inside(other, BINDS.multiply + 1)],
        BINDS.multiply,
      );
    if (op === '/')
      return writing.open(
        node,
        'a division of which only running the file tells whether it drops the fraction',
      );
    if (op === '%') {
      if (isNatural(before) && isNatural(after))
        return code(
          [leftSide(one, '%', BINDS.multiply), ' % ', inside(other, BINDS.multiply + 1)],
          BINDS.multiply,
        );
      return call(writing.helper('modulo'), [one, other]);
    }
  }
  if (op === '+' && (isList(before) || isList(after))) return joinedLists(writing, node, scope);
  if (op === '*') {
    if (isText(before) && numeric(after)) return repeated(writing, operand(left), right, scope);
    if (isText(after) && numeric(before)) return repeated(writing, operand(right), left, scope);
    if (isList(before) || isList(after) || isOpen(before) || isOpen(after))
      return call(writing.helper('repeat'), [writing.expr(left, scope), writing.expr(right, scope)]);
  }
  if (isSet(before) && isSet(after) && ['|', '&', '-', '^'].includes(op)) return sets(writing, node, scope);
  if (op === '+') return call(writing.helper('add'), [writing.expr(left, scope), writing.expr(right, scope)]);
  if (op === '-' && (isOpen(before) || isOpen(after)))
    return operators(
      inside(operand(left), BINDS.add),
      [['-', inside(operand(right), BINDS.add + 1)]],
      BINDS.add,
    );
  if (op === '%' && isOpen(before)) {
    if (right.t === 'num' || isNumber(after))
      return call(writing.helper('modulo'), [operand(left), operand(right)]);
    return runtimePercent(writing, node, scope);
  }
  if (op === '//' && (isOpen(before) || isOpen(after)))
    return call('Math.floor', [
      code([inside(operand(left), BINDS.multiply), ' / ', inside(operand(right), BINDS.multiply + 1)]),
    ]);
  if (op === '/' && writing.python === 3)
    return code(
      [inside(operand(left), BINDS.multiply), ' / ', inside(operand(right), BINDS.multiply + 1)],
      BINDS.multiply,
    );
  if (op === '/')
    return writing.open(
      node,
      'a division of which only running the file tells whether it drops the fraction',
    );
  return writing.open(node, `${op} between values of kinds that are not known`);
}

/** Whether one of the two is certainly a float. */
const isSure = (left: PythonKind, right: PythonKind): boolean =>
  [left, right].some((kind) => kind.words.size === 1 && kind.words.has('float'));

function runtimePercent(writing: Writing, node: Expr & { t: 'binary' }, scope: PythonScope): Code {
  const format = node.left.t === 'str' ? node.left.value : '%s';
  if (mayHoldFloat(writing.kind(node.right)) && (format.includes('s') || format.includes('r')))
    writing.note(node, 'a whole floating point number, which Python writes as 1.0, would read 1 here');
  const values =
    node.right.t === 'tuple'
      ? array(node.right.items.map((item) => ({ doc: writing.expr(item, scope).doc })))
      : writing.expr(node.right, scope);
  return call(writing.helper('percent'), [writing.expr(node.left, scope), values]);
}

function joinedLists(writing: Writing, node: Expr & { t: 'binary' }, scope: PythonScope): Code {
  const flatten = (inner: Expr): readonly Expr[] =>
    inner.t === 'binary' && inner.op === '+' && isList(writing.kind(inner))
      ? [...flatten(inner.left), ...flatten(inner.right)]
      : [inner];
  const pieces = [...flatten(node.left), ...flatten(node.right)];
  const items = pieces.flatMap((piece): { doc: Doc; node: Expr }[] => {
    if (piece.t === 'list' && piece.items.every(({ t }) => t !== 'star'))
      return piece.items.map((item) => ({ doc: inside(writing.expr(item, scope), BINDS.arrow), node: item }));
    return [{ doc: ['...', inside(iterable(writing, piece, scope), BINDS.arrow)], node: piece }];
  });
  return array(
    withComments(
      writing,
      items.map((one) => one.node),
      node.from,
      node.to,
      items.map((one) => one.doc),
    ),
  );
}

function repeated(writing: Writing, text: Code, count: Expr, scope: PythonScope): Code {
  const times = writing.expr(count, scope);
  const safe = isNatural(writing.kind(count)) ? times : call('Math.max', [numberCode(0), times]);
  return call([inside(text, BINDS.call), '.repeat'], [safe]);
}

function sets(writing: Writing, { op, left, right }: Expr & { t: 'binary' }, scope: PythonScope): Code {
  const [a, b] = [writing.expr(left, scope), writing.expr(right, scope)];
  const one = inside(a, BINDS.arrow);
  if (op === '|')
    return call('new Set', [array([{ doc: ['...', one] }, { doc: ['...', inside(b, BINDS.arrow)] }])]);
  if (op === '^')
    return code('', 0) && writing.open({ from: left.from, to: right.to }, 'the symmetric difference of sets');
  const has = [op === '-' ? '!' : '', inside(b, BINDS.call), '.has(item)'];
  return call('new Set', [code(['[...', one, '].filter((item) => ', has, ')'], BINDS.call)]);
}
