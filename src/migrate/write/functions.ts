import { BINDS, type Code, call, code, inside, name, object } from '../layout/code.ts';
import { type Doc, group, indent, joined, line, soft, whenBroken } from '../layout/doc.ts';
import type { Expr, Param } from '../python/syntax.ts';
import { fieldName } from '../types/language.ts';
import type { Name, PythonScope } from '../types/scopes.ts';
import { type DictPart, type FuncPart, may, type PythonKind, parts } from '../types/value.ts';
import { fieldsType, typeText } from './annotations.ts';
import type { Writing } from './context.ts';
import { iterable } from './iteration.ts';
import { propertyDoc } from './keys.ts';

/** How a translated function takes its parameters: some by position, the rest as fields of one last object. */
export interface CallShape {
  readonly positions: readonly Param[];
  readonly options: readonly Param[];
  readonly rest: Param | undefined;
  readonly kw: Param | undefined;
}

const shapes = new WeakMap<FuncPart, CallShape>();

/**
 * Decides how a function takes its parameters. Those that are only ever given by name, or that some calls leave out,
 * become fields of an object, as people would write it; those given by position stay positional.
 */
export function shapeOf(part: FuncPart): CallShape {
  const before = shapes.get(part);
  if (before) return before;
  const plain = part.params.filter(({ star }) => star === '');
  const rest = part.params.find(({ star }) => star === '*');
  const kw = part.params.find(({ star }) => star === '**');
  const calls = part.escapes ? [] : part.calls;
  const most = Math.max(0, ...calls.map((one) => (one.starred ? plain.length : one.positions)));
  const isOption = (param: Param, index: number) =>
    param.keyword ||
    (!part.escapes &&
      index >= most &&
      !rest &&
      param.default !== undefined &&
      (kw !== undefined ||
        calls.some(({ names, spreads }) => spreads.length > 0 || names.includes(param.name))));
  const options = plain.filter(isOption);
  const positions = plain.filter((param, index) => !isOption(param, index));
  const shape = { positions, options, rest, kw };
  shapes.set(part, shape);
  return shape;
}

/** The parameters with their types and defaults. */
export function parameters(writing: Writing, part: FuncPart, typed = true): Doc {
  const { positions, options, rest, kw } = shapeOf(part);
  const local = (param: Param) => writing.local(param.name, part.scope) ?? param.name;
  const type = (param: Param) => {
    const own = part.scope.names.get(param.name);
    const isSet = own?.mentions.some(({ writes }) => writes);
    const kind = isSet ? writing.inference.nameKind(own as Name) : (part.given.get(param.name) as PythonKind);
    return typeText(writing, kind);
  };
  const outer = part.scope.parent as PythonScope;
  const one = (param: Param): Doc => {
    const kind = part.given.get(param.name) as PythonKind;
    if (param.default === undefined) return typed ? [local(param), ': ', type(param)] : local(param);
    if (param.default.t === 'none')
      return typed ? [local(param), '?: ', optional(type(param))] : local(param);
    const value = defaultValue(writing, param, outer);
    const annotated = typed && (!isPlainDefault(param.default) || differs(kind, writing.kind(param.default)));
    return [local(param), annotated ? [': ', type(param)] : '', ' = ', value];
  };
  const docs: Doc[] = positions.map(one);
  if (options.length > 0 || kw) docs.push(optionsParameter(writing, part, options, kw, typed));
  if (rest)
    docs.push([
      options.length > 0 || kw ? '' : '...',
      local(rest),
      typed ? [': ', rawList(type(rest))] : '',
      options.length > 0 || kw ? ' = []' : '',
    ]);
  if (docs.length === 0) return '()';
  if (docs.length === 1 && options.length + (kw ? 1 : 0) > 0 && positions.length === 0)
    return ['(', docs[0] as Doc, ')'];
  return group(['(', indent([soft, joined([',', line], docs), whenBroken(',')]), soft, ')']);
}

const rawList = (type: string): string => (type === 'any' ? 'any[]' : type);
const optional = (type: string): string =>
  type.replace(/^undefined \| /, '').replace(/ \| undefined$/, '') || 'any';
const isPlainDefault = (node: Expr): boolean => node.t === 'num' || node.t === 'str' || node.t === 'bool';
const differs = (a: PythonKind, b: PythonKind): boolean =>
  a.parts.size > 0 ||
  [...a.words].some(
    (word) => !b.words.has(word) && !(NUMBERS.has(word) && [...b.words].some((one) => NUMBERS.has(one))),
  );
const NUMBERS = new Set(['nat', 'int', 'float']);

function defaultValue(writing: Writing, param: Param, scope: PythonScope): Doc {
  return inside(writing.expr(param.default as Expr, scope), BINDS.arrow);
}

function optionsParameter(
  writing: Writing,
  part: FuncPart,
  options: readonly Param[],
  kw: Param | undefined,
  typed: boolean,
): Doc {
  const outer = part.scope.parent as PythonScope;
  const kwType = kw ? restType(writing, part, kw) : '';
  const isRequired = options.some((param) => param.default === undefined);
  if (options.length === 0 && kw) {
    const local = writing.local(kw.name, part.scope) ?? kw.name;
    return [local, typed ? `: ${kwType}` : '', ' = {}'];
  }
  const fields = options.map((param): Doc => {
    const key = optionKey(part, param);
    const local = writing.local(param.name, part.scope) ?? param.name;
    const own: Doc = local === key ? key : [key, ': ', local];
    if (param.default === undefined || param.default.t === 'none') return own;
    return [own, ' = ', defaultValue(writing, param, outer)];
  });
  if (kw) fields.push(['...', writing.local(kw.name, part.scope) ?? kw.name]);
  const patternDoc = object(fields.map((doc) => ({ doc }))).doc;
  if (!typed) return [patternDoc, isRequired ? '' : ' = {}'];
  const types = options.map((param): Doc => {
    const type = typeText(writing, part.given.get(param.name) as PythonKind);
    return [
      optionKey(part, param),
      param.default === undefined ? ': ' : '?: ',
      optional(type),
      ...(param.default?.t === 'none' ? [] : []),
    ];
  });
  const record: Doc = group(['{', indent([line, joined([';', line], types), whenBroken(';')]), line, '}']);
  return [patternDoc, ': ', record, kw ? ` & ${kwType}` : '', isRequired ? '' : ' = {}'];
}

/** The field name of a parameter; if dictionaries are spread into the call, it is the name that their keys have. */
function optionKey(part: FuncPart, param: Param): string {
  const dicts = part.calls.flatMap(({ spreads }) => spreads.flatMap((one) => parts(one, 'dict')));
  const kw = shapeOf(part).kw;
  if (kw) dicts.push(...parts(part.given.get(kw.name) as PythonKind, 'dict'));
  if (part.calls.some(({ spreads }) => spreads.length > 0))
    return fieldName(dicts.find(({ fields }) => fields)?.fields ?? '', param.name);
  return camelName(param);
}

const camelName = (param: Param): string =>
  param.name.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());

/** The type of the fields that `**kw` takes. */
function restType(writing: Writing, part: FuncPart, kw: Param): string {
  const [dict] = parts(part.given.get(kw.name) as PythonKind, 'dict') as [DictPart];
  if (!dict.fields) return 'Record<string, any>';
  return fieldsType(writing, [dict], dict.fields);
}

/** A call of a function of the file. */
export function functionCall(
  writing: Writing,
  part: FuncPart,
  callee: Code,
  node: Expr & { t: 'call' },
  scope: PythonScope,
): Code {
  const { positions, options, rest, kw } = shapeOf(part);
  const values = new Map<string, Expr>();
  const spreads: Expr[] = [];
  const extra: { name: string; value: Expr }[] = [];
  const more: Doc[] = [];
  const order = part.params.filter(({ star, keyword }) => star === '' && !keyword);
  let position = 0;
  let starred: Expr | undefined;
  for (const arg of node.args) {
    if (arg.star === '*') starred = arg.value;
    else if (arg.star === '**') spreads.push(arg.value);
    else if (arg.name) {
      if (part.params.some((param) => param.name === arg.name && param.star === ''))
        values.set(arg.name, arg.value);
      else if (kw) extra.push({ name: arg.name, value: arg.value });
      else return writing.open(node, `${part.name} has no parameter ${arg.name}`);
    } else {
      const param = order[position++];
      if (param) values.set(param.name, arg.value);
      else if (rest) more.push(writing.expr(arg.value, scope).doc);
      else return writing.open(node, `${part.name} takes fewer arguments`);
    }
  }
  const value = (param: Param): Code | undefined => {
    const given = values.get(param.name);
    if (!given) return undefined;
    const kind = writing.kind(given);
    if (param.default && param.default.t !== 'none' && may(kind, 'none'))
      return writing.open(given, `None for ${param.name}, which here would mean its default`);
    return writing.expr(given, scope);
  };
  const args: Code[] = [];
  if (starred) {
    for (const param of positions) {
      const own = value(param);
      if (own) args.push(own);
    }
    const left = positions.length - args.length;
    const items = parts(writing.kind(starred), 'tuple', 'list').map((one) => one.items?.length);
    const fits = items.length > 0 && items.every((length) => length === left);
    if (rest && (options.length > 0 || kw)) {
      if (left > 0) return writing.open(node, 'a list of arguments for parameters of several sorts');
      more.push(['...', iterableDoc(writing, starred, scope)]);
    } else {
      if (
        (kw || options.length > 0) &&
        (spreads.length > 0 || extra.length > 0 || options.some((one) => values.has(one.name))) &&
        !fits
      )
        return writing.open(node, 'a list of arguments, of which only running the file tells how long it is');
      args.push(code(['...', iterableDoc(writing, starred, scope)]));
    }
  } else {
    for (const param of positions) {
      const own = value(param);
      if (own) args.push(own);
      else if (spreads.length > 0 && param.default === undefined) {
        const [spread] = spreads as [Expr];
        const dicts = parts(writing.kind(spread), 'dict');
        if (kw || spreads.length > 1 || dicts.length === 0 || dicts.some((one) => one.map))
          return writing.open(node, `${param.name} by its place comes out of a dictionary`);
        const key = fieldName(dicts.find(({ fields: struct }) => struct)?.fields ?? '', param.name);
        args.push(code([inside(writing.expr(spread, scope), BINDS.call), `.${key}`], BINDS.call));
      } else args.push(name('undefined'));
    }
  }
  const kwDict = kw && (parts(part.given.get(kw.name) as PythonKind, 'dict')[0] as DictPart | undefined);
  const fields: Doc[] = [
    ...spreads.map((spread): Doc => ['...', inside(writing.expr(spread, scope), BINDS.arrow)]),
    ...options.flatMap((param) => {
      const own = value(param);
      return own ? [propertyDoc(optionKey(part, param), own)] : [];
    }),
    ...extra.map(({ name: id, value: given }) =>
      propertyDoc(
        kwDict?.fields ? fieldName(kwDict.fields, id) : id,
        extraValue(writing, kwDict, id, given, scope),
      ),
    ),
  ];
  const hasOptions = options.length > 0 || kw !== undefined;
  const structs = new Set(
    spreads.flatMap((spread) => parts(writing.kind(spread), 'dict').map((one) => one.fields ?? '')),
  );
  if (kwDict) structs.add(kwDict.fields ?? '');
  if (spreads.length > 0 && structs.size > 1)
    return writing.open(node, 'dictionaries of fields and of other things as arguments');
  if (spreads.some((spread) => parts(writing.kind(spread), 'dict').some((one) => one.map)))
    return writing.open(node, 'a dictionary as arguments whose keys are not all texts');
  for (const param of positions)
    if (
      param.default !== undefined &&
      !values.has(param.name) &&
      spreads.some((one) => mayHave(writing, one, param.name))
    )
      return writing.open(node, `${param.name} may come out of a dictionary`);
  const isLast = !hasOptions || fields.length === 0;
  while (isLast && args.length > 0 && args.at(-1)?.doc === 'undefined' && more.length === 0) args.pop();
  if (hasOptions && fields.length > 0)
    args.push(
      spreads.length === 1 && fields.length === 1
        ? writing.expr(spreads[0] as Expr, scope)
        : object(fields.map((doc) => ({ doc }))),
    );
  else if (hasOptions && more.length > 0) args.push(object([]));
  if (rest && hasOptions) {
    if (more.length > 0) args.push(code(['[', joined(', ', more), ']']));
  } else for (const doc of more) args.push(code(doc));
  return call(inside(callee, BINDS.call), args);
}

/** Whether a dictionary may have an entry with this key. */
const mayHave = (writing: Writing, node: Expr, key: string): boolean => {
  const kind = writing.kind(node);
  return (
    kind.words.has('any') || parts(kind, 'dict').some((one) => one.props.has(key) || one.key.words.size > 0)
  );
};

import { fieldValue } from './fields.ts';

const extraValue = (
  writing: Writing,
  dict: DictPart | undefined,
  id: string,
  given: Expr,
  scope: PythonScope,
): Code =>
  dict?.fields
    ? fieldValue(writing, dict.fields, fieldName(dict.fields, id), given, scope)
    : writing.expr(given, scope);

const iterableDoc = (writing: Writing, node: Expr, scope: PythonScope): Doc =>
  inside(iterable(writing, node, scope), BINDS.arrow);
