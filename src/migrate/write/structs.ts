// Writes calls of the configuration language: builders, copies, bindings, profiles and types. Long because it is a list of
// these forms, one case each.
import { BINDS, type Code, call, code, inside, name, object, quoted } from '../layout/code.ts';
import type { Doc } from '../layout/doc.ts';
import type { Expr } from '../python/syntax.ts';
import { pythonTwoOrder } from '../types/dict-order.ts';
import type { ProfileField } from '../types/knowledge.ts';
import { fieldsOfStruct, LANGUAGE_FUNCTIONS, STRUCT_NAMES } from '../types/language.ts';
import type { PythonScope } from '../types/scopes.ts';
import { isFloat, isNumber, isWhole, type PythonKind, parts } from '../types/value.ts';
import type { Writing } from './context.ts';
import { fieldsObject, fieldValue } from './fields.ts';
import { asArray, iterable } from './iteration.ts';
import { propertyDoc } from './keys.ts';
import { boundValue } from './literals.ts';
import { opensLine, withComments } from './remarks.ts';

/** Writes a struct's call: `Process(name = 'x')`. */
export function structCall(
  writing: Writing,
  id: string,
  node: Expr & { t: 'call' },
  scope: PythonScope,
): Code {
  const struct = STRUCT_NAMES.get(id) as string;
  const builder = writing.use(id === 'MesosJob' ? 'Job' : id);
  if (node.args.length === 0)
    return call(
      builder,
      missing(struct, new Set()) && struct !== 'Job'
        ? [lacking(writing, struct, object([]))]
        : needsObject(struct)
          ? [object([])]
          : [],
    );
  const { docs, spots, names, spread } = fieldsObject(writing, struct, node, scope);
  const first = node.args[0] as { from: number };
  const open = node.args.length > 1 && opensLine(writing, node.fn.to, first.from);
  const fields = object(withComments(writing, spots, node.fn.to, node.to, docs), open);
  if (struct !== 'Job' && missing(struct, names))
    return call(builder, [lacking(writing, struct, fields, spread)]);
  return call(builder, [fields]);
}

const needsObject = (struct: string): boolean => struct === 'Job';

const missing = (struct: string, names: ReadonlySet<string>): boolean =>
  Object.entries(fieldsOfStruct(struct)).some(
    ([field, { presence }]) => presence === 'required' && !names.has(field),
  );

/** Casts a struct whose required fields are still missing, so that the compiler accepts it. */
function lacking(writing: Writing, struct: string, fields: Code, spread = false): Code {
  const type = writing.useType(`${struct}Fields`);
  return code([fields.doc, spread ? '' : ` as Partial<${type}>`, ` as ${type}`], BINDS.compare, 'object');
}

/** Writes a copy with changes: `job(name = 'x')`. */
export function copyCall(
  writing: Writing,
  struct: string,
  node: Expr & { t: 'call' },
  scope: PythonScope,
): Code {
  const of = writing.expr(node.fn, scope);
  const { docs, spots, names } = fieldsObject(writing, struct, node, scope, true);
  const isOrdered =
    writing.kind(node.fn).words.has('ordered') && names.has('processes') && !names.has('constraints');
  const all = [...docs];
  const places = [...spots];
  if (isOrdered) {
    all.push(propertyDoc('constraints', code([inside(of, BINDS.call), '.constraints'], BINDS.call)));
    places.push({ from: node.to, to: node.to });
  }
  const first = node.args[0];
  const open = first !== undefined && node.args.length > 1 && opensLine(writing, node.fn.to, first.from);
  return call(
    [inside(of, BINDS.call), '.with'],
    [object(withComments(writing, places, node.fn.to, node.to, all), open)],
  );
}

/** Writes `x.bind(...)`. */
export function bindCall(
  writing: Writing,
  node: Expr & { t: 'call' },
  fn: Expr & { t: 'attr' },
  scope: PythonScope,
): Code {
  const of = inside(writing.expr(fn.object, scope), BINDS.call);
  const args: Code[] = [];
  const named = node.args.filter((arg) => arg.name || arg.star === '**');
  for (const arg of node.args) {
    if (arg.name || arg.star === '**') continue;
    if (arg.star === '*') {
      args.push(code(['...', writing.expr(arg.value, scope).doc]));
      continue;
    }
    args.push(bindable(writing, arg.value, scope));
  }
  if (named.length > 0) {
    const docs = named.map((arg): Doc => {
      if (!arg.name) return ['...', inside(bindable(writing, arg.value, scope), BINDS.arrow)];
      return propertyDoc(arg.name, bindable(writing, arg.value, scope));
    });
    const first = node.args[0] as { readonly from: number };
    args.push(
      object(
        withComments(writing, named, fn.to, node.to, docs),
        named.length > 1 && opensLine(writing, fn.to, first.from),
      ),
    );
  }
  return call([of, '.bind'], args);
}

function bindable(writing: Writing, node: Expr, scope: PythonScope): Code {
  const kind = writing.kind(node);
  if (parts(kind, 'dict').some((part) => part.map)) return writing.expr(node, scope);
  return boundValue(writing, node, scope);
}

/** Writes a call of a profile's class, or of a profile (a copy with changes). */
export function profileCall(
  writing: Writing,
  id: string,
  node: Expr & { t: 'call' },
  scope: PythonScope,
  copy: boolean,
): Code {
  const profile = writing.inference.profiles.get(id);
  const docs = node.args.map((arg): Doc => {
    if (!arg.name) return ['...', inside(writing.expr(arg.value, scope), BINDS.arrow)];
    const field = profile?.fields.get(arg.name);
    if (!field) {
      writing.note(arg, `${id} has no field ${arg.name}: the original stops here`);
      return propertyDoc(arg.name, writing.expr(arg.value, scope));
    }
    return propertyDoc(arg.name, profileValue(writing, field, arg.value, scope));
  });
  const of = writing.expr(node.fn, scope);
  const [first] = node.args;
  const open = first !== undefined && node.args.length > 1 && opensLine(writing, node.fn.to, first.from);
  const fields = object(withComments(writing, node.args, node.fn.to, node.to, docs), open);
  if (copy) return call([inside(of, BINDS.call), '.with'], [fields]);
  return call(inside(of, BINDS.call), node.args.length > 0 ? [fields] : []);
}

/** Writes a value to suit the type of its profile field. */
export function profileValue(writing: Writing, field: ProfileField, node: Expr, scope: PythonScope): Code {
  const kind = writing.kind(node);
  switch (field.type) {
    case 'Float': {
      if (
        node.t === 'str' &&
        !node.value.includes('{{') &&
        node.value.trim() !== '' &&
        !Number.isNaN(Number(node.value))
      )
        return call(writing.use('float'), [code(String(Number(node.value)))]);
      if (isFloat(kind) || isWhole(kind))
        return node.t === 'num' && !Number.isInteger(node.value)
          ? writing.expr(node, scope)
          : call(writing.use('float'), [writing.expr(node, scope)]);
      return writing.expr(node, scope);
    }
    case 'Integer':
      if (node.t === 'str' && node.value.trim() !== '' && /^\s*[-+]?\d+\s*$/.test(node.value))
        return code(String(Number(node.value)));
      if (isFloat(kind)) return call('Math.trunc', [writing.expr(node, scope)]);
      return writing.expr(node, scope);
    case 'Boolean':
      if (node.t === 'num') return name(String(node.value !== 0));
      if (node.t === 'str' && /^(?:true|false|1|0)$/i.test(node.value))
        return name(String(/^(?:true|1)$/i.test(node.value)));
      if (isNumber(kind)) return call('Boolean', [writing.expr(node, scope)]);
      return writing.expr(node, scope);
    case 'Map':
      return asMap(writing, node, scope);
    default:
      return boundValue(writing, node, scope);
  }
}

/** A value as a Map, which is what a field of the schema's type Map takes. */
function asMap(writing: Writing, node: Expr, scope: PythonScope): Code {
  const kind = writing.kind(node);
  if (kind.words.has('bindmap') || parts(kind, 'dict').some((part) => part.map))
    return writing.expr(node, scope);
  if (node.t === 'dict' && node.entries.every(({ key }) => key !== undefined)) {
    const pairs = node.entries.map(({ key, value }) => ({
      doc: [
        '[',
        writing.expr(key as Expr, scope).doc,
        ', ',
        boundValue(writing, value, scope).doc,
        ']',
      ] as Doc,
    }));
    return call(
      'new Map',
      pairs.length === 0
        ? []
        : [
            arrayOf(
              pairs.map(({ doc }) => doc),
              pairs.length > 1,
            ),
          ],
    );
  }
  return call('new Map', [call('Object.entries', [writing.expr(node, scope)])]);
}

import { array } from '../layout/code.ts';

const arrayOf = (docs: readonly Doc[], open: boolean): Code =>
  array(
    docs.map((doc) => ({ doc })),
    open,
  );

/** Writes a call of a type: `List(String)(['a'])`, `String('x')`, `Mode('RO')`. */
export function typeCall(writing: Writing, node: Expr & { t: 'call' }, scope: PythonScope): Code | undefined {
  const kind = writing.kind(node.fn);
  const [part] = parts(kind, 'type');
  const [arg] = node.args;
  if (!part) return undefined;
  if (part.of.length > 0) {
    if (part.name === 'List') {
      const element = part.of[0] as PythonKind;
      if (arg?.value.t === 'list' && parts(element, 'type').some(({ name: id }) => id === 'Float')) {
        const field: ProfileField = { type: 'Float', of: undefined, default: undefined };
        return arrayOf(
          arg.value.items.map((item) => profileValue(writing, field, item, scope).doc),
          false,
        );
      }
      return arg ? asArray(writing, arg.value, scope) : arrayOf([], false);
    }
    if (part.name === 'Map') return arg ? asMap(writing, arg.value, scope) : call('new Map', []);
    return arg ? writing.expr(arg.value, scope) : undefined;
  }
  if (
    part.name === 'List' ||
    part.name === 'Map' ||
    part.name === 'Enum' ||
    part.name === 'Required' ||
    part.name === 'Default' ||
    part.name === 'Choice'
  )
    return name('undefined');
  if (!arg) return undefined;
  if (part.name === 'Float')
    return profileValue(writing, { type: 'Float', of: undefined, default: undefined }, arg.value, scope);
  if (part.name === 'Integer' || part.name === 'Boolean')
    return profileValue(writing, { type: part.name, of: undefined, default: undefined }, arg.value, scope);
  return writing.expr(arg.value, scope);
}

const HELPER_NAMES: Readonly<Record<string, string>> = {
  SimpleTask: 'SimpleTask',
  combine_tasks: 'combineTasks',
  concat_tasks: 'concatTasks',
  java_options: 'javaOptions',
  order: 'order',
  python_options: 'pythonOptions',
};

/** Writes `order(a, b)`, `combine_tasks(a, b, name = 'x')` and the like; undefined for any other name. */
export function languageCall(
  writing: Writing,
  id: string,
  node: Expr & { t: 'call' },
  scope: PythonScope,
): Code | undefined {
  const own = SHORT[id] ?? id;
  if (!LANGUAGE_FUNCTIONS.has(own)) return undefined;
  const positions = node.args.filter((arg) => !arg.name && arg.star !== '**');
  let named = node.args.filter((arg) => arg.name || arg.star === '**');
  if (id.endsWith('_options') || id.startsWith('Options.')) {
    if (writing.python === 2 && named.every((arg) => arg.name))
      named = pythonTwoOrder(
        named.map((arg) => arg.name as string),
        false,
      ).map((key) => named.find((arg) => arg.name === key) as (typeof named)[number]);
  }
  const given = positions.map((arg) =>
    arg.star === '*'
      ? code(['...', iterable(writing, arg.value, scope).doc])
      : writing.expr(arg.value, scope),
  );
  const local = writing.use(HELPER_NAMES[own] as string);
  if (own === 'SimpleTask') {
    const byName = (key: string, index: number) =>
      given[index] ?? named.flatMap((arg) => (arg.name === key ? [writing.expr(arg.value, scope)] : []))[0];
    const [first, second] = [byName('name', 0), byName('command', 1)];
    return call(local, [first ?? name('undefined'), second ?? name('undefined')]);
  }
  if (own === 'order') return call(local, given);
  const isTask = own === 'combine_tasks' || own === 'concat_tasks';
  const docs = named.map((arg): Doc => {
    if (!arg.name) return ['...', writing.expr(arg.value, scope).doc];
    if (!isTask) return propertyDoc(arg.name, optionValue(writing, arg.value, scope));
    const field = arg.name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return propertyDoc(field, fieldValue(writing, 'Task', field, arg.value, scope));
  });
  const changes = docs.length > 0 ? [object(docs.map((doc) => ({ doc })))] : [];
  if (!isTask)
    return call(local, [
      ...positions.map((arg, index) => optionArgument(writing, arg.value, scope) ?? (given[index] as Code)),
      ...changes,
    ]);
  return call(local, [
    arrayOf(
      given.map(({ doc }) => doc),
      false,
    ),
    ...changes,
  ]);
}

/** The value of an option; None, which means a flag without value, becomes null. */
const optionValue = (writing: Writing, node: Expr, scope: PythonScope): Code =>
  node.t === 'none' ? name('null') : writing.expr(node, scope);

function optionArgument(writing: Writing, node: Expr, scope: PythonScope): Code | undefined {
  if (node.t !== 'dict' || !node.entries.some(({ value }) => value.t === 'none')) return undefined;
  const keys = node.entries.map(({ key }) => (key?.t === 'str' ? key.value : undefined));
  const entries =
    writing.python === 2 && keys.every((key) => key !== undefined)
      ? pythonTwoOrder(keys as string[]).map(
          (key) => node.entries[keys.lastIndexOf(key)] as (typeof node.entries)[number],
        )
      : node.entries;
  const docs = entries.map(
    ({ key, value }): Doc =>
      key?.t === 'str'
        ? propertyDoc(key.value, optionValue(writing, value, scope))
        : ['...', writing.expr(value, scope).doc],
  );
  return object(docs.map((doc) => ({ doc })));
}

const SHORT: Readonly<Record<string, string>> = {
  'Tasks.combine': 'combine_tasks',
  'Tasks.concat': 'concat_tasks',
  'Tasks.simple': 'SimpleTask',
  'Processes.order': 'order',
  'Options.java': 'java_options',
  'Options.python': 'python_options',
};

/** Writes `job.name()`, which reads a field. */
export function fieldRead(
  writing: Writing,
  node: Expr & { t: 'call' },
  fn: Expr & { t: 'attr' },
  scope: PythonScope,
): Code {
  const kind = writing.kind(fn.object);
  const struct = [...kind.words].find((word) => word.startsWith('struct:'))?.slice('struct:'.length);
  const own = fn.name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (struct && fn.name.startsWith('has_')) {
    const field = own.slice(3, 4).toLowerCase() + own.slice(4);
    const declared = fieldsOfStruct(struct)[field];
    if (declared?.presence === 'optional' || declared?.presence === 'required')
      return code(
        [inside(writing.expr(fn.object, scope), BINDS.call), `.${field} !== undefined`],
        BINDS.equal,
      );
  }
  const declared = struct ? fieldsOfStruct(struct)[own] : undefined;
  const fallback = declared?.default;
  if (!declared || typeof fallback === 'object')
    return writing.open(
      node,
      `what ${fn.name}() of a struct gives may be a default, or be filled in by bindings`,
    );
  const given = code([inside(writing.expr(fn.object, scope), BINDS.call), `.${own}`], BINDS.call);
  const read =
    fallback === undefined
      ? given
      : code(
          [given.doc, ' ?? ', typeof fallback === 'string' ? quoted(fallback) : String(fallback)],
          BINDS.nullish,
        );
  if (declared.type.kind === 'struct' || declared.type.kind === 'list') return read;
  writing.note(node, `${fn.name}() filled in what was bound; here it is the text as it was given`);
  return declared.type.kind === 'text' ? call('String', [read]) : read;
}
