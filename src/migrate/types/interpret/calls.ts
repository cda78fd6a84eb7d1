import type { Expr } from '../../python/syntax.ts';
import type { PythonScope } from '../scopes.ts';
import { join, kind, type PythonKind } from '../value.ts';
import { builtinCall, typeCall } from './builtin-calls.ts';
import { invoke } from './functions.ts';
import type { Interpreter, PythonCall } from './interpreter.ts';
import { method } from './methods.ts';
import { isView, ORDERLESS } from './order.ts';
import { profileCall } from './profiles.ts';
import { structFields } from './structs.ts';

/** What a call gives: a method, else whatever the called value can be. */
export function call(run: Interpreter, node: Expr & { t: 'call' }, scope: PythonScope): PythonKind {
  const { known } = run;
  const { fn, args } = node;
  const [only] = args;
  if (fn.t === 'name' && ORDERLESS.has(fn.id) && args.length === 1 && only && isView(only.value))
    known.quiet.add(only.value);
  const given = args.map((arg) => run.evaluate(arg.value, scope));
  const callee = run.evaluate(fn, scope);
  const positional = args.flatMap((arg, index) =>
    arg.star === '' && !arg.name ? [given[index] as PythonKind] : [],
  );
  const made: PythonCall = { node, given, positional, scope };
  if (fn.t === 'attr') {
    const object = run.evaluate(fn.object, scope);
    const result = method(run, fn.name, object, made);
    if (result) return result;
  }
  const result = kind();
  for (const part of callee.parts) {
    if (part.p === 'func') join(result, invoke(known, part, made));
    else if (part.p === 'builtin') join(result, builtinCall(run, part.name, made));
    else if (part.p === 'type') join(result, typeCall(known, part, made));
    else if (part.p === 'profile') join(result, profileCall(known, part.name, made));
    else result.words.add('any');
  }
  for (const one of callee.words) {
    if (one === 'any') result.words.add('any');
    if (one.startsWith('struct:')) {
      structFields(known, one.slice('struct:'.length), made);
      join(result, kind(one));
      if (callee.words.has('ordered')) result.words.add('ordered');
    }
    if (one.startsWith('profile:')) {
      profileCall(known, one.slice('profile:'.length), made);
      join(result, kind(one));
    }
    if (one === 'ordered' && callee.words.size > 1) result.words.add('ordered');
  }
  return result;
}
