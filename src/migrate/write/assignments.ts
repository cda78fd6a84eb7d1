/** What gives a name, an entry or an element a value, or takes it away. */
import { array, assigned, BINDS, type Code, call, code, inside, name, quoted } from '../layout/code.ts';
import type { Doc } from '../layout/doc.ts';
import type { Expr, Stmt } from '../python/syntax.ts';
import { fieldName } from '../types/language.ts';
import { lookup, type Name, type PythonScope } from '../types/scopes.ts';
import {
  isList,
  isNatural,
  isNumber,
  isOpen,
  isSet,
  isText,
  type PythonKind,
  parts,
} from '../types/value.ts';
import { typeText } from './annotations.ts';
import type { Writing } from './context.ts';
import { iterable, pattern } from './iteration.ts';
import { isMap, mapKey } from './keys.ts';
import { planOf } from './plans.ts';
import { partsText, textParts } from './texts.ts';

/** The `const` or `let` for a name that gets a value here, or nothing. */
export function declaration(writing: Writing, own: Name | undefined, at: number): string {
  if (!own || own.kind === 'parameter') return '';
  const plan = planOf(own);
  const first = own.mentions.find(({ inner }) => !inner);
  if (plan.declared !== 'there' || first?.at !== at) return '';
  const exported = writing.rules.isExported(own) ? 'export ' : '';
  return `${exported}${plan.constant ? 'const' : 'let'} `;
}

/** A type annotation where TypeScript would infer a different type: empty lists, dictionaries with computed keys. */
function annotation(writing: Writing, own: Name, value: Expr): string {
  const kind = writing.inference.nameKind(own);
  const isVariable = !planOf(own).constant;
  if (value.t === 'lambda') {
    const calls = own.mentions.some(({ inner, at }) => inner && at > value.from && at < value.to);
    return calls ? ': (...given: any[]) => any' : '';
  }
  const declared = writing.kind(value);
  const dicts = parts(kind, 'dict');
  const empty =
    (value.t === 'list' && value.items.length === 0) ||
    (value.t === 'dict' && value.entries.length === 0) ||
    (value.t === 'call' &&
      value.fn.t === 'name' &&
      ['list', 'dict', 'set'].includes(value.fn.id) &&
      value.args.length === 0);
  const grows = dicts.some((part) => !part.map && (part.open || part.changed)) && value.t !== 'comp';
  const changedList =
    parts(kind, 'list').some((part) => part.changed) && (value.t === 'list' || value.t === 'binary');
  const hasTuples =
    parts(kind, 'list').some((part) => parts(part.of, 'tuple').length > 0) && value.t === 'list';
  const wider =
    isVariable &&
    (kind.parts.size > declared.parts.size ||
      [...kind.words].some(
        (word) => !declared.words.has(word) && !['nat', 'int', 'float', 'ordered'].includes(word),
      ));
  const sharp = isVariable && isText(kind) && false;
  const fields = dicts.some((part) => part.fields && part.literal);
  const isJobs =
    parts(kind, 'list').some((part) => [...part.of.words].some((word) => word === 'struct:Job')) &&
    changedList;
  if (
    !empty &&
    !grows &&
    !changedList &&
    !wider &&
    !sharp &&
    !hasTuples &&
    !fields &&
    !isVariableList(isVariable, kind) &&
    value.t !== 'none'
  )
    return '';
  if (fields && !grows) return `: ${typeText(writing, kind)}`;
  const type = isJobs ? typeText(writing, kind).replace(/\bJob\b/, () => 'Job') : typeText(writing, kind);
  return type === 'any' ? ': any' : `: ${type}`;
}

const isVariableList = (isVariable: boolean, kind: PythonKind): boolean => isVariable && isList(kind);

export function assignment(
  writing: Writing,
  stmt: Stmt & { t: 'assign' },
  scope: PythonScope,
): readonly Doc[] {
  const lines: Doc[] = [];
  const [first, ...others] = stmt.targets as [Expr, ...Expr[]];
  const kind = writing.kind(stmt.value);
  if (others.length > 0) {
    const last = stmt.targets.at(-1) as Expr;
    lines.push(...assignment(writing, { ...stmt, targets: [last] }, scope));
    for (const target of [...stmt.targets.slice(0, -1)].reverse())
      lines.push(...assignment(writing, { ...stmt, targets: [target], value: last }, scope));
    return lines;
  }
  if (parts(kind, 'type').length > 0 && first.t === 'name' && kind.words.size === 0) {
    return [];
  }
  if (first.t === 'name') {
    const own = lookup(scope, first.id) as Name;
    const local = writing.local(first.id, scope) ?? first.id;
    const start = declaration(writing, own, first.from);
    const type = start && !start.includes('undefined') ? annotation(writing, own, stmt.value) : '';
    const value = writing.expr(stmt.value, scope);
    return [[assigned([start, local, type, ' ='], value), ';']];
  }
  if (first.t === 'tuple' || first.t === 'list') {
    const names = namesIn(first);
    const owns = names.map((node) => lookup(scope, node.id));
    const starts = names.map((node, index) => declaration(writing, owns[index], node.from));
    const value = stmt.value;
    const all = starts.every((start) => start !== '') && names.length === countTargets(first);
    const source =
      isList(writing.kind(value)) || value.t === 'tuple' || value.t === 'list'
        ? writing.expr(value, scope)
        : iterable(writing, value, scope);
    const tuple =
      value.t === 'list' || value.t === 'tuple'
        ? array(value.items.map((item) => ({ doc: writing.expr(item, scope).doc })))
        : source;
    if (all) {
      const word = starts.every((start) => start.endsWith('const '))
        ? (starts[0] as string)
        : (starts[0] as string).replace('const', 'let');
      return [[word, pattern(writing, first, scope), ' = ', tuple.doc, ';']];
    }
    for (const [index, start] of starts.entries())
      if (start)
        lines.push(
          `${start.replace('const', 'let').trimEnd()} ${writing.local((names[index] as Expr & { t: 'name' }).id, scope)}: any;`,
        );
    return [...lines, [';'.repeat(0), '[', patternItems(writing, first, scope), '] = ', tuple.doc, ';']];
  }
  if (first.t === 'index') return [indexAssignment(writing, first, writing.expr(stmt.value, scope), scope)];
  return [
    [
      writing.open(
        stmt,
        first.t === 'slice' ? 'a slice that is replaced' : 'a value that is put into an attribute',
      ).doc,
      ';',
    ],
  ];
}

const patternItems = (
  writing: Writing,
  target: Expr & { t: 'tuple' | 'list' | 'set' },
  scope: PythonScope,
): Doc =>
  target.items.map((item, index) => [
    index > 0 ? ', ' : '',
    item.t === 'index' ? writing.expr(item, scope).doc : pattern(writing, item, scope),
  ]);

const countTargets = (target: Expr): number =>
  target.t === 'tuple' || target.t === 'list'
    ? target.items.reduce((sum, item) => sum + countTargets(item), 0)
    : 1;

export function namesIn(target: Expr): (Expr & { t: 'name' })[] {
  if (target.t === 'name') return [target];
  if (target.t === 'tuple' || target.t === 'list') return target.items.flatMap(namesIn);
  return target.t === 'star' ? namesIn(target.value) : [];
}

function indexAssignment(
  writing: Writing,
  target: Expr & { t: 'index' },
  value: Code,
  scope: PythonScope,
): Doc {
  const kind = writing.kind(target.object);
  const of = inside(writing.expr(target.object, scope), BINDS.call);
  const key = mapKey(writing, target.object, target.index, scope);
  if (isMap(kind)) return [call([of, '.set'], [key, value]).doc, ';'];
  if (isList(kind) && !isNatural(writing.kind(target.index)))
    return [call([of, '.splice'], [key, name('1'), value]).doc, ';'];
  return [assigned([access(writing, target, of, key), ' ='], value), ';'];
}

function access(writing: Writing, target: Expr & { t: 'index' }, of: Doc, key: Code): Doc {
  const { index } = target;
  if (index.t !== 'str') return [of, '[', key.doc, ']'];
  const struct = parts(writing.kind(target.object), 'dict').find((part) => part.fields)?.fields;
  const word = struct ? fieldName(struct, index.value) : index.value;
  return /^[A-Za-z_$][\w$]*$/.test(word) ? [of, `.${word}`] : [of, `[${quoted(word)}]`];
}

export function update(writing: Writing, stmt: Stmt & { t: 'update' }, scope: PythonScope): Doc {
  const { target, op, value } = stmt;
  const kind = writing.kind(target);
  const right = writing.kind(value);
  const joinedNode: Expr = { t: 'binary', op, left: target, right: value, from: stmt.from, to: stmt.to };
  if (isList(kind) && op === '+' && parts(kind, 'tuple').length === 0) {
    const of = inside(writing.expr(target, scope), BINDS.call);
    if (value.t === 'list')
      return [
        call(
          [of, '.push'],
          value.items.map((item) => writing.expr(item, scope)),
        ).doc,
        ';',
      ];
    return [
      call([of, '.push'], [code(['...', inside(iterable(writing, value, scope), BINDS.arrow)])]).doc,
      ';',
    ];
  }
  const plain =
    (isNumber(kind) && isNumber(right) && (op === '+' || op === '-' || op === '*')) ||
    (isText(kind) && isText(right) && op === '+');
  if (plain && target.t !== 'index')
    return [assigned([writing.expr(target, scope).doc, ` ${op}=`], writing.expr(value, scope)), ';'];
  if (
    target.t === 'index' &&
    (isMap(writing.kind(target.object)) ||
      (isList(writing.kind(target.object)) && !isNatural(writing.kind(target.index))))
  )
    return indexAssignment(writing, target, operation(writing, joinedNode, kind, right, scope), scope);
  if (target.t === 'index') {
    const of = inside(writing.expr(target.object, scope), BINDS.call);
    return [
      assigned(
        [access(writing, target, of, writing.expr(target.index, scope)), ' ='],
        operation(writing, joinedNode, kind, right, scope),
      ),
      ';',
    ];
  }
  return [
    assigned([writing.expr(target, scope).doc, ' ='], operation(writing, joinedNode, kind, right, scope)),
    ';',
  ];
}

function operation(
  writing: Writing,
  node: Expr & { t: 'binary' },
  left: PythonKind,
  right: PythonKind,
  scope: PythonScope,
): Code {
  const known = writing.kind(node);
  if (known.words.size + known.parts.size === 0) {
    if (isText(left) && isText(right)) known.words.add('str');
    else if (isNumber(left) && isNumber(right))
      for (const word of [...left.words, ...right.words]) known.words.add(word);
  }
  if (node.op === '+' && isText(left) && isText(right))
    return partsText(writing, [
      ...textParts(writing, node.left, scope),
      ...textParts(writing, node.right, scope),
    ]);
  return writing.expr(node, scope);
}

export function deleted(writing: Writing, target: Expr, scope: PythonScope): Doc {
  if (target.t === 'index') {
    const kind = writing.kind(target.object);
    const of = inside(writing.expr(target.object, scope), BINDS.call);
    const key = mapKey(writing, target.object, target.index, scope);
    if (isMap(kind)) return [call([of, '.delete'], [key]).doc, ';'];
    if (isList(kind)) return [call([of, '.splice'], [key, name('1')]).doc, ';'];
    if (!isOpen(kind) && !isSet(kind)) return ['delete ', access(writing, target, of, key), ';'];
  }
  if (target.t === 'name') return '';
  return [writing.open(target, 'a del of this').doc, ';'];
}
