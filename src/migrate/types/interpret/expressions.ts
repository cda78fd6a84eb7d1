import type { Expr } from '../../python/syntax.ts';
import type { PythonScope } from '../scopes.ts';
import { holding, isNatural, isNumber, join, kind, may, type PythonKind, parts } from '../value.ts';
import { call } from './calls.ts';
import { at, elements, elementsOfLists, pour, put, withoutDicts } from './containers.ts';
import { func } from './functions.ts';
import type { Interpreter } from './interpreter.ts';
import { nameOf } from './names.ts';
import { operation } from './operations.ts';
import { store } from './store.ts';

/** What an expression can be, by what is known so far. */
export function evaluated(run: Interpreter, node: Expr, scope: PythonScope): PythonKind {
  const { known } = run;
  switch (node.t) {
    case 'num':
      return kind(node.float ? 'float' : node.value >= 0 ? 'nat' : 'int');
    case 'str':
      return kind('str');
    case 'fstr':
      for (const part of node.parts) if (typeof part !== 'string') run.evaluate(part.value, scope);
      return kind('str');
    case 'repr':
      run.evaluate(node.value, scope);
      return kind('str');
    case 'bool':
      return kind('bool');
    case 'none':
      return kind('none');
    case 'name':
      return nameOf(run, node.id, scope);
    case 'list':
    case 'set':
    case 'tuple': {
      const starred = node.items.some(({ t }) => t === 'star');
      const part = known.list(node, node.t, starred ? undefined : node.items.length);
      node.items.forEach((item, index) => {
        const value =
          item.t === 'star' ? elements(known, run.evaluate(item.value, scope)) : run.evaluate(item, scope);
        known.learn(part.of, value);
        const own = part.items?.[index];
        if (own) known.learn(own, value);
      });
      return holding(part);
    }
    case 'star':
      return run.evaluate(node.value, scope);
    case 'dict': {
      const part = known.dict(node);
      part.literal = true;
      for (const { key, value } of node.entries) {
        const kinds = run.evaluate(value, scope);
        if (key) put(known, part, key, run.evaluate(key, scope), kinds, false);
        else pour(known, kinds, part);
      }
      return holding(part);
    }
    case 'comp':
      return comprehension(run, node, scope);
    case 'call':
      return call(run, node, scope);
    case 'attr':
      return attribute(run, node, scope);
    case 'index': {
      const object = run.evaluate(node.object, scope);
      const index = run.evaluate(node.index, scope);
      const result = kind();
      if (node.index.t === 'num') join(result, at(known, withoutDicts(object), node.index.value));
      else if (node.index.t === 'unary' && node.index.op === '-' && node.index.operand.t === 'num')
        join(result, at(known, withoutDicts(object), -node.index.operand.value));
      else join(result, elementsOfLists(known, object));
      for (const part of parts(object, 'dict')) {
        const own = node.index.t === 'str' ? part.props.get(node.index.value) : undefined;
        join(result, own ?? part.of);
        if (!own && may(index, 'nat', 'int')) join(result, part.of);
        if (node.index.t !== 'str') {
          known.set(part, 'open', true);
          known.set(part, 'plain', true);
        }
      }
      for (const part of parts(object, 'builtin')) if (part.name === 'os.environ') result.words.add('str');
      return result;
    }
    case 'slice': {
      for (const bound of node.bounds) if (bound) run.evaluate(bound, scope);
      const object = run.evaluate(node.object, scope);
      if (parts(object, 'list', 'tuple').length === 0) return object;
      const part = known.list(node, 'list');
      known.learn(part.of, elements(known, object));
      const result = holding(part);
      for (const word of object.words) result.words.add(word);
      return result;
    }
    case 'unary': {
      const value = run.evaluate(node.operand, scope);
      if (node.op === 'not') return kind('bool');
      if (isNatural(value)) return node.op === '-' ? kind('int') : kind('nat');
      return isNumber(value) ? value : kind('any');
    }
    case 'binary':
      return operation(known, node.op, run.evaluate(node.left, scope), run.evaluate(node.right, scope), node);
    case 'logic': {
      const left = run.evaluate(node.left, scope);
      const right = run.evaluate(node.right, scope);
      const result = kind(...left.words, ...right.words);
      if (node.op === 'or') {
        result.words.delete('none');
        if (right.words.has('none')) result.words.add('none');
      }
      for (const part of [...left.parts, ...right.parts]) result.parts.add(part);
      return result;
    }
    case 'compare':
      run.evaluate(node.first, scope);
      for (const { op, right } of node.rest) {
        const value = run.evaluate(right, scope);
        if (op.endsWith('in') && node.first.t !== 'str')
          for (const part of parts(value, 'dict')) known.set(part, 'plain', true);
      }
      return kind('bool');
    case 'cond': {
      run.evaluate(node.test, scope);
      const result = kind();
      join(result, run.evaluate(node.value, scope));
      join(result, run.evaluate(node.else, scope));
      return result;
    }
    case 'lambda':
      return holding(func(run, node, 'lambda', node.params, node.body, scope));
    default:
      return kind('any');
  }
}

function comprehension(run: Interpreter, node: Expr & { t: 'comp' }, scope: PythonScope): PythonKind {
  const { known } = run;
  const inside = run.module.scopes.of.get(node) as PythonScope;
  node.clauses.forEach((clause, index) => {
    const from = run.evaluate(clause.iter, index === 0 ? scope : inside);
    store(run, clause.target, elements(known, from), inside);
    for (const test of clause.tests) run.evaluate(test, inside);
  });
  const element = run.evaluate(node.element, inside);
  if (node.kind === 'dict' && node.key) {
    const part = known.dict(node);
    put(known, part, undefined, run.evaluate(node.key, inside), element, false);
    return holding(part);
  }
  const part = known.list(node, node.kind === 'set' ? 'set' : 'list');
  known.learn(part.of, element);
  return holding(part);
}

function attribute(run: Interpreter, node: Expr & { t: 'attr' }, scope: PythonScope): PythonKind {
  const { known } = run;
  const object = run.evaluate(node.object, scope);
  for (const part of parts(object, 'module', 'builtin')) {
    const path = `${part.name}.${node.name}`;
    if (path === 'os.environ' || path === 'os.path') return known.named('builtin', path);
    if (path === 'sys.argv') return kind('any');
    if (path === 'os.sep' || path === 'os.linesep' || path.startsWith('string.')) return kind('str');
    return known.named('builtin', path);
  }
  if (may(object, 'str')) return kind();
  return object.parts.size > 0 ? kind() : kind('any');
}
