import { BINDS, type Code, call, code, inside, name } from '../layout/code.ts';
import { type Doc, hard, indent } from '../layout/doc.ts';
import type { Expr, Stmt } from '../python/syntax.ts';
import { lookup, type Name, type PythonScope } from '../types/scopes.ts';
import { parts } from '../types/value.ts';
import { typeText } from './annotations.ts';
import { namesIn } from './assignments.ts';
import { body, freshLabel } from './blocks.ts';
import type { Writing } from './context.ts';
import { enumerationOf, iterable, pattern } from './iteration.ts';
import { isBoundHere, planOf } from './plans.ts';

/** Writes a loop. With an `else`, which `break` must skip, both go into a labelled block that `break` leaves. */
export function loop(
  writing: Writing,
  stmt: Stmt & { t: 'for' | 'while' },
  scope: PythonScope,
  write: () => Doc,
): Doc {
  const label = stmt.otherwise.length > 0 ? freshLabel(writing, 'search') : undefined;
  writing.breaks.push(label);
  const head = write();
  writing.breaks.pop();
  if (label === undefined) return head;
  const otherwise = writing.statements(stmt.otherwise, scope, stmt.to);
  return [`${label}: {`, indent([hard, head, hard, otherwise]), hard, '}'];
}

export function forLoop(writing: Writing, stmt: Stmt & { t: 'for' }, scope: PythonScope): Doc {
  const names = namesIn(stmt.target);
  const owns = names.map((node) => lookup(scope, node.id) as Name);
  const here = owns.every((own, index) => isBoundHere(own, names[index]?.from ?? 0));
  const constant = owns.every((own) => planOf(own).constant);
  const word = here ? (constant ? 'const ' : 'let ') : '';
  const run = () => body(writing, stmt.body, scope, stmt.otherwise[0]?.from ?? stmt.to);
  const counted = here && stmt.target.t === 'name' ? counter(writing, stmt, scope) : undefined;
  if (counted) return [counted, run()];
  const enumerated = enumerationOf(writing, stmt, scope);
  const source = enumerated
    ? call([inside(enumerated, BINDS.call), '.entries'], [])
    : loopSource(writing, stmt.iter, scope);
  const target = pattern(writing, stmt.target, scope);
  // if some of the names are declared outside, the others must be declared outside, too
  const missing = here ? [] : owns.filter((own, index) => isBoundHere(own, names[index]?.from ?? 0));
  const before = missing.map(
    (own): Doc => [
      `let ${writing.nameOf(own)}: ${typeText(writing, writing.inference.nameKind(own))};`,
      hard,
    ],
  );
  return [...before, 'for (', word, target, ' of ', inside(source, BINDS.arrow), ') ', run()];
}

/** What a loop iterates over. A list that changes meanwhile needs no care: Python and JavaScript then do the same. */
function loopSource(writing: Writing, node: Expr, scope: PythonScope): Code {
  const kind = writing.kind(node);
  const hasTuples =
    node.t === 'list' && parts(kind, 'list').some((part) => parts(part.of, 'tuple').length > 0);
  if (node.t === 'tuple' || node.t === 'list') {
    const made = writing.expr(node, scope);
    return hasTuples || (node.items.length > 0 && node.items.every(({ t }) => t === 'str'))
      ? code([made.doc, ' as const'], BINDS.compare)
      : made;
  }
  return iterable(writing, node, scope);
}

/** Writes `for i in range(n)` as a counting loop. */
function counter(writing: Writing, stmt: Stmt & { t: 'for' }, scope: PythonScope): Doc | undefined {
  const { iter, target } = stmt;
  if (
    iter.t !== 'call' ||
    iter.fn.t !== 'name' ||
    !['range', 'xrange'].includes(iter.fn.id) ||
    target.t !== 'name'
  )
    return undefined;
  if (writing.local(iter.fn.id, scope) !== undefined || iter.args.some((arg) => arg.name || arg.star))
    return undefined;
  const own = lookup(scope, target.id) as Name;
  if (!planOf(own).constant) return undefined;
  const [a, b, step] = iter.args.map(({ value }) => value);
  if (step && !(step.t === 'num' && step.value > 0)) return undefined;
  const start = b ? writing.expr(a as Expr, scope) : name('0');
  const endNode = (b ?? a) as Expr;
  const isFixed = endNode.t === 'num' || (endNode.t === 'name' && constantName(endNode, scope));
  if (!isFixed) return undefined;
  const local = writing.local(target.id, scope);
  const next = step ? `${local} += ${(step as Expr & { t: 'num' }).value}` : `${local}++`;
  return [
    'for (let ',
    local ?? '',
    ' = ',
    start.doc,
    '; ',
    local ?? '',
    ' < ',
    inside(writing.expr(endNode, scope), BINDS.shift),
    '; ',
    next,
    ') ',
  ];
}

const constantName = (node: Expr & { t: 'name' }, scope: PythonScope): boolean => {
  const own = lookup(scope, node.id);
  return (
    own !== undefined &&
    (own.kind === 'parameter' ? own.mentions.every(({ writes }) => !writes) : planOf(own).constant)
  );
};
