// Writes Python's expressions as TypeScript. Long because expressions hold expressions: their writers call each other,
// and two files must not import each other.
import {
  array,
  assigned,
  BINDS,
  bracketed,
  type Code,
  call,
  code,
  type Item,
  inside,
  leftSide,
  name,
  object,
  operators,
  quoted,
} from '../layout/code.ts';
import { type Doc, group, indent, line, soft, whenBroken } from '../layout/doc.ts';
import type { CompClause, Expr } from '../python/syntax.ts';
import { pythonTwoOrder } from '../types/dict-order.ts';
import { fieldName, STRUCT_CONSTANTS, UNITS } from '../types/language.ts';
import type { PythonScope } from '../types/scopes.ts';
import {
  type DictPart,
  isBool,
  isDict,
  isList,
  isNatural,
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
import { typeText } from './annotations.ts';
import type { Writing } from './context.ts';
import { literal, mayHoldFloat, partsText, percentParts, textParts } from './texts.ts';

/** A number as TypeScript writes it. */
export const numberCode = (value: number): Code => code(String(value), BINDS.whole);

/** A key of an object. */
export const keyText = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key));

/** The items of a list with their comments. */
export function withComments(
  writing: Writing,
  nodes: readonly { readonly from: number; readonly to: number }[],
  from: number,
  to: number,
  docs: readonly Doc[],
): readonly Item[] {
  let at = from;
  return docs.map((doc, index): Item => {
    const node = nodes[index] as { from: number; to: number };
    const before = writing.comments(at, node.from).map(({ text }) => text);
    const next = nodes[index + 1]?.from ?? to;
    const behind = writing.comments(node.to, Math.min(next, endOfLine(writing, node.to)));
    at = node.to;
    return { doc, before, behind: behind[0]?.text };
  });
}

const endOfLine = (writing: Writing, at: number): number => {
  const end = writing.module.file.text.indexOf('\n', at);
  return end < 0 ? writing.module.file.text.length : end;
};

/** Whether the original has a line break between an opening bracket and the first item. */
export function opensLine(writing: Writing, from: number, first: number): boolean {
  return writing.module.file.text.slice(from, first).includes('\n');
}

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

export const isMap = (kind: PythonKind): boolean =>
  parts(kind, 'dict').some((part) => part.map) || kind.words.has('bindmap');

/** Whether keys are tuples. Python compares them by content, whereas a Map would compare arrays by identity. */
export const hasTupleKeys = (kind: PythonKind): boolean =>
  parts(kind, 'dict').some((part) => parts(part.key, 'tuple').length > 0);

/** A key of a Map; a tuple becomes its JSON text. */
export function mapKey(writing: Writing, of: Expr, key: Expr, scope: PythonScope): Code {
  const piece = writing.expr(key, scope);
  return hasTupleKeys(writing.kind(of)) ? call('JSON.stringify', [piece]) : piece;
}

/** Turns the JSON text of a tuple key back into the tuple. */
export const parsedKey = (key: string, kind: PythonKind, writing: Writing): Code => {
  const types = typeText(writing, {
    words: new Set(),
    parts: new Set(parts(kind, 'dict').flatMap((part) => [...part.key.parts])),
  });
  return code([call('JSON.parse', [name(key)]).doc, ` as ${types}`], BINDS.compare);
};

const OPPOSITES: Readonly<Record<string, string>> = {
  '==': '!=',
  '!=': '==',
  is: 'is not',
  'is not': 'is',
  in: 'not in',
  'not in': 'in',
};

function negated(writing: Writing, node: Expr, scope: PythonScope): Code {
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

export const conditional = (test: Code, then: Code, otherwise: Code): Code =>
  code(
    group([
      inside(test, BINDS.nullish),
      indent([line, '? ', inside(then, BINDS.arrow), line, ': ', inside(otherwise, BINDS.arrow)]),
    ]),
    BINDS.conditional,
  );

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

function list(writing: Writing, node: Expr & { t: 'list' | 'tuple' | 'set' }, scope: PythonScope): Code {
  const items = node.items.map((item) =>
    item.t === 'star'
      ? ['...', inside(iterable(writing, item.value, scope), BINDS.arrow)]
      : inside(writing.expr(item, scope), BINDS.arrow),
  );
  return array(withComments(writing, node.items, node.from, node.to, items), isTable(node.items));
}

/** Whether items form the rows of a table; each row then gets its own line, however short it is. */
const isTable = (items: readonly Expr[]): boolean =>
  items.length > 1 &&
  (items.every((item) => item.t === 'dict' && item.entries.length > 1) ||
    items.every((item) => (item.t === 'list' || item.t === 'tuple') && item.items.length > 1));

/** A value in a dictionary whose values are bound; floating point numbers keep looking like such. */
export function boundValue(writing: Writing, node: Expr, scope: PythonScope): Code {
  const piece = writing.expr(node, scope);
  const kind = writing.kind(node);
  if (kind.words.size === 1 && kind.words.has('float')) {
    const value = node.t === 'num' ? node.value : undefined;
    if (value !== undefined && !Number.isInteger(value)) return piece;
    if (node.t === 'call' && node.fn.t === 'name' && node.fn.id === 'Float') return piece;
    return call(writing.use('float'), [piece]);
  }
  return piece;
}

function dictionary(writing: Writing, node: Expr & { t: 'dict' }, scope: PythonScope): Code {
  const part = writing.inference.partOf(node) as DictPart | undefined;
  const value = (inner: Expr) =>
    part?.bound ? boundValue(writing, inner, scope) : writing.expr(inner, scope);
  let entries = node.entries;
  if (part?.walked && !part.map && part.key.words.size > 0) orderNote(writing, node);
  const keys = entries.map(({ key }) => (key?.t === 'str' ? key.value : undefined));
  if (part?.walked && writing.python === 2 && keys.length > 1) {
    if (keys.every((key) => key !== undefined)) {
      const order = pythonTwoOrder(keys as string[]);
      entries = order.map((key) => node.entries[keys.lastIndexOf(key)] as (typeof entries)[number]);
      if (part.open && part.changed) orderNote(writing, node);
    } else if (!node.entries.every(({ key }) => key?.t === 'num'))
      writing.note(
        node,
        'Python 2 went through this dictionary in an order of its own; here it is the order in which it is written',
      );
  }
  const spots = entries.map(({ key, value: inner }) => ({ from: (key ?? inner).from, to: inner.to }));
  if (part?.map) {
    const items = entries.map(
      ({ key, value: inner }): Doc =>
        key
          ? bracketed(
              '[',
              [{ doc: mapKey(writing, node, key, scope).doc }, { doc: value(inner).doc }],
              ']',
              '',
            )
          : ['...', inside(writing.expr(inner, scope), BINDS.arrow)],
    );
    if (items.length === 0) return call('new Map', []);
    return call('new Map', [
      array(withComments(writing, spots, node.from, node.to, items), items.length > 1),
    ]);
  }
  const docs = entries.map(({ key, value: inner }): Doc => {
    if (!key) return ['...', inside(writing.expr(inner, scope), BINDS.arrow)];
    return property(writing, key, value(inner), scope, part);
  });
  const first = node.entries[0];
  const open =
    first?.key !== undefined && node.entries.length > 1 && opensLine(writing, node.from, first.key.from);
  return object(withComments(writing, spots, node.from, node.to, docs), open);
}

/** Notes that the order of a dictionary with keys known only at run time may differ from Python's. */
export const orderNote = (writing: Writing, node: Expr): void =>
  writing.note(
    node,
    writing.python === 2
      ? 'Python 2 went through this dictionary, which grows, in an order of its own; here it is the order in which entries were made'
      : 'keys of this dictionary that look like whole numbers come first here, and sorted',
  );

function property(
  writing: Writing,
  key: Expr,
  value: Code,
  scope: PythonScope,
  part: DictPart | undefined,
): Doc {
  if (key.t === 'str')
    return propertyDoc(part?.fields ? fieldName(part.fields, key.value) : key.value, value);
  return assigned(['[', computedKey(writing, key, scope).doc, ']:'], value);
}

/** A key that the file computes. */
function computedKey(writing: Writing, key: Expr, scope: PythonScope): Code {
  const kind = writing.kind(key);
  const piece = writing.expr(key, scope);
  if (!isText(kind) && !isOpen(kind) && !kind.words.has('str'))
    writing.note(key, 'a key that is no text becomes one');
  return piece;
}

/** `name: value`, or just `name` if both are the same. */
export function propertyDoc(key: string, value: Code): Doc {
  if (value.shape === 'name' && value.doc === key) return key;
  return assigned(`${keyText(key)}:`, value);
}

/** A value as something that can be iterated over. */
export function iterable(writing: Writing, node: Expr, scope: PythonScope): Code {
  const kind = writing.kind(node);
  if (node.t === 'call' && node.fn.t === 'attr' && isDict(writing.kind(node.fn.object)))
    return writing.expr(node, scope);
  const piece = writing.expr(node, scope);
  if (isList(kind) || isSet(kind) || isText(kind)) return piece;
  if (kind.words.has('file') && kind.words.size === 1) return call(writing.helper('linesOf'), [piece]);
  if (isDict(kind))
    return hasTupleKeys(kind)
      ? call(
          [`[...`, inside(piece, BINDS.call), '.keys()].map'],
          [arrow('(key)', parsedKey('key', kind, writing))],
        )
      : isMap(kind)
        ? call([inside(piece, BINDS.call), '.keys'], [])
        : call('Object.keys', [piece]);
  return call(writing.helper('each'), [piece]);
}

/** A value as an array, which has the methods of lists. */
export function asArray(writing: Writing, node: Expr, scope: PythonScope): Code {
  const piece = iterable(writing, node, scope);
  const kind = writing.kind(node);
  if (isList(kind) || (isDict(kind) && !isMap(kind)) || kind.words.has('any') || kind.words.has('file'))
    return piece;
  return array([{ doc: ['...', inside(piece, BINDS.arrow)] }]);
}

/** The names that a loop binds, as a destructuring pattern. */
export function pattern(writing: Writing, target: Expr, scope: PythonScope): Doc {
  if (target.t === 'name') return writing.local(target.id, scope) ?? target.id;
  if (target.t === 'tuple' || target.t === 'list') {
    const items = target.items.map((item) => pattern(writing, item, scope));
    return ['[', items.flatMap((item, index) => (index === 0 ? [item] : [', ', item])), ']'];
  }
  if (target.t === 'star') return ['...', pattern(writing, target.value, scope)];
  return writing.expr(target, scope).doc;
}

const isNameOnly = (target: Expr) => target.t === 'name';

/** `(x) => ...` */
export function arrow(params: Doc, body: Code): Code {
  const doc = body.shape === 'object' ? ['(', body.doc, ')'] : inside(body, BINDS.arrow);
  if (['object', 'array', 'template', 'arrow'].includes(body.shape))
    return code([params, ' => ', doc], BINDS.arrow, 'arrow');
  const hugged = [params, ' =>', group([indent([line, doc, whenBroken(',')]), soft])];
  return { doc: [params, ' =>', group(indent([line, doc]))], hugged, binds: BINDS.arrow, shape: 'arrow' };
}

function comprehension(writing: Writing, node: Expr & { t: 'comp' }, scope: PythonScope): Code {
  const own = writing.module.scopes.of.get(node) as PythonScope;
  if (node.element.t === 'lambda') {
    const late = [...own.names.values()].find(({ mentions }) => mentions.some(({ inner }) => inner));
    if (late) return writing.open(node, `a function that reads ${late.id} after its loop has ended`);
  }
  const built = clauses(writing, node, node.clauses, scope, own);
  if (node.kind === 'dict') {
    const part = writing.inference.partOf(node) as DictPart | undefined;
    if (part?.walked && !part.map) orderNote(writing, node);
    return part?.map ? call('new Map', [built]) : call('Object.fromEntries', [built]);
  }
  return node.kind === 'set' ? call('new Set', [built]) : built;
}

function clauses(
  writing: Writing,
  node: Expr & { t: 'comp' },
  list: readonly CompClause[],
  scope: PythonScope,
  own: PythonScope,
): Code {
  const [clause, ...rest] = list as [CompClause, ...CompClause[]];
  const outer = list === node.clauses ? scope : own;
  const element = (): Code =>
    node.key
      ? array([
          { doc: inside(mapKey(writing, node, node.key, own), BINDS.arrow) },
          { doc: inside(writing.expr(node.element, own), BINDS.arrow) },
        ])
      : typedEmpty(writing, node.element, own);
  const isSame =
    node.key === undefined &&
    node.element.t === 'name' &&
    clause.target.t === 'name' &&
    node.element.id === clause.target.id;
  const counted =
    clause.tests.length === 0 && rest.length === 0 ? rangeOf(writing, clause.iter, outer) : undefined;
  if (counted && clause.target.t === 'name') {
    const length = propertyDoc('length', counted);
    const param = pattern(writing, clause.target, own);
    if (isSame)
      return call('Array.from', [
        object([{ doc: length }]),
        arrow(['(_, ', param, ')'], name(String(param))),
      ]);
    const params: Doc = param === '_' ? '()' : ['(_, ', param, ')'];
    return call('Array.from', [object([{ doc: length }]), arrow(params, element())]);
  }
  const enumerated = enumerationOf(writing, clause, outer);
  let params: Doc;
  let source: Code;
  if (enumerated && clause.target.t === 'tuple' && clause.tests.length === 0) {
    const [index, item] = clause.target.items as [Expr, Expr];
    source = enumerated;
    params = ['(', pattern(writing, item, own), ', ', pattern(writing, index, own), ')'];
  } else {
    source = asArray(writing, clause.iter, outer);
    const { iter } = clause;
    if (
      (iter.t === 'list' || iter.t === 'tuple') &&
      iter.items.length > 0 &&
      iter.items.every(({ t }) => t === 'tuple')
    )
      source = code([source.doc, ' as const'], BINDS.compare);
    params = ['(', pattern(writing, clause.target, own), typed(writing, clause.target, clause.iter), ')'];
  }
  let chain: Doc = inside(source, BINDS.call);
  for (const test of clause.tests)
    chain = [chain, '.filter', argument(arrow(params, condition(writing, test, own)))];
  if (rest.length > 0)
    return code(
      [chain, '.flatMap', argument(arrow(params, clauses(writing, node, rest, scope, own)))],
      BINDS.call,
      'call',
    );
  if (isSame)
    return clause.tests.length > 0 ? code(chain, BINDS.call, 'call') : array([{ doc: ['...', chain] }]);
  return code([chain, '.map', argument(arrow(params, element()))], BINDS.call, 'call');
}

/** Gives an empty list a type, since the compiler cannot know which elements it will get. */
function typedEmpty(writing: Writing, node: Expr, scope: PythonScope): Code {
  const piece = writing.expr(node, scope);
  const isEmpty = node.t === 'list' && node.items.length === 0;
  return isEmpty ? code([piece.doc, ` as ${typeText(writing, writing.kind(node))}`], BINDS.compare) : piece;
}

const argument = (piece: Code): Doc => (call('', [piece]).doc as readonly Doc[])[1] as Doc;

/** The type annotation of a parameter whose type TypeScript cannot infer. */
function typed(writing: Writing, target: Expr, iter: Expr): Doc {
  const kind = writing.kind(iter);
  return isOpen(kind) && target.t !== 'name' ? ': any' : isOpen(kind) ? ': any' : '';
}

/** `n` of `range(n)`. */
function rangeOf(writing: Writing, node: Expr, scope: PythonScope): Code | undefined {
  if (node.t !== 'call' || node.fn.t !== 'name' || (node.fn.id !== 'range' && node.fn.id !== 'xrange'))
    return undefined;
  const [count] = node.args;
  if (node.args.length !== 1 || !count || count.star !== '' || writing.local(node.fn.id, scope) !== undefined)
    return undefined;
  return isNatural(writing.kind(count.value)) ? writing.expr(count.value, scope) : undefined;
}

/** `xs` of `for i, x in enumerate(xs)`. */
export function enumerationOf(
  writing: Writing,
  { target, iter }: { readonly target: Expr; readonly iter: Expr },
  scope: PythonScope,
): Code | undefined {
  if (iter.t !== 'call' || iter.fn.t !== 'name' || iter.fn.id !== 'enumerate' || iter.args.length !== 1)
    return undefined;
  const [source] = iter.args;
  if (target.t !== 'tuple' || target.items.length !== 2 || !isNameOnly(target.items[0] as Expr) || !source)
    return undefined;
  return asArray(writing, source.value, scope);
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

function element(writing: Writing, node: Expr & { t: 'index' }, scope: PythonScope): Code {
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

function unary(writing: Writing, node: Expr & { t: 'unary' }, scope: PythonScope): Code {
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

function binary(writing: Writing, node: Expr & { t: 'binary' }, scope: PythonScope): Code {
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

function logic(writing: Writing, node: Expr & { t: 'logic' }, scope: PythonScope): Code {
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

function comparison(writing: Writing, node: Expr & { t: 'compare' }, scope: PythonScope): Code {
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
