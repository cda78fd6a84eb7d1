// Writes calls of Python's built-in functions. Long because it is a list of these functions, one case each.
import { array, BINDS, type Code, call, code, inside, name, object, quoted } from '../layout/code.ts';
import type { Doc } from '../layout/doc.ts';
import type { Expr } from '../python/syntax.ts';
import { pythonTwoOrder } from '../types/dict-order.ts';
import type { PythonScope } from '../types/scopes.ts';
import {
  type DictPart,
  isBool,
  isDict,
  isFloat,
  isList,
  isNatural,
  isNumber,
  isOpen,
  isSet,
  isText,
  isWhole,
  parts,
} from '../types/value.ts';
import { condition } from './conditions.ts';
import type { Writing } from './context.ts';
import { arrow, asArray, iterable } from './iteration.ts';
import { isMap, propertyDoc } from './keys.ts';
import { partsText, textParts, valuePart } from './texts.ts';

type Call = Expr & { t: 'call' };

/** Writes a call of a Python builtin; undefined for a function that cannot be written. */
export function builtinCall(writing: Writing, id: string, node: Call, scope: PythonScope): Code | undefined {
  const positions = node.args.filter((arg) => !arg.name && arg.star === '').map(({ value }) => value);
  const keyed = (key: string) => node.args.find((arg) => arg.name === key)?.value;
  const [first, second, third] = positions;
  const piece = (value: Expr) => writing.expr(value, scope);
  if (
    node.args.some(({ star }) => star !== '') &&
    id !== 'dict' &&
    id !== 'zip' &&
    id !== 'max' &&
    id !== 'min'
  )
    return undefined;
  switch (id) {
    case 'str':
    case 'unicode': {
      if (!first) return code("''");
      const kind = writing.kind(first);
      if (isText(kind)) return piece(first);
      if (isWhole(kind)) return call('String', [piece(first)]);
      const part = valuePart(writing, piece(first), kind, first);
      return typeof part === 'string' ? code(quoted(part)) : part;
    }
    case 'repr':
      return first && call(writing.helper('repr'), [piece(first)]);
    case 'int':
    case 'long': {
      if (!first) return name('0');
      const kind = writing.kind(first);
      if (second) return call('Number.parseInt', [piece(first), piece(second)]);
      if (isWhole(kind)) return piece(first);
      if (isBool(kind)) return call('Number', [piece(first)]);
      if (isFloat(kind)) return call('Math.trunc', [piece(first)]);
      return call(writing.helper('toInt'), [piece(first)]);
    }
    case 'float': {
      if (!first) return name('0');
      if (isNumber(writing.kind(first))) return piece(first);
      return call(writing.helper('toFloat'), [piece(first)]);
    }
    case 'bool':
      return first ? boolean(writing, first, scope) : name('false');
    case 'len': {
      if (!first) return undefined;
      const kind = writing.kind(first);
      if (isText(kind) || isList(kind))
        return code([inside(piece(first), BINDS.call), '.length'], BINDS.call);
      if (isSet(kind) || (isDict(kind) && isMap(kind)))
        return code([inside(piece(first), BINDS.call), '.size'], BINDS.call);
      if (isDict(kind)) return code(['Object.keys(', piece(first).doc, ').length'], BINDS.call);
      return call(writing.helper('size'), [piece(first)]);
    }
    case 'abs':
      return first && call('Math.abs', [piece(first)]);
    case 'min':
    case 'max':
      return extreme(writing, id, node, scope);
    case 'sum': {
      if (!first || !isNumber(elementKind(writing, first))) return undefined;
      const start = second ? piece(second) : name('0');
      return call(
        [inside(asArray(writing, first, scope), BINDS.call), '.reduce'],
        [arrow('(sum, one)', code('sum + one', BINDS.add)), start],
      );
    }
    case 'any':
    case 'all': {
      if (!first) return undefined;
      const method = id === 'any' ? 'some' : 'every';
      if (
        first.t === 'comp' &&
        first.clauses.length === 1 &&
        first.clauses[0]?.tests.length === 0 &&
        first.clauses[0].target.t === 'name'
      ) {
        const clause = first.clauses[0];
        const own = writing.module.scopes.of.get(first) as PythonScope;
        const param = writing.local((clause.target as Expr & { t: 'name' }).id, own) ?? '_';
        return call(
          [inside(asArray(writing, clause.iter, scope), BINDS.call), `.${method}`],
          [arrow(`(${param})`, condition(writing, first.element, own))],
        );
      }
      const kind = elementKind(writing, first);
      if (isBool(kind) || isText(kind) || isNumber(kind))
        return call([inside(asArray(writing, first, scope), BINDS.call), `.${method}`], [name('Boolean')]);
      return call(
        [inside(asArray(writing, first, scope), BINDS.call), `.${method}`],
        [name(writing.helper('truthy'))],
      );
    }
    case 'range':
    case 'xrange': {
      if (!first) return undefined;
      if (!second && isNatural(writing.kind(first)))
        return call('Array.from', [
          object([{ doc: propertyDoc('length', piece(first)) }]),
          arrow('(_, index)', name('index')),
        ]);
      const args = second
        ? [piece(first), piece(second), ...(third ? [piece(third)] : [])]
        : [name('0'), piece(first)];
      return call(writing.helper('range'), args);
    }
    case 'enumerate': {
      if (!first) return undefined;
      const start = second ?? keyed('start');
      const index = start ? code([inside(piece(start), BINDS.add), ' + index'], BINDS.add) : name('index');
      return call(
        [inside(asArray(writing, first, scope), BINDS.call), '.map'],
        [arrow('(one, index)', code(['[', index.doc, ', one] as const'], BINDS.compare))],
      );
    }
    case 'zip':
      return call(
        writing.helper('zip'),
        node.args.map((arg) =>
          arg.star === '*'
            ? code(['...', iterable(writing, arg.value, scope).doc])
            : iterable(writing, arg.value, scope),
        ),
      );
    case 'list':
    case 'tuple':
    case 'iter': {
      if (!first) return array([]);
      const made = asArray(writing, first, scope);
      if (first.t === 'comp' || (first.t === 'call' && isList(writing.kind(first)))) return made;
      if (made.shape === 'array' || !isList(writing.kind(first))) return made;
      return array([{ doc: ['...', inside(made, BINDS.arrow)] }]);
    }
    case 'set':
    case 'frozenset':
      return call('new Set', first ? [iterable(writing, first, scope)] : []);
    case 'dict':
      return dictCall(writing, node, scope);
    case 'sorted': {
      if (!first) return undefined;
      const key = keyed('key');
      const reverse = keyed('reverse') ?? (positions.length > 3 ? positions[3] : undefined);
      if (keyed('cmp') || second) return undefined;
      return sorted(writing, first, key, reverse, scope);
    }
    case 'reversed':
      return first && call([inside(asArray(writing, first, scope), BINDS.call), '.toReversed'], []);
    case 'map':
    case 'filter': {
      if (!first || !second || third) return undefined;
      const source = inside(asArray(writing, second, scope), BINDS.call);
      if (id === 'filter') {
        if (first.t === 'none') return call([source, '.filter'], [name(writing.helper('truthy'))]);
        if (first.t === 'lambda') return call([source, '.filter'], [lambdaTest(writing, first)]);
        const own = piece(first);
        return call(
          [source, '.filter'],
          [arrow('(one)', call(writing.helper('truthy'), [call(inside(own, BINDS.call), [name('one')])]))],
        );
      }
      if (first.t === 'lambda') return call([source, '.map'], [piece(first)]);
      return call([source, '.map'], [arrow('(one)', call(inside(piece(first), BINDS.call), [name('one')]))]);
    }
    case 'round': {
      if (!first) return undefined;
      const helper = writing.helper(writing.python === 2 ? 'rounded' : 'roundedToEven');
      return call(helper, [piece(first), ...(second ? [piece(second)] : [])]);
    }
    case 'chr':
    case 'unichr':
      return first && call('String.fromCodePoint', [piece(first)]);
    case 'ord':
      return first && code([inside(piece(first), BINDS.call), '.codePointAt(0)!'], BINDS.call);
    case 'hex':
      return first && isNatural(writing.kind(first))
        ? partsText(writing, ['0x', code(['Number(', piece(first).doc, ').toString(16)'], BINDS.call)])
        : undefined;
    case 'isinstance':
      return first && second ? isInstance(writing, first, second, scope) : undefined;
    case 'print':
      return call(
        'console.log',
        positions.map((value) => partsText(writing, textParts(writing, value, scope))),
      );
    case 'open': {
      const mode = second ?? keyed('mode');
      if (!first || (mode && !(mode.t === 'str' && !/[wax+]/.test(mode.value)))) return undefined;
      const binary = mode?.t === 'str' && mode.value.includes('b');
      return call(writing.node('node:fs', 'readFileSync'), [
        piece(first),
        code(binary ? "'latin1'" : "'utf8'"),
      ]);
    }
    case 'divmod':
      return first && second && call(writing.helper('divided'), [piece(first), piece(second)]);
    case 'callable':
      return first && code(['typeof ', inside(piece(first), BINDS.unary), " === 'function'"], BINDS.equal);
    default:
      return undefined;
  }
}

const boolean = (writing: Writing, node: Expr, scope: PythonScope): Code => {
  const kind = writing.kind(node);
  if (isBool(kind)) return writing.expr(node, scope);
  const test = condition(writing, node, scope);
  return test.binds === BINDS.compare || test.binds === BINDS.equal ? test : call('Boolean', [test]);
};

function elementKind(writing: Writing, node: Expr) {
  const kind = writing.kind(node);
  const all = parts(kind, 'list', 'tuple', 'set');
  const words = new Set(all.flatMap((part) => [...part.of.words]));
  const inner = new Set(all.flatMap((part) => [...part.of.parts]));
  return { words, parts: inner };
}

function lambdaTest(writing: Writing, node: Expr & { t: 'lambda' }): Code {
  const own = writing.module.scopes.of.get(node) as PythonScope;
  const params = node.params.map((param) => writing.local(param.name, own) ?? param.name);
  return arrow(`(${params.join(', ')})`, condition(writing, node.body, own));
}

function extreme(writing: Writing, id: 'min' | 'max', node: Call, scope: PythonScope): Code | undefined {
  const key = node.args.find((arg) => arg.name === 'key');
  if (node.args.some((arg) => arg.name && arg !== key)) return undefined;
  const values = node.args.filter((arg) => arg !== key).map(({ value }) => value);
  const [first] = values;
  if (key) {
    const all =
      values.length === 1 && first
        ? iterable(writing, first, scope)
        : array(values.map((value) => ({ doc: writing.expr(value, scope).doc })));
    const args = [all, writing.expr(key.value, scope), ...(id === 'max' ? [name('true')] : [])];
    return code([call(writing.helper('sortedBy'), args).doc, '[0]!'], BINDS.call);
  }
  const spread = values.length === 1 && first;
  const kinds = spread ? [elementKind(writing, first)] : values.map((value) => writing.kind(value));
  if (!kinds.every(isNumber)) {
    if (!kinds.every(isText)) return undefined;
    const all = spread
      ? asArray(writing, first, scope)
      : array(values.map((value) => ({ doc: writing.expr(value, scope).doc })));
    const chosen = call(writing.helper('sortedBy'), [all]);
    return code([chosen.doc, id === 'min' ? '[0]!' : '.at(-1)!'], BINDS.call);
  }
  if (spread)
    return call(`Math.${id}`, [code(['...', inside(iterable(writing, first, scope), BINDS.arrow)])]);
  return call(
    `Math.${id}`,
    values.map((value) => writing.expr(value, scope)),
  );
}

function sorted(
  writing: Writing,
  node: Expr,
  key: Expr | undefined,
  reverse: Expr | undefined,
  scope: PythonScope,
): Code {
  const source = iterable(writing, node, scope);
  const kind = elementKind(writing, node);
  const keys = isDict(writing.kind(node)) && !isMap(writing.kind(node));
  if (!key && !reverse && (isText(kind) || keys)) {
    const fresh = keys || node.t === 'comp' || (node.t === 'call' && isList(writing.kind(node)));
    if (isList(writing.kind(node)) || keys)
      return call([inside(source, BINDS.call), fresh ? '.sort' : '.toSorted'], []);
    return code(['[...', inside(source, BINDS.arrow), '].sort()'], BINDS.call);
  }
  if (!key && !reverse && isNumber(kind)) {
    const list = asArray(writing, node, scope);
    return call([inside(list, BINDS.call), '.toSorted'], [arrow('(a, b)', code('a - b', BINDS.add))]);
  }
  const args = [source];
  if (key) args.push(writing.expr(key, scope));
  else if (reverse) args.push(name('undefined'));
  if (reverse) args.push(writing.expr(reverse, scope));
  return call(writing.helper('sortedBy'), args);
}

function dictCall(writing: Writing, node: Call, scope: PythonScope): Code | undefined {
  const part = writing.inference.partOf(node) as DictPart | undefined;
  const starred = node.args.filter((arg) => !arg.name);
  if (
    part?.map &&
    hasTupleKeys(writing.kind(node)) &&
    starred.some((arg) => !isDict(writing.kind(arg.value)))
  )
    return writing.open(node, 'a dictionary of pairs whose keys are tuples');
  if (part?.map) {
    const [only] = starred;
    if (starred.length !== 1 || node.args.length > 1)
      return node.args.length === 0 ? call('new Map', []) : undefined;
    return call('new Map', [writing.expr((only as { value: Expr }).value, scope)]);
  }
  const pairs = starred.find((arg) => arg.star === '' && !isDict(writing.kind(arg.value)));
  if (part?.walked && (pairs || (part.open && part.changed) || part.key.words.size > 0))
    orderNote(writing, node);
  if (pairs) {
    const made = call('Object.fromEntries', [iterable(writing, pairs.value, scope)]);
    if (isOpen(writing.kind(pairs.value)))
      return call('Object.fromEntries', [
        call(writing.helper('entries'), [writing.expr(pairs.value, scope)]),
      ]);
    if (node.args.length === 1) return made;
  }
  let args = node.args;
  if (part?.walked && writing.python === 2 && args.every((arg) => arg.name) && args.length > 1) {
    const order = pythonTwoOrder(
      args.map((arg) => arg.name as string),
      false,
    );
    args = order.map((key) => node.args.find((arg) => arg.name === key) as (typeof args)[number]);
  }
  const docs = args.map((arg): Doc => {
    if (!arg.name) {
      if (arg === pairs) return ['...Object.fromEntries(', iterable(writing, arg.value, scope).doc, ')'];
      return ['...', inside(writing.expr(arg.value, scope), BINDS.arrow)];
    }
    const value = part?.bound ? boundValue(writing, arg.value, scope) : writing.expr(arg.value, scope);
    return propertyDoc(part?.fields ? fieldName(part.fields, arg.name) : arg.name, value);
  });
  return object(docs.map((doc) => ({ doc })));
}

import { fieldName } from '../types/language.ts';
import { hasTupleKeys } from './keys.ts';
import { boundValue, orderNote } from './literals.ts';

const TYPE_TESTS: Readonly<Record<string, (value: Doc) => Doc>> = {
  str: (value) => ['typeof ', value, " === 'string'"],
  unicode: (value) => ['typeof ', value, " === 'string'"],
  basestring: (value) => ['typeof ', value, " === 'string'"],
  bool: (value) => ['typeof ', value, " === 'boolean'"],
  list: (value) => ['Array.isArray(', value, ')'],
  tuple: (value) => ['Array.isArray(', value, ')'],
};

function isInstance(writing: Writing, node: Expr, type: Expr, scope: PythonScope): Code | undefined {
  const types = type.t === 'tuple' ? type.items : [type];
  const value = inside(writing.expr(node, scope), BINDS.unary);
  const tests: Doc[] = [];
  const kind = writing.kind(node);
  for (const one of types) {
    if (one.t !== 'name') return undefined;
    const test = TYPE_TESTS[one.id];
    if (
      (one.id === 'list' || one.id === 'tuple') &&
      kind.words.size === 0 &&
      new Set([...kind.parts].map(({ p }) => p)).size > 1 &&
      parts(kind, 'tuple').length > 0 &&
      !types.every((type) => type.t === 'name' && (type.id === 'list' || type.id === 'tuple'))
    )
      return undefined;
    if (one.id === 'int' || one.id === 'long') {
      if (kind.words.has('float') || kind.words.has('any') || kind.words.has('bool')) return undefined;
      tests.push(['typeof ', value, " === 'number'"]);
    } else if (test) tests.push(test(value));
    else if (one.id === 'dict' && isOpen(kind))
      tests.push(call(writing.helper('isDict'), [writing.expr(node, scope)]).doc);
    else if (
      one.id === 'dict' &&
      !parts(kind, 'list', 'tuple', 'set').length &&
      !kind.words.has('any') &&
      !isMap(kind)
    )
      tests.push(['typeof ', value, " === 'object'"]);
    else return undefined;
  }
  const distinct = [...new Map(tests.map((test) => [JSON.stringify(test), test])).values()];
  return distinct.length === 1
    ? code(distinct[0] as Doc, BINDS.equal)
    : code(
        distinct.flatMap((test, index) => (index === 0 ? [test] : [' || ', test])),
        BINDS.or,
      );
}
