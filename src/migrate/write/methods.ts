// Writes calls of methods of texts, lists and dictionaries. Long because it is a list of these methods, one case each.
import { array, BINDS, type Code, call, code, inside, name, object, quoted } from '../layout/code.ts';
import type { Doc } from '../layout/doc.ts';
import type { Expr } from '../python/syntax.ts';
import { TEXT_METHODS } from '../types/builtins.ts';
import { fieldName } from '../types/language.ts';
import type { PythonScope } from '../types/scopes.ts';
import { isDict, isList, isNumber, isOpen, isSet, isText, parts } from '../types/value.ts';
import type { Writing } from './context.ts';
import { arrow, asArray, iterable } from './iteration.ts';
import { hasTupleKeys, isMap, keyText, mapKey, parsedKey, propertyDoc } from './keys.ts';
import { matchMethod } from './patterns.ts';
import { holdsTuple, mayHoldFloat, partsText, textParts } from './texts.ts';

type Call = Expr & { t: 'call' };

/** Writes a call of a method of a text, list, set or dictionary; undefined when it cannot be written. */
export function methodCall(
  writing: Writing,
  node: Call,
  fn: Expr & { t: 'attr' },
  scope: PythonScope,
): Code | undefined {
  const kind = writing.kind(fn.object);
  // the plain value of a field that was read
  if (fn.name === 'get' && node.args.length === 0 && isFieldRead(writing, fn.object))
    return writing.expr(fn.object, scope);
  if (kind.words.has('datetime')) {
    if (fn.name === 'strftime')
      return call(writing.helper('strftime'), [
        writing.expr(node.args[0]?.value as Expr, scope),
        writing.expr(fn.object, scope),
      ]);
    return undefined;
  }
  if (kind.words.size === 1 && kind.words.has('file')) {
    if (fn.name === 'read') return writing.expr(fn.object, scope);
    if (fn.name === 'readlines') return call(writing.helper('linesOf'), [writing.expr(fn.object, scope)]);
    if (fn.name === 'close') return name('undefined');
    return undefined;
  }
  if (kind.words.has('match')) return matchMethod(writing, node, fn, scope);
  if (isText(kind)) return textMethod(writing, node, fn, scope);
  if (isDict(kind)) return dictMethod(writing, node, fn, scope);
  if (isList(kind) || isSet(kind)) return listMethod(writing, node, fn, scope);
  if (isHash(writing, fn.object)) {
    if (fn.name === 'hexdigest')
      return code([inside(writing.expr(fn.object, scope), BINDS.call), ".digest('hex')"], BINDS.call);
    if (fn.name === 'update')
      return call(
        [inside(writing.expr(fn.object, scope), BINDS.call), '.update'],
        [writing.expr(node.args[0]?.value as Expr, scope)],
      );
  }
  return openMethod(writing, node, fn, scope);
}

const isFieldRead = (writing: Writing, node: Expr): boolean =>
  node.t === 'call' &&
  node.fn.t === 'attr' &&
  node.args.length === 0 &&
  [...writing.kind(node.fn.object).words].some((word) => word.startsWith('struct:'));

function isHash(writing: Writing, node: Expr): boolean {
  if (node.t === 'call' && node.fn.t === 'attr')
    return (
      node.fn.object.t === 'name' &&
      parts(writing.kind(node.fn.object), 'module').some(({ name: id }) => id === 'hashlib')
    );
  return false;
}

/** Writes a method call on a value of unknown kind, guessing the kind from the method's name. */
function openMethod(
  writing: Writing,
  node: Call,
  fn: Expr & { t: 'attr' },
  scope: PythonScope,
): Code | undefined {
  const kind = writing.kind(fn.object);
  if (!isOpen(kind) && kind.words.size === 0) return undefined;
  if (fn.name in TEXT_METHODS && !['index', 'count'].includes(fn.name))
    return textMethod(writing, node, fn, scope);
  if (
    ['items', 'iteritems', 'keys', 'iterkeys', 'values', 'itervalues', 'get', 'has_key'].includes(fn.name)
  ) {
    const of = writing.expr(fn.object, scope);
    const all = call(writing.helper('entries'), [of]);
    const args = node.args.map(({ value }) => writing.expr(value, scope));
    switch (fn.name) {
      case 'items':
      case 'iteritems':
        return all;
      case 'keys':
      case 'iterkeys':
        return call(writing.helper('each'), [of]);
      case 'values':
      case 'itervalues':
        return call([all.doc, '.map'], [arrow('([, value])', name('value'))]);
      case 'has_key':
        return call(writing.helper('contains'), [of, ...args]);
      default: {
        const [key, otherwise] = args;
        if (!key) return undefined;
        return code(
          [
            '(',
            call(writing.helper('contains'), [of, key]).doc,
            ' ? ',
            call(writing.helper('item'), [of, key]).doc,
            ' : ',
            otherwise?.doc ?? 'undefined',
            ')',
          ],
          BINDS.call,
        );
      }
    }
  }
  return undefined;
}

function textMethod(
  writing: Writing,
  node: Call,
  fn: Expr & { t: 'attr' },
  scope: PythonScope,
): Code | undefined {
  if (node.args.some((arg) => arg.star !== '' || arg.name) && fn.name !== 'format') return undefined;
  const values = node.args.map(({ value }) => value);
  const args = () => values.map((value) => writing.expr(value, scope));
  const of = inside(writing.expr(fn.object, scope), BINDS.call);
  const own = () => writing.expr(fn.object, scope);
  const js = (method: string, ...given: readonly Code[]) => call([of, `.${method}`], given);
  const helper = (id: string, ...given: readonly Code[]) => call(writing.helper(id), [own(), ...given]);
  const [first, second] = values;
  switch (fn.name) {
    case 'upper':
      return js('toUpperCase');
    case 'lower':
      return js('toLowerCase');
    case 'capitalize':
      return helper('capitalize');
    case 'title':
      return helper('title');
    case 'strip':
    case 'lstrip':
    case 'rstrip': {
      const end = { strip: 'lr', lstrip: 'l', rstrip: 'r' }[fn.name];
      if (!first || first.t === 'none')
        return js({ lr: 'trim', l: 'trimStart', r: 'trimEnd' }[end] as string);
      return helper('strip', writing.expr(first, scope), ...(end === 'lr' ? [] : [code(quoted(end))]));
    }
    case 'startswith':
    case 'endswith': {
      if (!first || second) return undefined;
      const method = fn.name === 'startswith' ? 'startsWith' : 'endsWith';
      if (isText(writing.kind(first)) || isOpen(writing.kind(first))) return js(method, ...args());
      return call(
        [inside(writing.expr(first, scope), BINDS.call), '.some'],
        [arrow('(one)', call([of, `.${method}`], [name('one')]))],
      );
    }
    case 'replace': {
      if (!first || !second || values.length > 2) return undefined;
      const safe = second.t === 'str' && !second.value.includes('$');
      return js(
        'replaceAll',
        writing.expr(first, scope),
        safe ? writing.expr(second, scope) : arrow('()', writing.expr(second, scope)),
      );
    }
    case 'join':
      return first && joinCall(writing, fn.object, first, scope);
    case 'split':
    case 'rsplit': {
      if (!first || first.t === 'none') {
        if (values.length > 1) return undefined;
        return code([of, '.trim().split(/\\s+/).filter(Boolean)'], BINDS.call, 'call');
      }
      if (!second) return js('split', writing.expr(first, scope));
      return helper('splitAt', ...args(), ...(fn.name === 'rsplit' ? [name('true')] : []));
    }
    case 'splitlines':
      return values.length === 0 ? helper('lines') : undefined;
    case 'partition':
    case 'rpartition':
      return helper(fn.name, ...args());
    case 'find':
      return values.length === 1 ? js('indexOf', ...args()) : undefined;
    case 'rfind':
      return values.length === 1 ? js('lastIndexOf', ...args()) : undefined;
    case 'index':
      return values.length === 1 && writing.caught.depth === 0 ? js('indexOf', ...args()) : undefined;
    case 'count':
      return values.length === 1 ? code([js('split', ...args()).doc, '.length - 1'], BINDS.add) : undefined;
    case 'zfill':
      return js('padStart', ...args(), code("'0'"));
    case 'ljust':
      return js('padEnd', ...args());
    case 'rjust':
      return js('padStart', ...args());
    case 'center':
      return values.length > 0 ? call(writing.helper('centred'), [own(), ...args()]) : undefined;
    case 'isupper':
      return code(['/[A-Z]/.test(', own().doc, ') && !/[a-z]/.test(', own().doc, ')'], BINDS.and);
    case 'islower':
      return code(['/[a-z]/.test(', own().doc, ') && !/[A-Z]/.test(', own().doc, ')'], BINDS.and);
    case 'isspace':
      return code(['/^\\s+$/.test(', own().doc, ')'], BINDS.call);
    case 'isdigit':
      return code(['/^\\d+$/.test(', own().doc, ')'], BINDS.call);
    case 'isalpha':
      return code(['/^[A-Za-z]+$/.test(', own().doc, ')'], BINDS.call);
    case 'isalnum':
      return code(['/^[A-Za-z\\d]+$/.test(', own().doc, ')'], BINDS.call);
    case 'encode':
    case 'decode':
      return first && first.t === 'str' && !/^(?:utf-?8|ascii|latin-?1)$/i.test(first.value)
        ? undefined
        : own();
    case 'format':
      return (
        (fn.object.t === 'str' ? partsOrNothing(writing, node, scope) : undefined) ??
        filled(writing, node, scope)
      );
    default:
      return undefined;
  }
}

function partsOrNothing(writing: Writing, node: Call, scope: PythonScope): Code | undefined {
  if (formatting.has(node)) return undefined;
  formatting.add(node);
  try {
    const made = textParts(writing, node, scope);
    return partsText(writing, made);
  } finally {
    formatting.delete(node);
  }
}
const formatting = new Set<Expr>();

/** Writes a `format` call whose format or arguments are known only when the file runs. */
function filled(writing: Writing, node: Call, scope: PythonScope): Code {
  const of = (node.fn as Expr & { t: 'attr' }).object;
  const kinds = node.args.map(({ value }) => writing.kind(value));
  if (node.args.some(({ value }) => isWholeScope(value)))
    return writing.open(node, 'a format that takes all variables');
  if (kinds.some((kind) => holdsTuple(kind)) && !node.args.some(({ star }) => star === '*'))
    return writing.open(node, 'a tuple that is written into a text');
  if (kinds.some((kind) => mayHoldFloat(kind)))
    writing.note(node, 'a whole floating point number, which Python writes as 1.0, would read 1 here');
  const positions = node.args.filter((arg) => !arg.name && arg.star !== '**');
  const named = node.args.filter((arg) => arg.name || arg.star === '**');
  const docs = named.map((arg): Doc => {
    const value = writing.expr(arg.value, scope);
    if (arg.name) return propertyDoc(arg.name, value);
    return [
      '...',
      isMap(writing.kind(arg.value)) ? call('Object.fromEntries', [value]).doc : inside(value, BINDS.arrow),
    ];
  });
  const list = array(
    positions.map((arg) => ({
      doc: arg.star
        ? ['...', inside(iterable(writing, arg.value, scope), BINDS.arrow)]
        : inside(writing.expr(arg.value, scope), BINDS.arrow),
    })),
  );
  return call(writing.helper('filled'), [
    writing.expr(of, scope),
    list,
    ...(docs.length > 0 ? [object(docs.map((doc) => ({ doc })))] : []),
  ]);
}

const isWholeScope = (node: Expr): boolean =>
  node.t === 'call' && node.fn.t === 'name' && ['locals', 'globals', 'vars'].includes(node.fn.id);

function joinCall(writing: Writing, separator: Expr, all: Expr, scope: PythonScope): Code {
  const kind = writing.kind(all);
  if (isText(kind))
    return call(
      ['[...', inside(writing.expr(all, scope), BINDS.arrow), '].join'],
      [writing.expr(separator, scope)],
    );
  return call([inside(asArray(writing, all, scope), BINDS.call), '.join'], [writing.expr(separator, scope)]);
}

function listMethod(
  writing: Writing,
  node: Call,
  fn: Expr & { t: 'attr' },
  scope: PythonScope,
): Code | undefined {
  const kind = writing.kind(fn.object);
  if (node.args.some(({ star }) => star !== '')) return undefined;
  const values = node.args.filter((arg) => !arg.name).map(({ value }) => value);
  const keyed = (key: string) => node.args.find((arg) => arg.name === key)?.value;
  const of = inside(writing.expr(fn.object, scope), BINDS.call);
  const js = (method: string, ...given: readonly Code[]) => call([of, `.${method}`], given);
  const [first, second] = values;
  const spread = (value: Expr) => code(['...', inside(iterable(writing, value, scope), BINDS.arrow)]);
  if (isSet(kind)) {
    switch (fn.name) {
      case 'add':
        return js('add', writing.expr(first as Expr, scope));
      case 'discard':
      case 'remove':
        return js('delete', writing.expr(first as Expr, scope));
      case 'union':
        return call('new Set', [array([{ doc: ['...', of] }, { doc: spread(first as Expr).doc }])]);
      default:
        return undefined;
    }
  }
  switch (fn.name) {
    case 'append':
      return first && js('push', writing.expr(first, scope));
    case 'extend': {
      if (!first) return undefined;
      if (first.t === 'list') return js('push', ...first.items.map((item) => writing.expr(item, scope)));
      return js('push', spread(first));
    }
    case 'insert': {
      if (!first || !second) return undefined;
      if (first.t === 'num' && first.value === 0) return js('unshift', writing.expr(second, scope));
      return js('splice', writing.expr(first, scope), name('0'), writing.expr(second, scope));
    }
    case 'pop': {
      if (!first) return code([js('pop').doc, '!'], BINDS.call);
      if (first.t === 'num' && first.value === 0) return code([js('shift').doc, '!'], BINDS.call);
      return code([js('splice', writing.expr(first, scope), name('1')).doc, '[0]!'], BINDS.call);
    }
    case 'remove':
      return (
        first &&
        call(writing.helper('removeItem'), [writing.expr(fn.object, scope), writing.expr(first, scope)])
      );
    case 'reverse':
      return js('reverse');
    case 'index':
      return values.length === 1 && writing.caught.depth === 0
        ? js('indexOf', writing.expr(first as Expr, scope))
        : undefined;
    case 'count':
      return (
        first &&
        code(
          [
            js(
              'filter',
              arrow('(one)', call(writing.helper('equal'), [name('one'), writing.expr(first, scope)])),
            ).doc,
            '.length',
          ],
          BINDS.call,
        )
      );
    case 'copy':
      return array([{ doc: ['...', of] }]);
    case 'sort': {
      const key = keyed('key');
      const reverse = keyed('reverse');
      if (first) return undefined;
      const inner = parts(kind, 'list');
      if (!key && !reverse && inner.every((part) => isText(part.of))) return js('sort');
      if (!key && !reverse && inner.every((part) => isNumber(part.of)))
        return js('sort', arrow('(a, b)', code('a - b', BINDS.add)));
      const compare = writing.helper('compare');
      const sign = reverse?.t === 'bool' && reverse.value;
      if (reverse && reverse.t !== 'bool') return undefined;
      const [left, right] = sign ? ['b', 'a'] : ['a', 'b'];
      if (!key) return js('sort', arrow('(a, b)', call(compare, [name(left), name(right)])));
      const by = writing.expr(key, scope);
      const keyOf = (value: string): Code => call(['(', by.doc, ')'], [name(value)]);
      return js('sort', arrow('(a, b)', call(compare, [keyOf(left), keyOf(right)])));
    }
    default:
      return undefined;
  }
}

function dictMethod(
  writing: Writing,
  node: Call,
  fn: Expr & { t: 'attr' },
  scope: PythonScope,
): Code | undefined {
  const kind = writing.kind(fn.object);
  const map = isMap(kind);
  const struct = parts(kind, 'dict').find((part) => part.fields)?.fields;
  const values = node.args.filter((arg) => !arg.name && arg.star === '').map(({ value }) => value);
  const [key, otherwise] = values;
  const own = () => writing.expr(fn.object, scope);
  const of = inside(own(), BINDS.call);
  const js = (method: string, ...given: readonly Code[]) => call([of, `.${method}`], given);
  const keyCode = (node: Expr): Code =>
    struct && node.t === 'str'
      ? code(quoted(fieldName(struct, node.value)))
      : mapKey(writing, fn.object, node, scope);
  const access = (node: Expr): Doc => {
    if (map) return [of, '.get(', mapKey(writing, fn.object, node, scope).doc, ')'];
    if (node.t === 'str') {
      const word = struct ? fieldName(struct, node.value) : node.value;
      return /^[A-Za-z_$][\w$]*$/.test(word) ? [of, `.${word}`] : [of, `[${keyText(word)}]`];
    }
    return [of, '[', writing.expr(node, scope).doc, ']'];
  };
  switch (fn.name) {
    case 'get': {
      if (!key) return undefined;
      if (!otherwise || otherwise.t === 'none') return code(access(key), BINDS.call);
      return code(
        [access(key), ' ?? ', inside(writing.expr(otherwise, scope), BINDS.nullish + 1)],
        BINDS.nullish,
      );
    }
    case 'pop':
      return (
        key &&
        call(writing.helper('take'), [
          own(),
          keyCode(key),
          ...(otherwise ? [writing.expr(otherwise, scope)] : []),
        ])
      );
    case 'setdefault':
      return (
        key &&
        call(writing.helper('orSet'), [
          own(),
          keyCode(key),
          otherwise ? writing.expr(otherwise, scope) : name('undefined'),
        ])
      );
    case 'has_key':
      return key && (map ? js('has', keyCode(key)) : call('Object.hasOwn', [own(), keyCode(key)]));
    case 'keys':
    case 'iterkeys':
      if (hasTupleKeys(kind)) return iterable(writing, fn.object, scope);
      return map ? code(['[...', of, '.keys()]']) : call('Object.keys', [own()]);
    case 'values':
    case 'itervalues':
      return map ? code(['[...', of, '.values()]']) : call('Object.values', [own()]);
    case 'items':
    case 'iteritems':
      if (hasTupleKeys(kind))
        return call(
          ['[...', of, '].map'],
          [
            arrow(
              '([key, value])',
              code(['[', parsedKey('key', kind, writing).doc, ', value] as const'], BINDS.compare),
            ),
          ],
        );
      return map ? code(['[...', of, ']']) : call('Object.entries', [own()]);
    case 'copy':
      return map ? call('new Map', [own()]) : code(['{ ...', of, ' }'], BINDS.whole, 'object');
    case 'clear':
      return map ? js('clear') : undefined;
    case 'update': {
      if (map) return undefined;
      const given = node.args.map((arg): Doc => {
        if (arg.name)
          return [
            keyText(struct ? fieldName(struct, arg.name) : arg.name),
            ': ',
            inside(writing.expr(arg.value, scope), BINDS.arrow),
          ];
        return ['...', inside(writing.expr(arg.value, scope), BINDS.arrow)];
      });
      const [only] = node.args;
      if (node.args.length === 1 && only && !only.name && isDict(writing.kind(only.value)))
        return call('Object.assign', [own(), writing.expr(only.value, scope)]);
      if (node.args.some((arg) => !arg.name && !isDict(writing.kind(arg.value)))) return undefined;
      return call('Object.assign', [
        own(),
        code(
          ['{ ', given.flatMap((doc, index) => (index ? [', ', doc] : [doc])), ' }'],
          BINDS.whole,
          'object',
        ),
      ]);
    }
    default:
      return undefined;
  }
}
