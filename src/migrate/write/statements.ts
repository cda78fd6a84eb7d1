// Writes Python's statements as TypeScript. Long because statements hold statements: their writers call each other, and
// two files must not import each other.
import {
  array,
  assigned,
  BINDS,
  type Code,
  call,
  code,
  inside,
  name,
  object,
  quoted,
} from '../layout/code.ts';
import { type Doc, group, hard, indent } from '../layout/doc.ts';
import type { Expr, Stmt } from '../python/syntax.ts';
import { isEndless, yields } from '../types/generators.ts';
import type { Block, Name, PythonScope } from '../types/scopes.ts';
import { lookup } from '../types/scopes.ts';
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
import { condition, enumerationOf, isMap, iterable, mapKey, pattern } from './expressions.ts';
import { parameters } from './functions.ts';
import { profileClass } from './profiles.ts';
import { partsText, textParts } from './texts.ts';

/** How a file treats its top-level names and statements: exports, includes and jobs. */
export interface FileRules {
  isExported(name: Name): boolean;
  /** Writes a special top-level statement, such as an include or the jobs; undefined for all others. */
  special(stmt: Stmt): readonly Doc[] | undefined;
  /** Marks to write before a top-level statement. */
  marks(stmt: Stmt): readonly Doc[];
}

/** Writes statements; comments and empty lines stay in their places. */
export function statementList(
  writing: Writing,
  list: readonly Stmt[],
  scope: PythonScope,
  rules: FileRules,
  end: number,
): Doc {
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
    const hoisted = doc ? [] : hoistedNames(writing, stmt, block, scope, rules);
    const remarks = writing.comments(before ?? block.from, stmt.from);
    for (const comment of remarks) push(comment.from, comment.to, [comment.text]);
    const afterComment = remarks.length > 0;
    if (doc) {
      push(stmt.from, stmt.to, doc);
      continue;
    }
    const isTop = scope.kind === 'file' && block.parent === undefined;
    const marks = isTop ? rules.marks(stmt) : [];
    const made = isTop ? rules.special(stmt) : undefined;
    const own = made ?? statement(writing, stmt, scope, rules);
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

const isText0 = (stmt: Stmt): boolean => stmt.t === 'expr' && stmt.value.t === 'str';

/** The docstring of a function as a comment above it. */
function documentation(body: readonly Stmt[]): Doc {
  const [first] = body;
  if (!first || !isText0(first)) return '';
  const lines = docstring(first).map((line) =>
    String(line)
      .replace(/^\/\/ ?/, '')
      .replaceAll('*/', '* /'),
  );
  if (lines.length === 1) return [`/** ${lines[0]} */`, hard];
  return ['/**', ...lines.flatMap((line): Doc[] => [hard, ` * ${line}`.trimEnd()]), hard, ' */', hard];
}

const isDocstring = (stmt: Stmt, scope: PythonScope, list: readonly Stmt[]): boolean =>
  stmt.t === 'expr' && stmt.value.t === 'str' && (scope.kind === 'file' || list.length > 0);

function docstring(stmt: Stmt): readonly Doc[] {
  const value = stmt.t === 'expr' && stmt.value.t === 'str' ? stmt.value.value.trim() : '';
  return value.split('\n').map((line) => (line.trim() === '' ? '//' : `// ${line.trim()}`));
}

/** Names that have to be declared before the statement that first mentions them. */
function hoistedNames(
  writing: Writing,
  stmt: Stmt,
  block: Block,
  scope: PythonScope,
  rules: FileRules,
): readonly Doc[] {
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
    docs.push(`${rules.isExported(own) ? 'export ' : ''}let ${writing.nameOf(own)}${mark}: ${type};`);
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

/** Whether a function or class is defined in another block than the one that declares its name. */
const isOutside = (own: Name): boolean =>
  (own.kind === 'function' || own.kind === 'class') &&
  own.mentions.some(({ writes, block }) => writes && block !== planOf(own).home);

interface Plan {
  /** The block in which the name is declared. */
  readonly home: Block;
  /**
   * `there`: where it gets its first value; `before`: in a separate declaration; `loops`: by each loop that binds it;
   * `include`: at the include of a file that has the same name.
   */
  readonly declared: 'there' | 'before' | 'loops' | 'include';
  readonly constant: boolean;
}

const plans = new WeakMap<Name, Plan>();

/** Where a name is declared, and whether it is a constant. */
export function planOf(own: Name): Plan {
  const before = plans.get(own);
  if (before) return before;
  const { mentions } = own;
  const loops = ownLoops(own);
  if (loops) {
    const constant = mentions.every(({ writes, target }) => !writes || target);
    const plan: Plan = { home: loops[0] as Block, declared: 'loops', constant };
    plans.set(own, plan);
    return plan;
  }
  let home: Block | undefined;
  for (const { block } of mentions) home = home === undefined ? block : common(home, block);
  home ??= own.scope.block;
  if (mentions.some(({ inner }) => inner) && loopAbove(home, own.scope.block)) home = own.scope.block;
  const [first] = own.mentions.filter(({ inner }) => !inner);
  const writes = own.mentions.filter((one) => one.writes);
  const there =
    first?.writes === true && first.block === home && !writes.some(({ inner }) => inner && first.inner);
  const constant = writes.length === 1 && there;
  const plan: Plan = { home, declared: there ? 'there' : 'before', constant };
  plans.set(own, plan);
  return plan;
}

/** Plans the declaration of a name that other files read: at the top, wherever it gets its value. */
export function planExported(own: Name): void {
  if (planOf(own).home !== own.scope.block) planRebound(own, 'before');
}

/** Sets where a name is declared that an included file has, too. */
export function planRebound(own: Name, declared: Plan['declared']): void {
  plans.set(own, { home: own.scope.block, declared, constant: false });
}

/** The loops that bind a name if it is used nowhere else; each loop then declares the name itself. */
function ownLoops({ mentions }: Name): readonly Block[] | undefined {
  const loops = mentions.filter(({ target }) => target).map(({ block }) => block);
  if (loops.length === 0 || mentions.some(({ inner }) => inner)) return undefined;
  const isIn = (block: Block): boolean =>
    loops.includes(block) || (block.parent !== undefined && isIn(block.parent));
  const nested = loops.some((block) => block.parent !== undefined && isIn(block.parent));
  return !nested && new Set(loops).size === loops.length && mentions.every(({ block }) => isIn(block))
    ? loops
    : undefined;
}

function loopAbove(block: Block, top: Block): boolean {
  for (let at: Block | undefined = block; at && at !== top; at = at.parent) if (at.loop) return true;
  return false;
}

function common(a: Block, b: Block): Block {
  const above = new Set<Block>();
  for (let at: Block | undefined = a; at; at = at.parent) above.add(at);
  for (let at: Block | undefined = b; at; at = at.parent) if (above.has(at)) return at;
  return a;
}

const body = (
  writing: Writing,
  list: readonly Stmt[],
  scope: PythonScope,
  rules: FileRules,
  end: number,
  after: Doc = '',
): Doc => {
  const doc = statementList(writing, list, scope, rules, end);
  const isEmpty = Array.isArray(doc) && doc.length === 0;
  if (isEmpty) return after === '' ? '{}' : ['{', indent([hard, after]), hard, '}'];
  return ['{', indent([hard, doc, ...(after === '' ? [] : [hard, after])]), hard, '}'];
};

/** The `const` or `let` for a name that gets a value here, or nothing. */
function declaration(own: Name | undefined, at: number, rules: FileRules): string {
  if (!own || own.kind === 'parameter') return '';
  const plan = planOf(own);
  const first = own.mentions.find(({ inner }) => !inner);
  if (plan.declared !== 'there' || first?.at !== at) return '';
  const exported = rules.isExported(own) ? 'export ' : '';
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

/** Writes one statement as lines. */
export function statement(
  writing: Writing,
  stmt: Stmt,
  scope: PythonScope,
  rules: FileRules,
): readonly Doc[] {
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
      return assignment(writing, stmt, scope, rules);
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
        docs.push(body(writing, branch.body, scope, rules, Math.min(ends[index] ?? stmt.to, stmt.to)));
      });
      if (stmt.otherwise.length > 0)
        docs.push(' else ', body(writing, stmt.otherwise, scope, rules, stmt.to));
      return [docs];
    }
    case 'for':
      return [loop(writing, stmt, scope, rules, () => forLoop(writing, stmt, scope, rules))];
    case 'while':
      return [
        loop(writing, stmt, scope, rules, () => [
          'while (',
          condition(writing, stmt.test, scope).doc,
          ') ',
          body(writing, stmt.body, scope, rules, stmt.otherwise[0]?.from ?? stmt.to),
        ]),
      ];
    case 'def':
      return [definition(writing, stmt, scope, rules)];
    case 'class':
      return (
        profileClass(writing, stmt, scope, rules.isExported(lookup(scope, stmt.name) as Name)) ?? [
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
      return attempt(writing, stmt, scope, rules);
    case 'with': {
      const own = stmt.name ? lookup(scope, stmt.name) : undefined;
      if (!writing.kind(stmt.value).words.has('file'))
        return [[writing.open(stmt, 'a with of something that is no file').doc, ';']];
      const inner = statementList(writing, stmt.body, scope, rules, stmt.to);
      const start = declaration(own, stmt.from, rules);
      const head: Doc = own
        ? [start, writing.nameOf(own), ' = ', expr(stmt.value).doc, ';']
        : [expr(stmt.value).doc, ';'];
      return Array.isArray(inner) && inner.length === 0 ? [head] : [head, inner];
    }
    case 'odd':
      return [[writing.open(stmt, stmt.what).doc, ';']];
  }
}

/** Writes a loop. With an `else`, which `break` must skip, both go into a labelled block that `break` leaves. */
function loop(
  writing: Writing,
  stmt: Stmt & { t: 'for' | 'while' },
  scope: PythonScope,
  rules: FileRules,
  write: () => Doc,
): Doc {
  const label = stmt.otherwise.length > 0 ? freshLabel(writing, 'search') : undefined;
  writing.breaks.push(label);
  const head = write();
  writing.breaks.pop();
  if (label === undefined) return head;
  const otherwise = statementList(writing, stmt.otherwise, scope, rules, stmt.to);
  return [`${label}: {`, indent([hard, head, hard, otherwise]), hard, '}'];
}

const freshLabel = (writing: Writing, word: string): string => {
  const count = (writing.labels.get(word) ?? 0) + 1;
  writing.labels.set(word, count);
  return count === 1 ? word : `${word}${count}`;
};

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

const KNOWN_MODULES = new Set([
  'os',
  'os.path',
  'sys',
  'json',
  'hashlib',
  'getpass',
  'socket',
  'time',
  'datetime',
  'copy',
  'textwrap',
  'math',
  'string',
  'subprocess',
  'collections',
  'itertools',
  'functools',
  'pipes',
  'shlex',
  'platform',
  '__future__',
  'pystachio',
  're',
  'random',
  'six',
]);

function imported(writing: Writing, stmt: Stmt & { t: 'import' | 'from' }): readonly Doc[] {
  const modules = stmt.t === 'import' ? stmt.names.map(({ name: id }) => id) : [stmt.module];
  const strange = modules.filter(
    (id) => !KNOWN_MODULES.has(id) && !id.startsWith('pystachio') && !id.startsWith('apache.'),
  );
  if (
    strange.length > 0 ||
    (stmt.t === 'from' &&
      stmt.names.some(({ name: id }) => id === '*') &&
      !/^(?:pystachio|apache)/.test(stmt.module))
  )
    return [
      [
        writing.open(
          stmt,
          `the module ${strange.join(', ') || modules[0]} is Python, and has to be moved first`,
        ).doc,
        ';',
      ],
    ];
  return [];
}

function assignment(
  writing: Writing,
  stmt: Stmt & { t: 'assign' },
  scope: PythonScope,
  rules: FileRules,
): readonly Doc[] {
  const lines: Doc[] = [];
  const [first, ...others] = stmt.targets as [Expr, ...Expr[]];
  const kind = writing.kind(stmt.value);
  if (others.length > 0) {
    const last = stmt.targets.at(-1) as Expr;
    lines.push(...assignment(writing, { ...stmt, targets: [last] }, scope, rules));
    for (const target of [...stmt.targets.slice(0, -1)].reverse())
      lines.push(...assignment(writing, { ...stmt, targets: [target], value: last }, scope, rules));
    return lines;
  }
  if (parts(kind, 'type').length > 0 && first.t === 'name' && kind.words.size === 0) {
    return [];
  }
  if (first.t === 'name') {
    const own = lookup(scope, first.id) as Name;
    const local = writing.local(first.id, scope) ?? first.id;
    const start = declaration(own, first.from, rules);
    const type = start && !start.includes('undefined') ? annotation(writing, own, stmt.value) : '';
    const value = writing.expr(stmt.value, scope);
    return [[assigned([start, local, type, ' ='], value), ';']];
  }
  if (first.t === 'tuple' || first.t === 'list') {
    const names = namesIn(first);
    const owns = names.map((node) => lookup(scope, node.id));
    const starts = names.map((node, index) => declaration(owns[index], node.from, rules));
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

function namesIn(target: Expr): (Expr & { t: 'name' })[] {
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

import { fieldName } from '../types/language.ts';

function access(writing: Writing, target: Expr & { t: 'index' }, of: Doc, key: Code): Doc {
  const { index } = target;
  if (index.t !== 'str') return [of, '[', key.doc, ']'];
  const struct = parts(writing.kind(target.object), 'dict').find((part) => part.fields)?.fields;
  const word = struct ? fieldName(struct, index.value) : index.value;
  return /^[A-Za-z_$][\w$]*$/.test(word) ? [of, `.${word}`] : [of, `[${quoted(word)}]`];
}

function update(writing: Writing, stmt: Stmt & { t: 'update' }, scope: PythonScope): Doc {
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

/** Whether the loop at this offset declares the name that it binds. */
function isBoundHere(own: Name, at: number): boolean {
  const { declared } = planOf(own);
  return (
    declared === 'loops' || (declared === 'there' && own.mentions.find(({ inner }) => !inner)?.at === at)
  );
}

function forLoop(writing: Writing, stmt: Stmt & { t: 'for' }, scope: PythonScope, rules: FileRules): Doc {
  const names = namesIn(stmt.target);
  const owns = names.map((node) => lookup(scope, node.id) as Name);
  const here = owns.every((own, index) => isBoundHere(own, names[index]?.from ?? 0));
  const constant = owns.every((own) => planOf(own).constant);
  const word = here ? (constant ? 'const ' : 'let ') : '';
  const run = () => body(writing, stmt.body, scope, rules, stmt.otherwise[0]?.from ?? stmt.to);
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

function definition(writing: Writing, stmt: Stmt & { t: 'def' }, scope: PythonScope, rules: FileRules): Doc {
  const own = lookup(scope, stmt.name) as Name;
  const local = writing.nameOf(own);
  const inner = writing.module.scopes.of.get(stmt) as PythonScope;
  const part = writing.inference.funcOf(stmt);
  if (!part) return [writing.open(stmt, 'a function that is never reached').doc, ';'];
  const params = parameters(writing, part);
  const plan = planOf(own);
  const isPlain = own.mentions.filter(({ writes }) => writes).length === 1 && !isOutside(own);
  const exported = rules.isExported(own) ? 'export ' : '';
  const [only] = stmt.body;
  const code = only && isText0(only) ? stmt.body.slice(1) : stmt.body;
  const [single] = code;
  const caught = writing.caught.depth;
  writing.caught.depth = 0;
  const isGenerator = yields(stmt.body);
  if (isGenerator && isEndless(stmt.body))
    return [writing.open(stmt, 'a generator that may have no end').doc, ';'];
  let gathered: string | undefined;
  if (isGenerator) {
    gathered = 'found';
    while (writing.isTaken(gathered)) gathered += '_';
  }
  writing.yielded.push(gathered);
  try {
    const recursive = own.mentions.some(({ inner: deep, at }) => deep && at > stmt.from && at < stmt.to);
    const result = recursive ? `: ${typeText(writing, part.result)}` : '';
    if (isPlain && code.length === 1 && single?.t === 'return' && single.value && plan.declared === 'there') {
      const head = group([params, result]);
      const short = arrowBody(writing.expr(single.value, inner));
      return [documentation(stmt.body), exported, 'const ', local, ' = ', head, ' =>', short, ';'];
    }
    const written = body(writing, stmt.body, inner, rules, stmt.to, gathered ? `return ${gathered};` : '');
    const statements: Doc = gathered
      ? [
          '{',
          indent([hard, `const ${gathered}: ${typeText(writing, part.result)} = [];`]),
          (written as readonly Doc[]).slice(1),
        ]
      : written;
    if (isPlain && (plan.declared === 'there' || scope.kind !== 'function'))
      if (plan.home === scope.block || plan.declared === 'there')
        return [
          documentation(stmt.body),
          exported,
          'function ',
          local,
          group([params, result]),
          ' ',
          statements,
        ];
    const start = declaration(own, stmt.from, rules);
    return [
      start || '',
      local,
      start ? ': any' : '',
      ' = ',
      group([params, result]),
      ' => ',
      statements,
      ';',
    ];
  } finally {
    writing.yielded.pop();
    writing.caught.depth = caught;
  }
}

import { line, mustBreak } from '../layout/doc.ts';

/** The body after an arrow: on the same line if it is an object, list or template, or fits; otherwise on the next. */
function arrowBody(value: Code): Doc {
  const doc = value.shape === 'object' ? ['(', value.doc, ')'] : inside(value, BINDS.arrow);
  if (['object', 'array', 'template'].includes(value.shape)) return [' ', doc];
  if (value.shape === 'call' && mustBreak(doc)) return group([indent([line, doc])], true);
  return group(indent([line, doc]));
}

function raised(writing: Writing, stmt: Stmt & { t: 'raise' }, scope: PythonScope): Doc {
  const { value } = stmt;
  if (!value) return 'throw error;';
  if (value.t === 'call' && value.fn.t === 'name') {
    const [message] = value.args;
    const made = call('new Error', message ? [writing.expr(message.value, scope)] : []);
    if (writing.caught.depth > 0 || value.fn.id.endsWith('Error'))
      if (CAUGHT.has(value.fn.id) && !['Exception', 'StandardError'].includes(value.fn.id))
        return [
          'throw ',
          call('Object.assign', [made, object([{ doc: `name: '${value.fn.id}'` }])]).doc,
          ';',
        ];
    return ['throw ', made.doc, ';'];
  }
  if (value.t === 'name') return ['throw ', call('new Error', [code(quoted(value.id))]).doc, ';'];
  return ['throw ', writing.expr(value, scope).doc, ';'];
}

function deleted(writing: Writing, target: Expr, scope: PythonScope): Doc {
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

const CAUGHT = new Set([
  'KeyError',
  'IndexError',
  'ValueError',
  'LookupError',
  'IOError',
  'OSError',
  'EnvironmentError',
  'TypeError',
  'AttributeError',
  'ImportError',
  'RuntimeError',
  'NameError',
  'ZeroDivisionError',
  'Exception',
  'StandardError',
]);

function attempt(
  writing: Writing,
  stmt: Stmt & { t: 'try' },
  scope: PythonScope,
  rules: FileRules,
): readonly Doc[] {
  const isImport = stmt.body.every(({ t }) => t === 'import' || t === 'from');
  if (isImport) return stmt.body.flatMap((one) => statement(writing, one, scope, rules));
  const types = stmt.handlers.flatMap((handler) =>
    handler.types.map((type) => (type.t === 'name' ? type.id : '?')),
  );
  const strange = types.find((type) => !CAUGHT.has(type));
  if (strange !== undefined) return [[writing.open(stmt, `an except of ${strange}`).doc, ';']];
  if (stmt.otherwise.length > 0) return [attemptWithElse(writing, stmt, scope, rules)];
  return [attemptAlone(writing, stmt, scope, rules)];
}

/** Writes a `try` with an `else`. It stands behind the `try`, so that it is not covered; handlers jump over it. */
function attemptWithElse(
  writing: Writing,
  stmt: Stmt & { t: 'try' },
  scope: PythonScope,
  rules: FileRules,
): Doc {
  const label = freshLabel(writing, 'attempt');
  const tried = attemptAlone(
    writing,
    { ...stmt, final: [], to: stmt.otherwise[0]?.from ?? stmt.to },
    scope,
    rules,
    `break ${label};`,
  );
  const otherwise = statementList(writing, stmt.otherwise, scope, rules, stmt.final[0]?.from ?? stmt.to);
  const block: Doc = [`${label}: {`, indent([hard, tried, hard, otherwise]), hard, '}'];
  if (stmt.final.length === 0) return block;
  return [
    'try {',
    indent([hard, block]),
    hard,
    '} finally ',
    body(writing, stmt.final, scope, rules, stmt.to),
  ];
}

/** Writes a `try` without `else`; each handler ends with `leave`. */
function attemptAlone(
  writing: Writing,
  stmt: Stmt & { t: 'try' },
  scope: PythonScope,
  rules: FileRules,
  leave: Doc = '',
): Doc {
  writing.caught.depth++;
  const inner = body(writing, stmt.body, scope, rules, stmt.handlers[0]?.body[0]?.from ?? stmt.to);
  writing.caught.depth--;
  const docs: Doc[] = ['try ', inner];
  if (stmt.handlers.length > 0) {
    const isAll = (handler: (typeof stmt.handlers)[number]) =>
      handler.types.length === 0 ||
      handler.types.some((type) => type.t === 'name' && ['Exception', 'StandardError'].includes(type.id));
    const [first] = stmt.handlers;
    if (stmt.handlers.length === 1 && first && isAll(first)) {
      const named = first.name ? ` (${writing.local(first.name, scope) ?? 'error'}: any)` : '';
      docs.push(` catch${named} `, body(writing, first.body, scope, rules, stmt.to, leave));
    } else {
      const test = writing.helper('isError');
      const branches: Doc[] = stmt.handlers.flatMap((handler, index): Doc[] => {
        const ids = handler.types.map((type) => (type.t === 'name' ? quoted(type.id) : ''));
        return [
          index > 0 ? ' else ' : '',
          isAll(handler) ? '' : ['if (', test, '(error', ids.map((id) => [', ', id]), ')) '],
          body(writing, handler.body, scope, rules, stmt.to),
        ];
      });
      const last = stmt.handlers.at(-1);
      if (last && !isAll(last)) branches.push(' else {', indent([hard, 'throw error;']), hard, '}');
      docs.push(
        ' catch (error) {',
        indent([hard, ...branches, ...(leave === '' ? [] : [hard, leave])]),
        hard,
        '}',
      );
    }
  }
  if (stmt.final.length > 0) docs.push(' finally ', body(writing, stmt.final, scope, rules, stmt.to));
  return docs;
}
