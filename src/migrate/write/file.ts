import { basename } from 'node:path';
import { BINDS, bracketed, call, code, inside, quoted } from '../layout/code.ts';
import { type Doc, hard, line, printed } from '../layout/doc.ts';
import { lineAt } from '../python/place.ts';
import type { Comment, Expr, Stmt } from '../python/syntax.ts';
import type { Inference } from '../types/infer.ts';
import { type Module, outside } from '../types/modules.ts';
import { lookup, type Name } from '../types/scopes.ts';
import { callExpression, lambda } from './calls.ts';
import type { FileRules, Remark, Writing } from './context.ts';
import { expression } from './expressions.ts';
import { helperTexts } from './helpers.ts';
import { localNames, shadowingNames } from './names.ts';
import { planExported, planOf } from './plans.ts';
import { planReboundName, reboundNames, reboundStart, staleReader } from './rebound.ts';
import { statementList } from './statements.ts';

/** What must be known about a file besides its own text. */
export interface FileSettings {
  readonly python: 2 | 3;
  /** Names to export, or all. */
  readonly exported: ReadonlySet<string> | 'all';
  /** Names that other files import. */
  readonly imported: ReadonlySet<string>;
  /** The path by which this file imports another one. */
  importPath(module: Module): string;
  /** The module that the `include('x')` at this offset includes. */
  included(at: number): Module | undefined;
}

/** Width of the lines that are written. */
const WIDTH = 110;

/** Writes a file as TypeScript, and lists the places that somebody has to look at. */
export function writeFile(
  module: Module,
  inference: Inference,
  settings: FileSettings,
): { readonly text: string; readonly remarks: readonly Remark[] } {
  const names = localNames(module);
  const taken = new Set<string>();
  for (const scope of [module.scopes.file, ...module.scopes.of.values()])
    for (const id of scope.names.keys()) taken.add(names.get(id) as string);
  const language = new Map<string, string>();
  const types = new Map<string, string>();
  const nodes = new Map<string, Map<string, string>>();
  const files = new Map<Module, Map<string, string>>();
  const helpers = new Set<string>();
  const remarks: Remark[] = [];
  const said = new Set<string>();
  const left: Comment[] = [...module.file.comments];

  const alias = (id: string, prefix: string): string =>
    taken.has(id) ? `${prefix}${id[0]?.toUpperCase()}${id.slice(1)}` : id;
  const remark = (weight: Remark['weight'], spot: { from: number; to: number }, reason: string) => {
    const key = `${spot.from} ${reason}`;
    if (said.has(key)) return;
    said.add(key);
    remarks.push({ module, from: spot.from, to: spot.to, reason, weight });
  };

  const imported = (other: Module, id: string): string => {
    const list = files.get(other) ?? new Map<string, string>();
    files.set(other, list);
    const theirs = localNames(other).get(id) ?? id;
    const own = module.scopes.file.names.has(id)
      ? `included${theirs[0]?.toUpperCase()}${theirs.slice(1)}`
      : (names.get(id) ?? theirs);
    list.set(theirs, own);
    return own;
  };

  const shadows = shadowingNames(module, taken, names);
  const nameOf = (own: Name): string => shadows.get(own) ?? (names.get(own.id) as string);
  const helperName = (id: string) => (taken.has(id) ? `python${id[0]?.toUpperCase()}${id.slice(1)}` : id);
  const rules: FileRules = {
    isExported: (own) =>
      own.scope === module.scopes.file &&
      own.kind !== 'module' &&
      (settings.exported === 'all'
        ? !own.id.startsWith('_') && own.id !== 'jobs'
        : settings.exported.has(own.id)),
    special: (stmt) => special(stmt),
    marks(stmt) {
      const stale = [...module.scopes.file.names.values()].flatMap((own): readonly string[] => {
        const at = own.mentions.find(({ writes }) => writes)?.at ?? -1;
        const reader = at >= stmt.from && at < stmt.to ? staleReader(module, own) : undefined;
        return reader ? [`${own.id} is bound anew, and ${basename(reader.file.path)} reads it, too`] : [];
      });
      return stale.map((reason) => [writing.open(stmt, `${reason}: rename it, or hand it over`).doc, ';']);
    },
  };
  const writing: Writing = {
    module,
    inference,
    python: settings.python,
    use(id) {
      const local = language.get(id) ?? alias(id, 'aurora');
      language.set(id, local);
      return local;
    },
    useType(id) {
      if (language.has(id) && /^[A-Z]/.test(id) && !id.endsWith('Fields')) return language.get(id) as string;
      const local = alias(id, 'Aurora');
      types.set(id, local);
      return local;
    },
    node(from, id) {
      const list = nodes.get(from) ?? new Map<string, string>();
      nodes.set(from, list);
      const clash = taken.has(id) || language.has(id);
      const local = list.get(id) ?? (clash ? `node${id[0]?.toUpperCase()}${id.slice(1)}` : id);
      list.set(id, local);
      return local;
    },
    helper(id) {
      helpers.add(id);
      return helperName(id);
    },
    isTaken: (id) => taken.has(id),
    nameOf,
    local(id, scope) {
      const own = lookup(scope, id);
      if (own) return nameOf(own);
      const from = outside(module, id);
      return from ? imported(from.module, from.name.id) : undefined;
    },
    open(spot, reason) {
      remark('open', spot, reason);
      const where = `line ${lineAt(module.file.text, spot.from)}: ${shortened(writing.source(spot))}`;
      return call(writing.helper('untranslated'), [code(quoted(`${where} (${reason})`))]);
    },
    note: (spot, reason) => remark('note', spot, reason),
    kind: (node) => inference.kindOf(node),
    expr(node, scope) {
      if (node.t === 'call') return callExpression(writing, node, scope);
      if (node.t === 'lambda') return lambda(writing, node);
      return expression(writing, node, scope);
    },
    comments(from, to) {
      const found = left.filter((comment) => comment.from >= from && comment.from < to);
      for (const comment of found) left.splice(left.indexOf(comment), 1);
      return found.map((comment) => ({ ...comment, text: commentText(comment.text) }));
    },
    statements: (list, scope, end) => statementList(writing, list, scope, end),
    rules,
    caught: { depth: 0 },
    breaks: [],
    labels: new Map(),
    yielded: [],
    source: ({ from, to }) => module.file.text.slice(from, to),
  };

  const jobs = module.scopes.file.names.get('jobs');
  const jobsExported = settings.exported !== 'all' && settings.exported.has('jobs');
  const isAlone =
    jobs !== undefined && jobs.mentions.length === 1 && planOf(jobs).declared === 'there' && !jobsExported;

  function special(stmt: Stmt): readonly Doc[] | undefined {
    if (stmt.t === 'expr' && isInclude(stmt.value)) {
      const other = settings.included(stmt.from);
      const docs: Doc[] = [];
      if (!other)
        return [
          [writing.open(stmt, 'an include of a file that is not there, or whose name is computed').doc, ';'],
        ];
      for (const [id, own] of module.scopes.file.names) {
        const from = outside(module, id);
        if (from?.module !== other || own.kind === 'module') continue;
        const start = reboundStart(own, stmt.from, names.get(id) as string, () =>
          imported(other, from.name.id),
        );
        if (start) docs.push(start);
      }
      if (!files.has(other)) sideEffects.add(other);
      return docs;
    }
    if (
      isAlone &&
      stmt.t === 'assign' &&
      stmt.targets.length === 1 &&
      stmt.targets[0]?.t === 'name' &&
      stmt.targets[0].id === 'jobs'
    ) {
      const value = writing.expr(stmt.value, module.scopes.file);
      return [['export default ', inside(value, BINDS.arrow), ';']];
    }
    return undefined;
  }
  const sideEffects = new Set<Module>();

  for (const own of module.scopes.file.names.values())
    if (rules.isExported(own) && (settings.imported.has(own.id) || planOf(own).declared !== 'loops'))
      planExported(own);
  for (const own of reboundNames(module)) {
    const from = outside(module, own.id)?.module;
    const include = module.file.body.find((stmt) => from && settings.included(stmt.from) === from);
    if (include) planReboundName(own, include.from);
  }
  const body = writing.statements(module.file.body, module.scopes.file, module.file.text.length);
  const docs: Doc[] = [body];
  if (jobs && !isAlone) docs.push(hard, '', hard, `export default ${names.get('jobs')};`);
  else if (!jobs) {
    const from = outside(module, 'jobs');
    if (from && module.includedBy.length === 0)
      docs.push(hard, '', hard, `export default ${imported(from.module, 'jobs')};`);
  }
  for (const text of helperTexts(helpers, helperName))
    docs.push(
      hard,
      '',
      hard,
      ...text.split('\n').flatMap((part, index): Doc[] => (index === 0 ? [part] : [hard, part])),
    );

  const head = header();
  const text = printed([head, body === undefined ? '' : docs], WIDTH);
  return { text: `${text.trim()}\n`, remarks: remarks.sort((a, b) => a.from - b.from) };

  function header(): Doc {
    const lines: Doc[] = [];
    const top = leadingComments(docs);
    void top;
    const specifiers = (list: ReadonlyMap<string, string>, type = false): string[] =>
      [...list].map(([id, local]) => `${type ? 'type ' : ''}${id}${id === local ? '' : ` as ${local}`}`);
    const own = [
      ...specifiers(language),
      ...specifiers(new Map([...types].filter(([id]) => !language.has(id))), true),
    ].sort(byName);
    for (const [from, list] of [...nodes].sort(([a], [b]) => (a < b ? -1 : 1)))
      lines.push(importLine(specifiers(list).sort(byName), from));
    if (own.length > 0) lines.push(importLine(own, 'aurora'));
    for (const [other, list] of files)
      lines.push(importLine(specifiers(list).sort(byName), settings.importPath(other)));
    for (const other of sideEffects)
      if (!files.has(other)) lines.push(`import '${settings.importPath(other)}';`);
    if (lines.length === 0) return '';
    return [lines.flatMap((doc) => [doc, hard]), hard];
  }
}

/** Sorts imported names as biome does: ignoring case, then upper case first; `type` does not count. */
const byName = (a: string, b: string): number => {
  const [left, right] = [a.replace(/^type /, ''), b.replace(/^type /, '')];
  const [small, other] = [left.toLowerCase(), right.toLowerCase()];
  return small < other ? -1 : small > other ? 1 : left < right ? -1 : 1;
};

const importLine = (specifiers: readonly string[], from: string): Doc => [
  'import ',
  bracketed(
    '{',
    specifiers.map((doc) => ({ doc })),
    '}',
    line,
  ),
  ` from '${from}';`,
];

const leadingComments = (docs: readonly Doc[]): number => docs.length;

const isInclude = (node: Expr): node is Expr & { t: 'call' } =>
  node.t === 'call' && node.fn.t === 'name' && node.fn.id === 'include';

const commentText = (text: string): string =>
  text.startsWith('!')
    ? `// ${text}`
    : text === ''
      ? '//'
      : `//${text.startsWith(' ') || text.startsWith('\t') ? '' : ' '}${text}`;

const shortened = (text: string): string => {
  const [first = ''] = text.split('\n');
  return first.length > 100 || text.includes('\n') ? `${first.slice(0, 100)} ...` : first;
};
