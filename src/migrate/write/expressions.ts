import { BINDS, type Code, call, code, inside, name, object, quoted } from '../layout/code.ts';
import type { Expr } from '../python/syntax.ts';
import { fieldName, STRUCT_CONSTANTS, UNITS } from '../types/language.ts';
import type { PythonScope } from '../types/scopes.ts';
import { isDict, isList, isNatural, isOpen, isText, parts } from '../types/value.ts';
import { comprehension } from './comprehensions.ts';
import { comparison, condition, conditional, logic } from './conditions.ts';
import type { Writing } from './context.ts';
import { arrow } from './iteration.ts';
import { isMap, mapKey, numberCode } from './keys.ts';
import { dictionary, list } from './literals.ts';
import { binary, unary } from './operators.ts';
import { literal, partsText, textParts } from './texts.ts';

/** Writes one expression. */
export function expression(writing: Writing, node: Expr, scope: PythonScope): Code {
  switch (node.t) {
    case 'num':
      return numberCode(node.value);
    case 'str':
      return literal(writing, node.value, node.seams);
    case 'fstr':
      return partsText(writing, textParts(writing, node, scope));
    case 'bool':
      return name(String(node.value));
    case 'none':
      return name('undefined');
    case 'name':
      return identifier(writing, node, scope);
    case 'list':
    case 'tuple':
      return list(writing, node, scope);
    case 'set':
      return call('new Set', [list(writing, node, scope)]);
    case 'dict':
      return dictionary(writing, node, scope);
    case 'comp':
      return comprehension(writing, node, scope);
    case 'attr':
      return attribute(writing, node);
    case 'index':
      return element(writing, node, scope);
    case 'slice':
      return slice(writing, node, scope);
    case 'unary':
      return unary(writing, node, scope);
    case 'binary':
      return binary(writing, node, scope);
    case 'logic':
      return logic(writing, node, scope);
    case 'compare':
      return comparison(writing, node, scope);
    case 'cond':
      return conditional(
        condition(writing, node.test, scope),
        writing.expr(node.value, scope),
        writing.expr(node.else, scope),
      );
    case 'repr':
      return call(writing.helper('repr'), [writing.expr(node.value, scope)]);
    case 'star':
      return code(['...', inside(writing.expr(node.value, scope), BINDS.arrow)]);
    default:
      return writing.open(node, node.t === 'odd' ? node.what : node.t);
  }
}

function identifier(writing: Writing, node: Expr & { t: 'name' }, scope: PythonScope): Code {
  const local = writing.local(node.id, scope);
  if (local !== undefined) return name(local);
  if (UNITS.includes(node.id) || STRUCT_CONSTANTS.has(node.id)) {
    if (node.id === 'DefaultHealthChecker')
      return call(writing.use('HealthCheckerConfig'), [object([{ doc: 'http: {}' }])]);
    return name(writing.use(node.id));
  }
  if (node.id === 'Empty') return name('undefined');
  if (node.id === 'Service') return call(writing.use('Service'), [object([])]);
  const functions: Readonly<Record<string, string>> = {
    str: writing.python === 2 ? 'text' : 'text',
    repr: 'repr',
    len: 'size',
  };
  const helper = functions[node.id];
  if (helper) return name(writing.helper(helper));
  if (node.id === 'int') return name(writing.helper('toInt'));
  if (node.id === 'float') return name('Number');
  if (node.id === 'bool') return name(writing.helper('truthy'));
  return writing.open(node, `${node.id} is not defined in the file or in what it includes`);
}

/** Methods of texts as functions: `key=str.lower`. */
const TEXT_FUNCTIONS: Readonly<Record<string, string>> = {
  'str.lower': 'toLowerCase',
  'str.upper': 'toUpperCase',
  'str.strip': 'trim',
};

function attribute(writing: Writing, node: Expr & { t: 'attr' }): Code {
  const object = writing.kind(node.object);
  for (const part of parts(object, 'module', 'builtin')) {
    const path = `${part.name}.${node.name}`;
    if (path === 'os.sep') return code("'/'");
    if (path === 'os.linesep') return code("'\\n'");
    if (path === 'string.ascii_lowercase' || path === 'string.lowercase')
      return code("'abcdefghijklmnopqrstuvwxyz'");
    if (path === 'string.ascii_uppercase' || path === 'string.uppercase')
      return code("'ABCDEFGHIJKLMNOPQRSTUVWXYZ'");
    if (path === 'string.digits') return code("'0123456789'");
    if (path === 'os.environ') return code('process.env');
    const method = TEXT_FUNCTIONS[path];
    if (method) return arrow('(one: string)', call(`one.${method}`, []));
    return writing.open(node, `${path} has no counterpart here`);
  }
  return writing.open(node, `the attribute ${node.name} of something that is no struct`);
}

export function element(writing: Writing, node: Expr & { t: 'index' }, scope: PythonScope): Code {
  const object = writing.kind(node.object);
  const index = writing.kind(node.index);
  if (parts(object, 'builtin').some(({ name: id }) => id === 'os.environ'))
    return call(writing.helper('fromEnvironment'), [writing.expr(node.index, scope)]);
  const of = writing.expr(node.object, scope);
  const known = (isList(object) || isText(object) || isDict(object)) && !isOpen(object);
  if (writing.caught.depth > 0 || !known)
    return call(writing.helper('item'), [of, mapKey(writing, node.object, node.index, scope)]);
  if (isDict(object)) {
    if (isMap(object)) {
      const value = call([inside(of, BINDS.call), '.get'], [mapKey(writing, node.object, node.index, scope)]);
      return code([value.doc, '!'], BINDS.call);
    }
    if (node.index.t === 'str') {
      const struct = parts(object, 'dict').find((part) => part.fields)?.fields;
      const key = struct ? fieldName(struct, node.index.value) : node.index.value;
      const access = /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${quoted(key)}]`;
      return code([inside(of, BINDS.call), access], BINDS.call);
    }
    return code([inside(of, BINDS.call), '[', writing.expr(node.index, scope).doc, ']!'], BINDS.call);
  }
  const at = writing.expr(node.index, scope);
  const isFixed =
    node.index.t === 'num' &&
    parts(object, 'tuple', 'list').every((part) => part.p === 'tuple' && part.items);
  if (isNatural(index))
    return code([inside(of, BINDS.call), '[', at.doc, isFixed && !isText(object) ? ']' : ']!'], BINDS.call);
  const value = call([inside(of, BINDS.call), '.at'], [at]);
  return code([value.doc, isText(object) || isList(object) ? '!' : ''], BINDS.call);
}

function slice(writing: Writing, node: Expr & { t: 'slice' }, scope: PythonScope): Code {
  const [start, end, step] = node.bounds;
  const object = writing.kind(node.object);
  const of = writing.expr(node.object, scope);
  const isOne = step === undefined || (step.t === 'num' && step.value === 1);
  const bound = (value: Expr | undefined) =>
    value && value.t !== 'none' ? writing.expr(value, scope) : undefined;
  if (!isOne) {
    const reversed =
      step.t === 'unary' && step.op === '-' && step.operand.t === 'num' && step.operand.value === 1;
    if (reversed && !start && !end) {
      if (isList(object)) return call([inside(of, BINDS.call), '.toReversed'], []);
      if (isText(object)) return code(['[...', inside(of, BINDS.arrow), "].reverse().join('')"], BINDS.call);
    }
    const args = [
      of,
      writing.expr(step, scope),
      bound(start) ?? name('undefined'),
      bound(end) ?? name('undefined'),
    ];
    while (args.length > 2 && args.at(-1)?.doc === 'undefined') args.pop();
    return call(writing.helper('slice'), args);
  }
  const from = bound(start);
  const to = bound(end);
  const args = to ? [from ?? numberCode(0), to] : from ? [from] : [];
  return call([inside(of, BINDS.call), '.slice'], args);
}
