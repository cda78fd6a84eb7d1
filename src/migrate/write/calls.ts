import { BINDS, type Code, call, code, inside } from '../layout/code.ts';
import type { Doc } from '../layout/doc.ts';
import type { Expr } from '../python/syntax.ts';
import { BUILTIN_RESULTS } from '../types/builtins.ts';
import { STRUCT_NAMES } from '../types/language.ts';
import type { PythonScope } from '../types/scopes.ts';
import { isStruct, parts } from '../types/value.ts';
import { builtinCall } from './builtins.ts';
import type { Writing } from './context.ts';
import { functionCall, parameters } from './functions.ts';
import { arrow } from './iteration.ts';
import { methodCall } from './methods.ts';
import { moduleCall } from './modules.ts';
import { bindCall, copyCall, fieldRead, languageCall, profileCall, structCall, typeCall } from './structs.ts';

type Call = Expr & { t: 'call' };

/** Writes a call: of a struct, a copy, a function of the file, or one of Python's own. */
export function callExpression(writing: Writing, node: Call, scope: PythonScope): Code {
  const { fn } = node;
  const callee = writing.kind(fn);
  const words = [...callee.words];
  const func = writing.inference.callee(fn);
  if (func) {
    if (fn.t === 'name' || fn.t === 'lambda')
      return functionCall(writing, func, writing.expr(fn, scope), node, scope);
    return functionCall(writing, func, writing.expr(fn, scope), node, scope);
  }
  const [profile] = parts(callee, 'profile');
  if (profile && words.length === 0) return profileCall(writing, profile.name, node, scope, false);
  const copied = words.find((word) => word.startsWith('profile:'));
  if (copied) return profileCall(writing, copied.slice('profile:'.length), node, scope, true);
  if (isStruct(callee))
    return copyCall(
      writing,
      (words.find((word) => word.startsWith('struct:')) as string).slice(7),
      node,
      scope,
    );
  const typed = typeCall(writing, node, scope);
  if (typed) return typed;
  const [builtin] = parts(callee, 'builtin');
  if (builtin) {
    if (STRUCT_NAMES.has(builtin.name) && fn.t === 'name')
      return structCall(writing, builtin.name, node, scope);
    const language = languageCall(writing, builtin.name, node, scope);
    if (language) return language;
    if (builtin.name === 'include') return writing.open(node, 'an include inside an expression');
    const made =
      (BUILTIN_RESULTS[builtin.name] ? builtinCall(writing, builtin.name, node, scope) : undefined) ??
      moduleCall(writing, builtin.name, node, scope);
    if (made) return made;
  }
  if (fn.t === 'attr') {
    const object = writing.kind(fn.object);
    const isValue = [...object.words].some(
      (word) => word.startsWith('struct:') || word.startsWith('profile:'),
    );
    if (isValue && fn.name === 'bind') return bindCall(writing, node, fn, scope);
    if (isValue) return fieldRead(writing, node, fn, scope);
    const made = methodCall(writing, node, fn, scope);
    if (made) return made;
    return writing.open(node, `${builtin ? builtin.name : `the method ${fn.name}`} has no counterpart here`);
  }
  if (builtin) return writing.open(node, `${builtin.name} with these arguments has no counterpart here`);
  const several = parts(callee, 'func');
  if (several.length > 0 && node.args.every((arg) => !arg.name && arg.star !== '**'))
    return call(
      inside(writing.expr(fn, scope), BINDS.call),
      node.args.map((arg) =>
        arg.star ? code(['...', writing.expr(arg.value, scope).doc]) : writing.expr(arg.value, scope),
      ),
    );
  if (fn.t === 'name' && writing.local(fn.id, scope) === undefined)
    return writing.open(node, `${fn.id} is not part of the language; it is defined nowhere`);
  if (
    node.args.every((arg) => !arg.name && arg.star !== '**') &&
    several.length === 0 &&
    fn.t === 'name' &&
    callee.words.size === 0
  )
    return call(
      inside(writing.expr(fn, scope), BINDS.call),
      node.args.map((arg) =>
        arg.star ? code(['...', writing.expr(arg.value, scope).doc]) : writing.expr(arg.value, scope),
      ),
    );
  return writing.open(node, 'a call of something of which it is not known what it is');
}

/** Writes a lambda as an arrow function. */
export function lambda(writing: Writing, node: Expr & { t: 'lambda' }): Code {
  const own = writing.module.scopes.of.get(node) as PythonScope;
  const part = writing.inference.funcOf(node);
  writing.yielded.push(undefined);
  const body = writing.expr(node.body, own);
  writing.yielded.pop();
  const params: Doc = part ? parameters(writing, part) : '()';
  return arrow(params, body);
}
