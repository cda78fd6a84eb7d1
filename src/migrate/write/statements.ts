import { BINDS, type Code, call, code, inside, name, quoted } from '../layout/code.ts';
import { type Doc, hard } from '../layout/doc.ts';
import type { Expr, Stmt } from '../python/syntax.ts';
import { type Block, lookup, type Name, type PythonScope } from '../types/scopes.ts';
import { typeText } from './annotations.ts';
import { assignment, declaration, deleted, update } from './assignments.ts';
import { attempt, raised } from './attempts.ts';
import { body } from './blocks.ts';
import { condition } from './conditions.ts';
import type { Writing } from './context.ts';
import { definition } from './definitions.ts';
import { docstring, isDocstring, isText0 } from './docstrings.ts';
import { imported } from './imports.ts';
import { forLoop, loop } from './loops.ts';
import { isOutside, planOf } from './plans.ts';
import { profileClass } from './profiles.ts';
import { partsText, textParts } from './texts.ts';

/** Writes statements; comments and empty lines stay in their places. */
export function statementList(writing: Writing, list: readonly Stmt[], scope: PythonScope, end: number): Doc {
  const lines: Doc[] = [];
  const text = writing.module.file.text;
  const block = writing.module.scopes.blocks.get(list) as Block;
  let before: number | undefined;
  let gap = false;
  const push = (from: number, to: number, docs: readonly Doc[]) => {
    if (docs.length === 0) return;
    if (before !== undefined && lines.length > 0 && (gap || isGap(text, before, from))) lines.push('');
    gap = false;
    lines.push(...docs);
    before = to;
  };
  for (const [index, stmt] of list.entries()) {
    if (index === 0 && scope.kind === 'function' && isText0(stmt)) continue;
    const doc = index === 0 && isDocstring(stmt, scope, list) ? docstring(stmt) : undefined;
    const hoisted = doc ? [] : hoistedNames(writing, stmt, block, scope);
    const remarks = writing.comments(before ?? block.from, stmt.from);
    for (const comment of remarks) push(comment.from, comment.to, [comment.text]);
    const afterComment = remarks.length > 0;
    if (doc) {
      push(stmt.from, stmt.to, doc);
      continue;
    }
    const isTop = scope.kind === 'file' && block.parent === undefined;
    const marks = isTop ? writing.rules.marks(stmt) : [];
    const made = isTop ? writing.rules.special(stmt) : undefined;
    const own = made ?? statement(writing, stmt, scope);
    const inner = writing.comments(stmt.from, stmt.to).map(({ text: said }) => said);
    const lineEnd = text.indexOf('\n', stmt.to);
    const next = list[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    const trailing = writing
      .comments(stmt.to, Math.min(lineEnd < 0 ? text.length : lineEnd, next))
      .map(({ text: said }) => ` ${said}`);
    const all = [...inner, ...marks, ...hoisted, ...own];
    if (all.length === 0) continue;
    if (trailing.length > 0 && all.length > 0) all[all.length - 1] = [all.at(-1) as Doc, ...trailing];
    const isLarge = isDefinition(stmt);
    if (isLarge && !afterComment) gap = true;
    push(stmt.from, stmt.to, all);
    gap = isLarge;
  }
  for (const comment of writing.comments(before ?? block.from, end))
    push(comment.from, comment.to, [comment.text]);
  return lines.flatMap((line, index) => (index === 0 ? [line] : [hard, line]));
}

/** Whether a statement is a definition of several lines, which gets empty lines around it. */
const isDefinition = (stmt: Stmt): boolean =>
  stmt.t === 'class' || (stmt.t === 'def' && stmt.body.length > 1);

const isGap = (text: string, from: number, to: number): boolean => {
  const between = text.slice(from, to).split('\n');
  return between.slice(1, -1).some((line) => line.trim() === '');
};

/** Names that have to be declared before the statement that first mentions them. */
function hoistedNames(writing: Writing, stmt: Stmt, block: Block, scope: PythonScope): readonly Doc[] {
  const docs: Doc[] = [];
  const holder = scope.kind === 'comprehension' ? undefined : scope;
  for (const own of holder?.names.values() ?? []) {
    if (own.kind !== 'variable' && !isOutside(own)) continue;
    const plan = planOf(own);
    if (plan.declared !== 'before' || plan.home !== block) continue;
    const [first] = own.mentions;
    if (!first || first.at < stmt.from || first.at >= stmt.to) continue;
    const type = typeText(writing, writing.inference.nameKind(own));
    const mark = type === 'any' || isSure(writing, stmt, own) ? '' : '!';
    docs.push(`${writing.rules.isExported(own) ? 'export ' : ''}let ${writing.nameOf(own)}${mark}: ${type};`);
  }
  return docs;
}

/** Whether the compiler can see that a name has a value after an `if`, because every branch assigns it. */
function isSure(writing: Writing, stmt: Stmt, own: Name): boolean {
  if (stmt.t !== 'if' || stmt.otherwise.length === 0) return false;
  const lists = [...stmt.branches.map((branch) => branch.body), stmt.otherwise];
  return lists.every((list) => {
    const block = writing.module.scopes.blocks.get(list);
    return own.mentions.some((one) => one.writes && one.block === block);
  });
}

/** Writes one statement as lines. */
export function statement(writing: Writing, stmt: Stmt, scope: PythonScope): readonly Doc[] {
  const expr = (node: Expr) => writing.expr(node, scope);
  switch (stmt.t) {
    case 'pass':
    case 'global':
      return [];
    case 'break':
      return [writing.breaks.at(-1) ? `break ${writing.breaks.at(-1)};` : 'break;'];
    case 'continue':
      return ['continue;'];
    case 'import':
    case 'from':
      return imported(writing, stmt);
    case 'expr': {
      if (stmt.value.t === 'str') return docstring(stmt);
      if (isFileClose(writing, stmt.value)) return [];
      return [[leading(expr(stmt.value)), ';']];
    }
    case 'print': {
      const target = /^print\s*>>/.test(writing.source(stmt)) ? stmt.values[0] : undefined;
      if (target && !['sys.stderr', 'sys.stdout'].includes(writing.source(target)))
        return [[writing.open(stmt, 'a print into a file').doc, ';']];
      return [
        [
          call(
            target && writing.source(target) === 'sys.stderr' ? 'console.error' : 'console.log',
            stmt.values
              .slice(target ? 1 : 0)
              .map((value) => partsText(writing, textParts(writing, value, scope))),
          ).doc,
          ';',
        ],
      ];
    }
    case 'assign':
      return assignment(writing, stmt, scope);
    case 'update':
      return [update(writing, stmt, scope)];
    case 'if': {
      if (mainGuard(stmt)) return [];
      const docs: Doc[] = [];
      const ends = [
        ...stmt.branches.slice(1).map(({ test }) => test.from),
        stmt.otherwise[0]?.from ?? stmt.to,
      ];
      stmt.branches.forEach((branch, index) => {
        docs.push(index > 0 ? ' else ' : '', 'if (', condition(writing, branch.test, scope).doc, ') ');
        docs.push(body(writing, branch.body, scope, Math.min(ends[index] ?? stmt.to, stmt.to)));
      });
      if (stmt.otherwise.length > 0) docs.push(' else ', body(writing, stmt.otherwise, scope, stmt.to));
      return [docs];
    }
    case 'for':
      return [loop(writing, stmt, scope, () => forLoop(writing, stmt, scope))];
    case 'while':
      return [
        loop(writing, stmt, scope, () => [
          'while (',
          condition(writing, stmt.test, scope).doc,
          ') ',
          body(writing, stmt.body, scope, stmt.otherwise[0]?.from ?? stmt.to),
        ]),
      ];
    case 'def':
      return [definition(writing, stmt, scope)];
    case 'class':
      return (
        profileClass(writing, stmt, scope, writing.rules.isExported(lookup(scope, stmt.name) as Name)) ?? [
          [writing.open(stmt, 'a class that is no Struct').doc, ';'],
        ]
      );
    case 'yield':
      return [
        [
          call(
            [writing.yielded.at(-1) ?? 'found', '.push'],
            [stmt.value ? expr(stmt.value) : name('undefined')],
          ).doc,
          ';',
        ],
      ];
    case 'return':
      if (writing.yielded.at(-1) !== undefined)
        return [
          stmt.value
            ? [writing.open(stmt, 'a generator that returns a value').doc, ';']
            : `return ${writing.yielded.at(-1)};`,
        ];
      return [stmt.value ? ['return ', inside(expr(stmt.value), BINDS.arrow), ';'] : 'return;'];
    case 'assert': {
      const message = stmt.message ? expr(stmt.message) : code(quoted(writing.source(stmt.test)));
      const test = condition(
        writing,
        { t: 'unary', op: 'not', operand: stmt.test, from: stmt.from, to: stmt.to },
        scope,
      );
      return [['if (', test.doc, ') throw ', call('new Error', [message]).doc, ';']];
    }
    case 'raise':
      return [raised(writing, stmt, scope)];
    case 'del':
      return stmt.targets.map((target) => deleted(writing, target, scope));
    case 'try':
      return attempt(writing, stmt, scope);
    case 'with': {
      const own = stmt.name ? lookup(scope, stmt.name) : undefined;
      if (!writing.kind(stmt.value).words.has('file'))
        return [[writing.open(stmt, 'a with of something that is no file').doc, ';']];
      const inner = statementList(writing, stmt.body, scope, stmt.to);
      const start = declaration(writing, own, stmt.from);
      const head: Doc = own
        ? [start, writing.nameOf(own), ' = ', expr(stmt.value).doc, ';']
        : [expr(stmt.value).doc, ';'];
      return Array.isArray(inner) && inner.length === 0 ? [head] : [head, inner];
    }
    case 'odd':
      return [[writing.open(stmt, stmt.what).doc, ';']];
  }
}

const leading = (piece: Code): Doc => (piece.shape === 'object' ? ['(', piece.doc, ')'] : piece.doc);

const isFileClose = (writing: Writing, node: Expr): boolean =>
  node.t === 'call' &&
  node.fn.t === 'attr' &&
  node.fn.name === 'close' &&
  writing.kind(node.fn.object).words.has('file');

/** `if __name__ == '__main__'`: never true for a job file. */
const mainGuard = (stmt: Stmt): boolean => {
  if (stmt.t !== 'if') return false;
  const test = stmt.branches[0]?.test;
  return (
    test?.t === 'compare' &&
    test.first.t === 'name' &&
    test.first.id === '__name__' &&
    stmt.otherwise.length === 0
  );
};
