// Finds out what the values of a Python program can be. Long because it is one fixed-point search: what is known of names,
// calls and attributes grows together until nothing changes, in state that all cases share.
import type { Expr, Params, PythonFile, Stmt } from '../python/syntax.ts';
import { BUILTIN_RESULTS, MODULE_RESULTS, TEXT_METHODS } from './builtins.ts';
import { yields } from './generators.ts';
import { LANGUAGE_FUNCTIONS, STRUCT_CONSTANTS, STRUCT_NAMES, TYPE_NAMES, UNITS } from './language.ts';
import { findScopes, lookup, type Name, type PythonScope, type Scopes } from './scopes.ts';
import {
  type DictPart,
  type FuncCall,
  type FuncPart,
  isNatural,
  isNumber,
  join,
  kind,
  type ListPart,
  may,
  type NamedPart,
  type PythonKind,
  parts,
} from './value.ts';

/** A file among others that are translated together. */
export interface Module {
  readonly file: PythonFile;
  readonly scopes: Scopes;
  /** Files that it includes, in order. */
  readonly includes: Module[];
  /** Files that include it. */
  readonly includedBy: Module[];
}

/** A name with the file that it belongs to. */
export interface FoundName {
  readonly module: Module;
  readonly name: Name;
}

export interface Inference {
  /** What an expression can be. */
  kindOf(node: Expr): PythonKind;
  nameKind(name: Name): PythonKind;
  funcOf(node: object): FuncPart | undefined;
  /** The file that a name comes from when it is not the file's own. */
  outside(module: Module, id: string): FoundName | undefined;
  /** Profile classes by name. */
  readonly profiles: ReadonlyMap<string, ProfileClass>;
  partOf(node: object): ListPart | DictPart | undefined;
  /** The function that is called, if only one is possible. */
  callee(fn: Expr): FuncPart | undefined;
}

export interface ProfileClass {
  readonly name: string;
  readonly fields: ReadonlyMap<string, ProfileField>;
  readonly given: Map<string, PythonKind>;
  /** Fields that every call sets. */
  required: Set<string> | undefined;
  readonly base: string | undefined;
}
export interface ProfileField {
  /** `String`, `Integer`, ..., or the name of another class. */
  readonly type: string;
  /** Type of the elements of a list or map. */
  readonly of: string | undefined;
  readonly default: Expr | undefined;
}

export const newModule = (file: PythonFile): Module => ({
  file,
  scopes: findScopes(file.body, file.text.length),
  includes: [],
  includedBy: [],
});

/** The most rounds; all files seen so far needed fewer until nothing new was found. */
const MOST_ROUNDS = 30;

/**
 * Finds out what every expression of the files can be: interprets all files together, with kinds in place of values,
 * again and again until nothing new is found.
 */
export function infer(modules: readonly Module[], python: 2 | 3): Inference {
  const kinds = new Map<Expr, PythonKind>();
  const names = new Map<Name, PythonKind>();
  const made = new Map<object, ListPart | DictPart | FuncPart | NamedPart>();
  const profiles = new Map<string, ProfileClass>();
  let news = false;
  const learn = (to: PythonKind, from: PythonKind) => {
    if (join(to, from)) news = true;
  };
  const of = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
    let value = map.get(key);
    if (value === undefined) {
      value = make();
      map.set(key, value);
    }
    return value;
  };
  const nameKind = (name: Name) => of(names, name, () => kind());
  const set = <T extends object, K extends keyof T>(part: T, key: K, value: T[K]) => {
    if (part[key] === value) return;
    part[key] = value;
    news = true;
  };
  const holding = (part: ListPart | DictPart | FuncPart | NamedPart): PythonKind => ({
    words: new Set(),
    parts: new Set([part]),
  });
  const list = (owner: object, p: ListPart['p'], items?: number): ListPart =>
    of(made, owner, () => ({
      p,
      of: kind(),
      items: items === undefined ? undefined : Array.from({ length: items }, () => kind()),
      changed: false,
    })) as ListPart;
  const dict = (owner: object): DictPart =>
    of(made, owner, () => ({
      p: 'dict',
      key: kind(),
      of: kind(),
      props: new Map(),
      open: false,
      walked: false,
      plain: false,
      shrinks: false,
      changed: false,
      map: false,
      fields: undefined,
      bound: false,
      literal: false,
    })) as DictPart;
  const named = (p: NamedPart['p'], name: string, inside: readonly PythonKind[] = []): PythonKind =>
    holding(
      of(made, `${p} ${name} ${inside.map(typeName).join()}` as never, () => ({ p, name, of: inside })),
    );

  function exported(module: Module, id: string): FoundName | undefined {
    const own = module.scopes.file.names.get(id);
    if (own) return { module, name: own };
    for (const include of [...module.includes].reverse()) {
      const found = exported(include, id);
      if (found) return found;
    }
    return undefined;
  }
  const outside = (module: Module, id: string): FoundName | undefined => {
    for (const include of [...module.includes].reverse()) {
      const found = exported(include, id);
      if (found) return found;
    }
    for (const by of module.includedBy) {
      const before = by.includes.slice(0, by.includes.indexOf(module)).reverse();
      for (const sibling of before) {
        const found = exported(sibling, id);
        if (found) return found;
      }
    }
    return undefined;
  };

  const builtin = (id: string): PythonKind => {
    if (UNITS.includes(id)) return kind('nat');
    if (id === 'Empty') return kind('empty');
    const constant = STRUCT_CONSTANTS.get(id);
    if (constant) return kind(`struct:${constant}`);
    if (TYPE_NAMES.has(id)) return named('type', id);
    if (STRUCT_NAMES.has(id) || LANGUAGE_FUNCTIONS.has(id) || BUILTIN_RESULTS[id])
      return named('builtin', id);
    if (id === 'Struct' || id === 'Tasks' || id === 'Processes' || id === 'Options')
      return named('builtin', id);
    return kind('any');
  };

  function run(module: Module): void {
    const { scopes } = module;
    const returns: PythonKind[] = [];
    const generators: boolean[] = [];
    /** Names that cannot be None here, because an enclosing `if` has tested them. */
    const narrowed = new Set<Name>();
    /** True while the order of elements makes no difference. */
    let orderless = false;
    const anyOrder = <T>(when: boolean, act: () => T): T => {
      const before = orderless;
      orderless = when;
      try {
        return act();
      } finally {
        orderless = before;
      }
    };

    function evaluate(node: Expr, scope: PythonScope): PythonKind {
      const known = of(kinds, node, () => kind());
      learn(known, evaluated(node, scope));
      return known;
    }

    function name(id: string, scope: PythonScope): PythonKind {
      const own = lookup(scope, id);
      if (own) {
        const known = nameKind(own);
        if (own.scope === scopes.file) {
          const from = outside(module, id);
          if (from && from.name !== own) learn(known, nameKind(from.name));
        }
        if (narrowed.has(own) && known.words.has('none'))
          return { words: new Set([...known.words].filter((one) => one !== 'none')), parts: known.parts };
        return known;
      }
      const from = outside(module, id);
      return from ? nameKind(from.name) : builtin(id);
    }

    /** What iterating over a value gives. */
    function elements(value: PythonKind): PythonKind {
      const result = kind();
      if (value.words.has('str')) result.words.add('str');
      if (value.words.has('any')) result.words.add('any');
      for (const part of value.parts) {
        if (part.p === 'list' || part.p === 'tuple' || part.p === 'set') join(result, part.of);
        if (part.p === 'dict') {
          if (!orderless) set(part, 'walked', true);
          set(part, 'plain', true);
          join(result, part.key);
          for (const key of part.props.keys()) if (key !== undefined) result.words.add('str');
        }
      }
      return result;
    }

    function store(target: Expr, value: PythonKind, scope: PythonScope): void {
      learn(
        of(kinds, target, () => kind()),
        value,
      );
      if (target.t === 'name') {
        const own = lookup(scope, target.id);
        if (own) learn(nameKind(own), value);
      } else if (target.t === 'tuple' || target.t === 'list') {
        target.items.forEach((item, index) => {
          if (item.t === 'star') {
            const rest = list(item, 'list');
            learn(rest.of, elements(value));
            store(item.value, holding(rest), scope);
          } else store(item, at(value, index), scope);
        });
      } else if (target.t === 'index') {
        const object = evaluate(target.object, scope);
        const key = evaluate(target.index, scope);
        for (const part of object.parts) {
          if (part.p === 'list') {
            set(part, 'changed', true);
            learn(part.of, value);
          } else if (part.p === 'dict') put(part, target.index, key, value, true);
        }
      } else if (target.t === 'attr') {
        evaluate(target.object, scope);
      }
    }

    /** The element at a literal index. */
    function at(value: PythonKind, index: number): PythonKind {
      const result = kind();
      if (value.words.has('any')) result.words.add('any');
      if (value.words.has('str')) result.words.add('str');
      for (const part of value.parts) {
        if (part.p === 'list' || part.p === 'tuple' || part.p === 'set')
          join(result, (!part.changed && part.items?.at(index)) || part.of);
        if (part.p === 'dict') join(result, elements(value));
      }
      return result;
    }

    function put(
      part: DictPart,
      key: Expr | undefined,
      keyKind: PythonKind,
      value: PythonKind,
      later: boolean,
    ): void {
      if (later) set(part, 'changed', true);
      if (key?.t === 'str') {
        if (later && !part.props.has(key.value)) set(part, 'open', true);
        learn(
          of(part.props, key.value, () => kind()),
          value,
        );
      } else {
        set(part, 'open', true);
        if (later) set(part, 'plain', true);
        learn(part.key, keyKind);
      }
      learn(part.of, value);
      if (!part.map && keyKind.words.size > 0 && !may(keyKind, 'str', 'any')) set(part, 'map', true);
      if (keyKind.parts.size > 0) set(part, 'map', true);
      // JavaScript's objects put such keys first and sort them
      if (key?.t === 'str' && /^(?:0|[1-9]\d{0,9})$/.test(key.value)) set(part, 'map', true);
    }

    /** Takes all entries of one dictionary into another. */
    function pour(from: PythonKind, to: DictPart): void {
      for (const part of parts(from, 'dict')) {
        if (part === to) continue;
        for (const [key, value] of part.props)
          learn(
            of(to.props, key, () => kind()),
            value,
          );
        learn(to.of, part.of);
        learn(to.key, part.key);
        if (part.open) set(to, 'open', true);
        if (part.map || to.map) {
          set(part, 'map', true);
          set(to, 'map', true);
        }
        if (to.fields && !part.fields) set(part, 'fields', to.fields);
        if (part.fields && !to.fields) set(to, 'fields', part.fields);
        if (to.bound) set(part, 'bound', true);
        if (to.walked) set(part, 'walked', true);
        if (part.plain || to.plain) {
          set(part, 'plain', true);
          set(to, 'plain', true);
        }
      }
      if (from.words.has('any')) {
        learn(to.of, kind('any'));
        set(to, 'open', true);
      }
    }

    const bound = (value: PythonKind): void => {
      for (const part of parts(value, 'dict')) {
        if (part.bound) continue;
        set(part, 'bound', true);
      }
      for (const part of value.parts) {
        if (part.p === 'dict') {
          for (const inside of part.props.values()) bound(inside);
          bound(part.of);
        }
      }
    };

    function evaluated(node: Expr, scope: PythonScope): PythonKind {
      switch (node.t) {
        case 'num':
          return kind(node.float ? 'float' : node.value >= 0 ? 'nat' : 'int');
        case 'str':
          return kind('str');
        case 'fstr':
          for (const part of node.parts) if (typeof part !== 'string') evaluate(part.value, scope);
          return kind('str');
        case 'repr':
          evaluate(node.value, scope);
          return kind('str');
        case 'bool':
          return kind('bool');
        case 'none':
          return kind('none');
        case 'name':
          return name(node.id, scope);
        case 'list':
        case 'set':
        case 'tuple': {
          const starred = node.items.some(({ t }) => t === 'star');
          const part = list(node, node.t, starred ? undefined : node.items.length);
          node.items.forEach((item, index) => {
            const value = item.t === 'star' ? elements(evaluate(item.value, scope)) : evaluate(item, scope);
            learn(part.of, value);
            const own = part.items?.[index];
            if (own) learn(own, value);
          });
          return holding(part);
        }
        case 'star':
          return evaluate(node.value, scope);
        case 'dict': {
          const part = dict(node);
          part.literal = true;
          for (const { key, value } of node.entries) {
            const kinds = evaluate(value, scope);
            if (key) put(part, key, evaluate(key, scope), kinds, false);
            else pour(kinds, part);
          }
          return holding(part);
        }
        case 'comp':
          return comprehension(node, scope);
        case 'call':
          return call(node, scope);
        case 'attr':
          return attribute(node, scope);
        case 'index': {
          const object = evaluate(node.object, scope);
          const index = evaluate(node.index, scope);
          const result = kind();
          if (node.index.t === 'num') join(result, at(without(object), node.index.value));
          else if (node.index.t === 'unary' && node.index.op === '-' && node.index.operand.t === 'num')
            join(result, at(without(object), -node.index.operand.value));
          else join(result, elementsOnly(object));
          for (const part of parts(object, 'dict')) {
            const own = node.index.t === 'str' ? part.props.get(node.index.value) : undefined;
            join(result, own ?? part.of);
            if (!own && may(index, 'nat', 'int')) join(result, part.of);
            if (node.index.t !== 'str') {
              set(part, 'open', true);
              set(part, 'plain', true);
            }
          }
          for (const part of parts(object, 'builtin'))
            if (part.name === 'os.environ') result.words.add('str');
          return result;
        }
        case 'slice': {
          for (const bound of node.bounds) if (bound) evaluate(bound, scope);
          const object = evaluate(node.object, scope);
          if (parts(object, 'list', 'tuple').length === 0) return object;
          const part = list(node, 'list');
          learn(part.of, elements(object));
          const result = holding(part);
          for (const word of object.words) result.words.add(word);
          return result;
        }
        case 'unary': {
          const value = evaluate(node.operand, scope);
          if (node.op === 'not') return kind('bool');
          if (isNatural(value)) return node.op === '-' ? kind('int') : kind('nat');
          return isNumber(value) ? value : kind('any');
        }
        case 'binary':
          return operation(node.op, evaluate(node.left, scope), evaluate(node.right, scope), node);
        case 'logic': {
          const left = evaluate(node.left, scope);
          const right = evaluate(node.right, scope);
          const result = kind(...left.words, ...right.words);
          if (node.op === 'or') {
            result.words.delete('none');
            if (right.words.has('none')) result.words.add('none');
          }
          for (const part of [...left.parts, ...right.parts]) result.parts.add(part);
          return result;
        }
        case 'compare':
          evaluate(node.first, scope);
          for (const { op, right } of node.rest) {
            const value = evaluate(right, scope);
            if (op.endsWith('in') && node.first.t !== 'str')
              for (const part of parts(value, 'dict')) set(part, 'plain', true);
          }
          return kind('bool');
        case 'cond': {
          evaluate(node.test, scope);
          const result = kind();
          join(result, evaluate(node.value, scope));
          join(result, evaluate(node.else, scope));
          return result;
        }
        case 'lambda':
          return holding(func(node, 'lambda', node.params, node.body, scope));
        default:
          return kind('any');
      }
    }

    const without = (value: PythonKind): PythonKind => ({
      words: value.words,
      parts: new Set([...value.parts].filter(({ p }) => p !== 'dict')),
    });
    const elementsOnly = (value: PythonKind) => elements(without(value));

    function func(
      node: object,
      id: string,
      params: Params,
      body: readonly Stmt[] | Expr,
      scope: PythonScope,
    ): FuncPart {
      const inside = scopes.of.get(node) as PythonScope;
      const part = of(made, node, () => ({
        p: 'func',
        name: id,
        params,
        body,
        scope: inside,
        given: new Map(),
        result: kind(),
        calls: [],
        escapes: false,
      })) as FuncPart;
      for (const param of params) {
        const own = inside.names.get(param.name) as Name;
        const given = of(part.given, param.name, () =>
          param.star === '**'
            ? holding(dict(param))
            : param.star === '*'
              ? holding(list(param, 'list'))
              : kind(),
        );
        if (param.default) learn(given, evaluate(param.default, scope));
        learn(nameKind(own), given);
      }
      if (Array.isArray(body)) {
        const isGenerator = yields(body);
        returns.push(part.result);
        generators.push(isGenerator);
        statements(body, inside);
        returns.pop();
        generators.pop();
        if (!isGenerator && !endsWithReturn(body)) learn(part.result, kind('none'));
      } else learn(part.result, evaluate(body as Expr, inside));
      return part;
    }

    function comprehension(node: Expr & { t: 'comp' }, scope: PythonScope): PythonKind {
      const inside = scopes.of.get(node) as PythonScope;
      node.clauses.forEach((clause, index) => {
        const from = evaluate(clause.iter, index === 0 ? scope : inside);
        store(clause.target, elements(from), inside);
        for (const test of clause.tests) evaluate(test, inside);
      });
      const element = evaluate(node.element, inside);
      if (node.kind === 'dict' && node.key) {
        const part = dict(node);
        put(part, undefined, evaluate(node.key, inside), element, false);
        return holding(part);
      }
      const part = list(node, node.kind === 'set' ? 'set' : 'list');
      learn(part.of, element);
      return holding(part);
    }

    function operation(op: string, left: PythonKind, right: PythonKind, node: object): PythonKind {
      if (op === '%' && left.words.has('str')) return kind('str');
      if (op === '%' && [...left.words].some((word) => word.startsWith('struct:'))) return left;
      if (isNumber(left) && isNumber(right)) {
        if (may(left, 'float') || may(right, 'float')) return kind('float');
        if (op === '/') return python === 3 ? kind('float') : wholes(left, right);
        if (op === '-') return kind('int');
        return op === '**' && !isNatural(right) ? kind('int', 'float') : wholes(left, right);
      }
      const bools = (value: PythonKind) => may(value, 'bool') && value.parts.size === 0;
      if ((bools(left) && isNumber(right)) || (bools(right) && isNumber(left)))
        return kind(may(left, 'float') || may(right, 'float') ? 'float' : 'int');
      if (op === '+' || op === '*') {
        const result = kind();
        if (left.words.has('str') && (op === '*' || right.words.has('str') || right.words.has('any')))
          result.words.add('str');
        if (op === '*' && right.words.has('str')) result.words.add('str');
        if (op === '+' && left.words.has('any') && right.words.has('str')) result.words.add('str');
        const lists = [...parts(left, 'list', 'tuple'), ...parts(right, 'list', 'tuple')];
        if (lists.length > 0) {
          const part = list(node, lists.every(({ p }) => p === 'tuple') ? 'tuple' : 'list');
          for (const { of: inside } of lists) learn(part.of, inside);
          result.parts.add(part);
        }
        if (
          result.words.size + result.parts.size === 0 &&
          (left.words.size + left.parts.size === 0 || right.words.size + right.parts.size === 0)
        )
          return kind();
        return result.words.size + result.parts.size > 0 ? result : kind('any');
      }
      if (left.words.size + left.parts.size === 0 || right.words.size + right.parts.size === 0) return kind();
      if (parts(left, 'set').length > 0) {
        const part = list(node, 'set');
        for (const side of [left, right])
          for (const { of: inside } of parts(side, 'set')) learn(part.of, inside);
        return holding(part);
      }
      return kind('any');
    }
    const wholes = (left: PythonKind, right: PythonKind) =>
      kind(isNatural(left) && isNatural(right) ? 'nat' : 'int');

    function attribute(node: Expr & { t: 'attr' }, scope: PythonScope): PythonKind {
      const object = evaluate(node.object, scope);
      for (const part of parts(object, 'module', 'builtin')) {
        const path = `${part.name}.${node.name}`;
        if (path === 'os.environ' || path === 'os.path') return named('builtin', path);
        if (path === 'sys.argv') return kind('any');
        if (path === 'os.sep' || path === 'os.linesep' || path.startsWith('string.')) return kind('str');
        return named('builtin', path);
      }
      if (may(object, 'str')) return kind();
      return object.parts.size > 0 ? kind() : kind('any');
    }

    const word = (text: string, owner: object, first: PythonKind): PythonKind => {
      if (text === 'same') return first;
      if (text.startsWith('list of ') || text.startsWith('set of ')) {
        const [p, , inside] = text.split(' ') as ['list' | 'set', string, string];
        const part = list(owner, p);
        learn(part.of, inside === 'of' ? elements(first) : kind(inside));
        return holding(part);
      }
      return kind(...text.split('|'));
    };

    function call(node: Expr & { t: 'call' }, scope: PythonScope): PythonKind {
      const { fn, args } = node;
      const [only] = args;
      if (fn.t === 'name' && ORDERLESS.has(fn.id) && args.length === 1 && only && isView(only.value))
        quiet.add(only.value);
      const given = args.map((arg) => evaluate(arg.value, scope));
      const callee = evaluate(fn, scope);
      const positional = args.flatMap((arg, index) =>
        arg.star === '' && !arg.name ? [given[index] as PythonKind] : [],
      );
      const first = positional[0] ?? kind();
      if (fn.t === 'attr') {
        const object = evaluate(fn.object, scope);
        const result = method(node, fn, object, given, positional, scope);
        if (result) return result;
      }
      const result = kind();
      for (const part of callee.parts) {
        if (part.p === 'func') join(result, invoke(part, node, given));
        else if (part.p === 'builtin')
          join(result, builtinCall(part.name, node, given, positional, first, scope));
        else if (part.p === 'type') join(result, typeCall(part, node, given, positional));
        else if (part.p === 'profile') join(result, profileCall(part.name, node, given));
        else result.words.add('any');
      }
      for (const one of callee.words) {
        if (one === 'any') result.words.add('any');
        if (one.startsWith('struct:')) {
          structFields(one.slice(7), node, given);
          join(result, kind(one));
          if (callee.words.has('ordered')) result.words.add('ordered');
        }
        if (one.startsWith('profile:')) {
          profileCall(one.slice(8), node, given);
          join(result, kind(one));
        }
        if (one === 'ordered' && callee.words.size > 1) result.words.add('ordered');
      }
      return result;
    }

    function invoke(part: FuncPart, node: Expr & { t: 'call' }, given: readonly PythonKind[]): PythonKind {
      const { args } = node;
      const positions = part.params.filter(({ star, keyword }) => star === '' && !keyword);
      let position = 0;
      const rest = part.params.find(({ star }) => star === '*');
      const kw = part.params.find(({ star }) => star === '**');
      const kwPart = kw && (made.get(kw) as DictPart);
      args.forEach((arg, index) => {
        const value = given[index] as PythonKind;
        if (arg.star === '*') {
          positions.slice(position).forEach((param, offset) => {
            learn(
              of(part.given, param.name, () => kind()),
              at(value, offset),
            );
          });
          if (rest) learn((made.get(rest) as ListPart).of, elements(value));
        } else if (arg.star === '**') {
          for (const inner of parts(value, 'dict'))
            for (const [key, own] of inner.props) {
              const param = part.params.find((one) => one.name === key && one.star === '');
              if (param)
                learn(
                  of(part.given, key, () => kind()),
                  own,
                );
            }
          if (kwPart) pour(value, kwPart);
        } else if (arg.name) {
          const param = part.params.find((one) => one.name === arg.name && one.star === '');
          if (param)
            learn(
              of(part.given, param.name, () => kind()),
              value,
            );
          else if (kwPart) {
            learn(
              of(kwPart.props, arg.name, () => kind()),
              value,
            );
            learn(kwPart.of, value);
          }
        } else {
          const param = positions[position++];
          if (param)
            learn(
              of(part.given, param.name, () => kind()),
              value,
            );
          else if (rest) learn((made.get(rest) as ListPart).of, value);
        }
      });
      if (!part.calls.some((one) => (one as FuncCallAt).node === node)) {
        (part.calls as FuncCallAt[]).push({
          node,
          positions: args.filter(({ star, name: id }) => star === '' && !id).length,
          names: args.flatMap(({ name: id }) => (id ? [id] : [])),
          starred: args.some(({ star }) => star === '*'),
          spreads: args.flatMap((arg, index) => (arg.star === '**' ? [given[index] as PythonKind] : [])),
        });
        news = true;
      }
      return part.result;
    }

    /** A function is called by other code, such as `map`, with these arguments. */
    function callback(value: PythonKind | undefined, ...given: readonly PythonKind[]): PythonKind {
      const result = kind();
      if (!value) return result;
      for (const part of parts(value, 'func')) {
        part.params.forEach((param, index) => {
          const own = given[index];
          if (own)
            learn(
              of(part.given, param.name, () => kind()),
              own,
            );
        });
        set(part, 'escapes', true);
        join(result, part.result);
      }
      for (const part of parts(value, 'builtin')) join(result, kind(...calledBack(part.name).split('|')));
      if (value.words.has('any')) result.words.add('any');
      return result;
    }

    function structFields(struct: string, node: Expr & { t: 'call' }, given: readonly PythonKind[]): void {
      node.args.forEach((arg, index) => {
        const value = given[index] as PythonKind;
        if (arg.star === '**' || (arg.star === '' && !arg.name))
          for (const part of parts(value, 'dict')) set(part, 'fields', struct);
        else if (arg.name) nested(struct, arg.name, value);
      });
    }
    /** Marks plain dictionaries in a field as structs of the field's type. */
    function nested(struct: string, field: string, value: PythonKind): void {
      const type = FIELD_STRUCTS.get(`${struct}.${field}`);
      if (!type) return;
      const all = [
        ...parts(value, 'dict'),
        ...parts(value, 'list').flatMap((part) => parts(part.of, 'dict')),
      ];
      for (const part of all) {
        set(part, 'fields', type);
        for (const [key, inside] of part.props) nested(type, key, inside);
      }
    }

    function builtinCall(
      id: string,
      node: Expr & { t: 'call' },
      given: readonly PythonKind[],
      positional: readonly PythonKind[],
      first: PythonKind,
      scope: PythonScope,
    ): PythonKind {
      const struct = STRUCT_NAMES.get(id);
      if (struct) {
        structFields(struct, node, given);
        return id === 'SequentialTask' ? kind(`struct:${struct}`, 'ordered') : kind(`struct:${struct}`);
      }
      const path = TASK_HELPERS.get(id) ?? id;
      const helper = LANGUAGE_FUNCTIONS.get(path);
      if (helper) {
        node.args.forEach((arg, index) => {
          if (arg.star !== '')
            for (const part of parts(given[index] as PythonKind, 'dict')) set(part, 'fields', 'Task');
        });
        for (const value of positional) for (const part of parts(value, 'dict')) set(part, 'walked', true);
        return word(helper, node, first);
      }
      const keyed = (key: string) => given[node.args.findIndex(({ name: own }) => own === key)];
      const text = BUILTIN_RESULTS[id] ?? MODULE_RESULTS[id];
      const free = ORDERLESS.has(id) && !node.args.some(({ name: own }) => own === 'key');
      return anyOrder(free, () => builtinResult(id, text, node, given, positional, first, scope, keyed));
    }

    function builtinResult(
      id: string,
      text: string | undefined,
      node: Expr & { t: 'call' },
      given: readonly PythonKind[],
      positional: readonly PythonKind[],
      first: PythonKind,
      scope: PythonScope,
      keyed: (key: string) => PythonKind | undefined,
    ): PythonKind {
      if (id === 'sorted' || id === 'min' || id === 'max') callback(keyed('key'), elements(first));
      if (id === 'filter') {
        const source = positional[1] ?? kind();
        callback(first, elements(source));
        return word('list of of', node, source);
      }
      switch (text) {
        case undefined:
          return kind('any');
        case 'dict': {
          const part = dict(node);
          if (id === 'collections.OrderedDict') set(part, 'map', true);
          node.args.forEach((arg, index) => {
            const value = given[index] as PythonKind;
            if (arg.name) {
              learn(
                of(part.props, arg.name, () => kind()),
                value,
              );
              learn(part.of, value);
            } else {
              pour(value, part);
              for (const pair of parts(elementsOnly(value), 'tuple', 'list')) {
                put(part, undefined, pair.items?.[0] ?? pair.of, pair.items?.[1] ?? pair.of, false);
              }
            }
          });
          return holding(part);
        }
        case 'divmod': {
          const pair = list(node, 'tuple', 2);
          for (const item of [pair.of, ...(pair.items ?? [])])
            learn(
              item,
              positional.length === 2
                ? operation('//', first, positional[1] as PythonKind, pair)
                : kind('any'),
            );
          return holding(pair);
        }
        case 'enumerate': {
          const pair = list(
            of(pairs, node, () => ({})),
            'tuple',
            2,
          );
          learn(pair.items?.[0] as PythonKind, kind('nat'));
          learn(pair.items?.[1] as PythonKind, elements(first));
          learn(pair.of, kind('nat'));
          learn(pair.of, elements(first));
          const part = list(node, 'list');
          learn(part.of, holding(pair));
          return holding(part);
        }
        case 'zip':
        case 'product': {
          const pair = list(
            of(pairs, node, () => ({})),
            'tuple',
            positional.length,
          );
          positional.forEach((value, index) => {
            learn(pair.items?.[index] as PythonKind, elements(value));
            learn(pair.of, elements(value));
          });
          const part = list(node, 'list');
          learn(part.of, holding(pair));
          return holding(part);
        }
        case 'chain': {
          const part = list(node, 'list');
          for (const value of positional) learn(part.of, elements(value));
          return holding(part);
        }
        case 'map': {
          const part = list(node, 'list');
          learn(part.of, callback(first, ...positional.slice(1).map(elements)));
          return holding(part);
        }
        case 'range': {
          const part = list(node, 'list');
          learn(part.of, kind(positional.every(isNatural) ? 'nat' : 'int'));
          return holding(part);
        }
        case 'extreme':
          return positional.length > 1 ? positional.reduce(joined, kind()) : elements(first);
        case 'sum':
          return isNumber(elements(first))
            ? elements(first)
            : kind(...(parts(elements(first), 'list').length ? ['any'] : ['any']));
        case 'round':
          return kind(python === 3 && positional.length < 2 ? 'int' : 'float');
        case 'ceil':
          return kind(python === 3 ? 'int' : 'float');
        case 'env':
          return positional[1] && !positional[1].words.has('none')
            ? joined(kind('str'), positional[1])
            : kind('str', 'none');
        case 'file':
          return kind('file');
        default:
          evaluateNothing(scope);
          return word(text, node, first);
      }
    }
    const evaluateNothing = (_: PythonScope) => {};
    const joined = (a: PythonKind, b: PythonKind): PythonKind => {
      const result = kind();
      join(result, a);
      join(result, b);
      return result;
    };

    function typeCall(
      part: NamedPart,
      node: Expr & { t: 'call' },
      given: readonly PythonKind[],
      positional: readonly PythonKind[],
    ): PythonKind {
      const [first] = positional;
      switch (part.name) {
        case 'String':
          return kind('str');
        case 'Integer':
          return kind('int');
        case 'Float':
          return kind('float');
        case 'Boolean':
          return kind('bool');
        case 'List':
        case 'Map':
          if (part.of.length === 0) return named('type', part.name, positional);
          if (part.name === 'List') return first ?? kind('any');
          bound(first ?? kind());
          return kind('bindmap');
        case 'Enum':
          if (part.of.length === 0) return named('type', 'Enum', [kind('str')]);
          return kind('str');
        case 'Required':
        case 'Default':
          return named('type', part.name, given);
        default:
          return node.args.length > 0 ? kind('str') : kind('any');
      }
    }

    function profileCall(id: string, node: Expr & { t: 'call' }, given: readonly PythonKind[]): PythonKind {
      const profile = profiles.get(id);
      node.args.forEach((arg, index) => {
        if (!profile) return;
        if (arg.name)
          learn(
            of(profile.given, arg.name, () => kind()),
            given[index] as PythonKind,
          );
        else if (arg.star === '**')
          for (const part of parts(given[index] as PythonKind, 'dict'))
            for (const [key, value] of part.props)
              learn(
                of(profile.given, key, () => kind()),
                value,
              );
      });
      for (const value of given) bound(value);
      if (profile && node.fn.t === 'name' && !node.args.some(({ star }) => star !== '')) {
        const names = new Set(node.args.flatMap(({ name: own }) => (own ? [own] : [])));
        const isClass = parts(kinds.get(node.fn) ?? kind(), 'profile').length > 0;
        if (isClass)
          profile.required = profile.required
            ? new Set([...profile.required].filter((one) => names.has(one)))
            : names;
      } else if (profile && node.args.some(({ star }) => star !== '')) profile.required = new Set();
      return kind(`profile:${id}`);
    }

    function method(
      node: Expr & { t: 'call' },
      fn: Expr & { t: 'attr' },
      object: PythonKind,
      given: readonly PythonKind[],
      positional: readonly PythonKind[],
      scope: PythonScope,
    ): PythonKind | undefined {
      const first = positional[0] ?? kind();
      const struct = [...object.words].filter(
        (one) => one.startsWith('struct:') || one.startsWith('profile:') || one === 'ordered',
      );
      if (struct.length > 0 && fn.name === 'bind') {
        node.args.forEach((arg, index) => {
          const value = given[index] as PythonKind;
          bound(value);
          if (arg.star === '**') for (const part of parts(value, 'dict')) set(part, 'bound', true);
        });
        return kind(...object.words);
      }
      if (struct.length > 0) return fieldRead(object, fn.name);
      if (parts(object, 'builtin').some(({ name: own }) => own === 'os.environ'))
        return fn.name === 'get'
          ? positional[1] && !positional[1].words.has('none')
            ? joined(kind('str'), first.words.size ? (positional[1] as PythonKind) : kind())
            : kind('str', 'none')
          : kind('any');
      if (object.words.has('match'))
        return fn.name === 'groups' ? word('list of str', node, first) : kind('str');
      if (object.words.has('file')) {
        if (fn.name === 'read' || fn.name === 'readline') return kind('str');
        if (fn.name === 'readlines') return word('list of str', node, first);
        return kind('none');
      }
      if (object.words.has('str') && TEXT_METHODS[fn.name] && object.parts.size === 0) {
        if (fn.name === 'join') elements(first);
        return word(TEXT_METHODS[fn.name] as string, node, first);
      }
      const containers = parts(object, 'list', 'tuple', 'set', 'dict');
      if (containers.length === 0) return undefined;
      const result = kind();
      for (const part of containers)
        join(
          result,
          part.p === 'dict'
            ? dictMethod(part, node, fn.name, positional, given)
            : listMethod(part, node, fn.name, positional, scope),
        );
      if (object.words.has('any')) result.words.add('any');
      return result;
    }

    function fieldRead(object: PythonKind, field: string): PythonKind {
      const [one] = [...object.words];
      const type = FIELD_KINDS.get(`${(one ?? '').slice(7)}.${field}`);
      return type ? kind(type) : kind('any');
    }

    function listMethod(
      part: ListPart,
      node: Expr & { t: 'call' },
      id: string,
      positional: readonly PythonKind[],
      scope: PythonScope,
    ): PythonKind {
      const [first = kind(), second = kind()] = positional;
      switch (id) {
        case 'append':
        case 'add':
          set(part, 'changed', true);
          learn(part.of, first);
          return kind('none');
        case 'insert':
          set(part, 'changed', true);
          learn(part.of, second);
          return kind('none');
        case 'extend':
        case 'update':
          set(part, 'changed', true);
          learn(part.of, elements(first));
          return kind('none');
        case 'pop':
          set(part, 'changed', true);
          return part.of;
        case 'sort': {
          set(part, 'changed', true);
          const key = node.args.find(({ name: own }) => own === 'key');
          if (key) callback(evaluate(key.value, scope), part.of);
          return kind('none');
        }
        case 'remove':
        case 'reverse':
        case 'discard':
        case 'clear':
          set(part, 'changed', true);
          return kind('none');
        case 'index':
        case 'count':
          return kind('nat');
        case 'copy':
        case 'union':
        case 'intersection':
        case 'difference': {
          const copy = list(node, part.p);
          learn(copy.of, part.of);
          if (id === 'union') learn(copy.of, elements(first));
          return holding(copy);
        }
        case 'issubset':
        case 'issuperset':
          return kind('bool');
        default:
          return kind('any');
      }
    }

    function dictMethod(
      part: DictPart,
      node: Expr & { t: 'call' },
      id: string,
      positional: readonly PythonKind[],
      given: readonly PythonKind[],
    ): PythonKind {
      const [, second = kind('none')] = positional;
      const key = node.args[0]?.value;
      const own = key?.t === 'str' ? part.props.get(key.value) : undefined;
      const value = own ?? part.of;
      if (key && key.t !== 'str' && ['get', 'pop', 'setdefault', 'has_key'].includes(id)) {
        set(part, 'open', true);
        set(part, 'plain', true);
      }
      if (/^(?:iter)?(?:keys|items)$/.test(id)) set(part, 'plain', true);
      switch (id) {
        case 'get':
          return joined(value, second);
        case 'pop':
          set(part, 'changed', true);
          set(part, 'shrinks', true);
          return positional.length > 1 ? joined(value, second) : value;
        case 'setdefault':
          put(part, key, positional[0] ?? kind(), second, true);
          return joined(value, second);
        case 'has_key':
          return kind('bool');
        case 'keys':
        case 'iterkeys': {
          if (!quiet.has(node)) set(part, 'walked', true);
          const keys = list(node, 'list');
          learn(keys.of, part.props.size > 0 ? joined(part.key, kind('str')) : part.key);
          return holding(keys);
        }
        case 'values':
        case 'itervalues': {
          if (!quiet.has(node)) set(part, 'walked', true);
          const values = list(node, 'list');
          learn(values.of, part.of);
          return holding(values);
        }
        case 'items':
        case 'iteritems': {
          if (!quiet.has(node)) set(part, 'walked', true);
          const pair = list(
            of(pairs, node, () => ({})),
            'tuple',
            2,
          );
          const keys = part.props.size > 0 ? joined(part.key, kind('str')) : part.key;
          learn(pair.items?.[0] as PythonKind, keys);
          learn(pair.items?.[1] as PythonKind, part.of);
          learn(pair.of, keys);
          learn(pair.of, part.of);
          const items = list(node, 'list');
          learn(items.of, holding(pair));
          return holding(items);
        }
        case 'update':
          set(part, 'changed', true);
          node.args.forEach((arg, index) => {
            if (arg.name) {
              if (!part.props.has(arg.name)) set(part, 'open', true);
              learn(
                of(part.props, arg.name, () => kind()),
                given[index] as PythonKind,
              );
              learn(part.of, given[index] as PythonKind);
            } else {
              for (const from of parts(given[index] as PythonKind, 'dict'))
                for (const key of from.props.keys()) if (!part.props.has(key)) set(part, 'open', true);
              pour(given[index] as PythonKind, part);
            }
          });
          return kind('none');
        case 'copy': {
          const copy = dict(node);
          pour(holding(part), copy);
          return holding(copy);
        }
        case 'clear':
          set(part, 'changed', true);
          return kind('none');
        default:
          return kind('any');
      }
    }

    function statements(body: readonly Stmt[], scope: PythonScope): void {
      for (const stmt of body) statement(stmt, scope);
    }

    function statement(stmt: Stmt, scope: PythonScope): void {
      switch (stmt.t) {
        case 'expr':
          evaluate(stmt.value, scope);
          break;
        case 'print':
          for (const value of stmt.values) evaluate(value, scope);
          break;
        case 'assign': {
          const value = evaluate(stmt.value, scope);
          for (const target of stmt.targets) store(target, value, scope);
          break;
        }
        case 'update': {
          const left = evaluate(stmt.target, scope);
          const right = evaluate(stmt.value, scope);
          for (const part of parts(left, 'list')) {
            set(part, 'changed', true);
            if (stmt.op === '+') learn(part.of, elements(right));
          }
          if (parts(left, 'list').length === 0 || left.words.size > 0)
            store(stmt.target, operation(stmt.op, left, right, stmt), scope);
          else store(stmt.target, left, scope);
          break;
        }
        case 'if':
          for (const { test, body } of stmt.branches) {
            evaluate(test, scope);
            const sure = thereIn(test)
              .flatMap((id) => lookup(scope, id) ?? [])
              .filter((own) => !narrowed.has(own));
            for (const own of sure) narrowed.add(own);
            statements(body, scope);
            for (const own of sure) narrowed.delete(own);
          }
          statements(stmt.otherwise, scope);
          break;
        case 'for':
          store(stmt.target, elements(evaluate(stmt.iter, scope)), scope);
          statements(stmt.body, scope);
          statements(stmt.otherwise, scope);
          break;
        case 'while':
          evaluate(stmt.test, scope);
          statements(stmt.body, scope);
          statements(stmt.otherwise, scope);
          break;
        case 'def': {
          const own = lookup(scope, stmt.name);
          const value = holding(func(stmt, stmt.name, stmt.params, stmt.body, scope));
          if (own) learn(nameKind(own), value);
          break;
        }
        case 'class':
          profileClass(stmt, scope);
          break;
        case 'yield': {
          const result = returns.at(-1);
          const value = stmt.value ? evaluate(stmt.value, scope) : kind('none');
          const all = list(stmt, 'list');
          set(all, 'changed', true);
          const collected = [...(result?.parts ?? [])].find((one) => one.p === 'list') as
            | ListPart
            | undefined;
          if (collected) learn(collected.of, value);
          else {
            learn(all.of, value);
            if (result) learn(result, holding(all));
          }
          break;
        }
        case 'return': {
          if (stmt.value === undefined && generators.at(-1)) break;
          const result = returns.at(-1);
          const value = stmt.value ? evaluate(stmt.value, scope) : kind('none');
          if (result) learn(result, value);
          break;
        }
        case 'raise':
          if (stmt.value) evaluate(stmt.value, scope);
          break;
        case 'del':
          for (const target of stmt.targets) {
            if (target.t === 'index') {
              evaluate(target.index, scope);
              for (const part of parts(evaluate(target.object, scope), 'list', 'dict')) {
                set(part as DictPart, 'changed', true);
                if (part.p === 'dict') set(part, 'shrinks', true);
              }
            } else evaluate(target, scope);
          }
          break;
        case 'assert':
          evaluate(stmt.test, scope);
          if (stmt.message) evaluate(stmt.message, scope);
          break;
        case 'try':
          statements(stmt.body, scope);
          for (const handler of stmt.handlers) {
            const own = handler.name && lookup(scope, handler.name);
            if (own) learn(nameKind(own), kind('any'));
            statements(handler.body, scope);
          }
          statements(stmt.otherwise, scope);
          statements(stmt.final, scope);
          break;
        case 'with': {
          const value = evaluate(stmt.value, scope);
          const own = stmt.name && lookup(scope, stmt.name);
          if (own) learn(nameKind(own), value);
          statements(stmt.body, scope);
          break;
        }
        case 'import':
          for (const { name: full, as } of stmt.names) {
            const own = lookup(scope, as.split('.')[0] as string);
            if (own)
              learn(nameKind(own), named('module', as.includes('.') ? (full.split('.')[0] as string) : full));
          }
          break;
        case 'from':
          for (const { name: full, as } of stmt.names) {
            const own = lookup(scope, as);
            const path = `${stmt.module}.${full}`;
            if (own)
              learn(
                nameKind(own),
                path === 'os.path' || path === 'os.environ' ? named('builtin', path) : named('builtin', path),
              );
          }
          break;
        default:
      }
    }

    function profileClass(stmt: Stmt & { t: 'class' }, scope: PythonScope): void {
      const own = lookup(scope, stmt.name);
      const [base] = stmt.bases;
      const above = base ? evaluate(base, scope) : kind();
      const inherited = parts(above, 'profile')[0]?.name;
      const isStruct =
        parts(above, 'builtin').some(({ name: id }) => id === 'Struct') || inherited !== undefined;
      if (!own || !isStruct) {
        if (own) learn(nameKind(own), kind('any'));
        return;
      }
      if (!profiles.has(stmt.name)) {
        const fields = new Map<string, ProfileField>(inherited ? profiles.get(inherited)?.fields : []);
        if (!inherited)
          for (const line of stmt.body) {
            if (line.t !== 'assign' || line.targets[0]?.t !== 'name') continue;
            fields.set(line.targets[0].id, profileField(line.value));
          }
        profiles.set(stmt.name, {
          name: stmt.name,
          fields,
          given: new Map(),
          required: undefined,
          base: inherited,
        });
        news = true;
      }
      for (const line of stmt.body) if (line.t === 'assign') evaluate(line.value, scope);
      learn(nameKind(own), named('profile', stmt.name));
    }

    statements(module.file.body, scopes.file);
  }

  const pairs = new Map<object, object>();
  /** Views of dictionaries that are given to functions for which order makes no difference. */
  const quiet = new Set<Expr>();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    news = false;
    for (const module of modules) run(module);
    if (!news) break;
  }
  for (const part of made.values()) if (part.p === 'dict' && part.plain) part.fields = undefined;
  const nothing = kind();
  return {
    kindOf: (node) => kinds.get(node) ?? nothing,
    nameKind: (name) => names.get(name) ?? nothing,
    funcOf: (node) => {
      const part = made.get(node);
      return part?.p === 'func' ? part : undefined;
    },
    outside,
    profiles,
    partOf: (node) => {
      const part = made.get(node);
      return part && (part.p === 'dict' || part.p === 'list' || part.p === 'tuple' || part.p === 'set')
        ? part
        : undefined;
    },
    callee: (fn) => {
      const value = kinds.get(fn);
      if (!value || value.words.size > 0 || value.parts.size !== 1) return undefined;
      const [part] = value.parts;
      return part?.p === 'func' ? part : undefined;
    },
  };
}

type FuncCallAt = FuncCall & { node: Expr };

const typeName = (value: PythonKind): string =>
  [...value.words, ...[...value.parts].map((part) => ('name' in part ? part.name : part.p))].join('|');

function endsWithReturn(body: readonly Stmt[]): boolean {
  const last = body.at(-1);
  if (!last) return false;
  if (last.t === 'return' || last.t === 'raise') return true;
  if (last.t === 'if')
    return (
      last.otherwise.length > 0 &&
      [...last.branches.map((one) => one.body), last.otherwise].every(endsWithReturn)
    );
  return false;
}

/** How a field of a profile was declared: `Default(String, 'x')`, `Required(List(Integer))`, `Limits`. */
function profileField(value: Expr): ProfileField {
  if (value.t === 'name') return { type: value.id, of: undefined, default: undefined };
  if (value.t !== 'call' || value.fn.t !== 'name') return { type: 'any', of: undefined, default: undefined };
  const inside = value.args.map(({ value: arg }) => arg);
  const id = value.fn.id;
  if (id === 'Required' || id === 'Default') {
    const declared = inside[0] ? profileField(inside[0]) : { type: 'any', of: undefined };
    return { type: declared.type, of: declared.of, default: id === 'Default' ? inside[1] : undefined };
  }
  const last = inside.at(-1);
  return { type: id, of: last?.t === 'name' ? last.id : undefined, default: undefined };
}

/** Names that are not None when a test holds. */
function thereIn(test: Expr): readonly string[] {
  if (test.t === 'name') return [test.id];
  if (test.t === 'logic' && test.op === 'and') return [...thereIn(test.left), ...thereIn(test.right)];
  if (test.t !== 'compare' || test.first.t !== 'name') return [];
  const [only, ...more] = test.rest;
  const asks = more.length === 0 && (only?.op === 'is not' || only?.op === '!=') && only.right.t === 'none';
  return asks ? [test.first.id] : [];
}

/** What a builtin function returns when other code calls it. */
const calledBack = (id: string): string => {
  const text = BUILTIN_RESULTS[id] ?? MODULE_RESULTS[id] ?? 'any';
  return text.includes(' ') ? 'any' : text;
};

/** Functions whose result does not depend on the order of the elements they get. */
const ORDERLESS = new Set(['sorted', 'set', 'frozenset', 'min', 'max', 'any', 'all', 'len']);
const VIEWS = new Set(['keys', 'values', 'items', 'iterkeys', 'itervalues', 'iteritems']);
const isView = (node: Expr): boolean =>
  node.t === 'call' && node.fn.t === 'attr' && VIEWS.has(node.fn.name) && node.args.length === 0;

const TASK_HELPERS: ReadonlyMap<string, string> = new Map([
  ['Tasks.combine', 'combine_tasks'],
  ['Tasks.concat', 'concat_tasks'],
  ['Tasks.simple', 'SimpleTask'],
  ['Processes.order', 'order'],
  ['Options.java', 'java_options'],
  ['Options.python', 'python_options'],
]);

import { fieldKinds, fieldStructs } from './field-kinds.ts';

const FIELD_STRUCTS = fieldStructs();
const FIELD_KINDS = fieldKinds();
