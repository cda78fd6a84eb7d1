import type { Expr, Stmt } from '../../python/syntax.ts';
import { lookup, type PythonScope } from '../scopes.ts';
import { type DictPart, holding, kind, type ListPart, parts } from '../value.ts';
import { elements } from './containers.ts';
import { func } from './functions.ts';
import type { Interpreter } from './interpreter.ts';
import { operation } from './operations.ts';
import { profileClass } from './profiles.ts';
import { store } from './store.ts';

/** Names that are not None when a test holds. */
function thereIn(test: Expr): readonly string[] {
  if (test.t === 'name') return [test.id];
  if (test.t === 'logic' && test.op === 'and') return [...thereIn(test.left), ...thereIn(test.right)];
  if (test.t !== 'compare' || test.first.t !== 'name') return [];
  const [only, ...more] = test.rest;
  const asks = more.length === 0 && (only?.op === 'is not' || only?.op === '!=') && only.right.t === 'none';
  return asks ? [test.first.id] : [];
}

/** What is found out by carrying out a statement. */
export function statement(run: Interpreter, stmt: Stmt, scope: PythonScope): void {
  const { known } = run;
  switch (stmt.t) {
    case 'expr':
      run.evaluate(stmt.value, scope);
      break;
    case 'print':
      for (const value of stmt.values) run.evaluate(value, scope);
      break;
    case 'assign': {
      const value = run.evaluate(stmt.value, scope);
      for (const target of stmt.targets) store(run, target, value, scope);
      break;
    }
    case 'update': {
      const left = run.evaluate(stmt.target, scope);
      const right = run.evaluate(stmt.value, scope);
      for (const part of parts(left, 'list')) {
        known.set(part, 'changed', true);
        if (stmt.op === '+') known.learn(part.of, elements(known, right));
      }
      if (parts(left, 'list').length === 0 || left.words.size > 0)
        store(run, stmt.target, operation(known, stmt.op, left, right, stmt), scope);
      else store(run, stmt.target, left, scope);
      break;
    }
    case 'if':
      for (const { test, body } of stmt.branches) {
        run.evaluate(test, scope);
        const sure = thereIn(test)
          .flatMap((id) => lookup(scope, id) ?? [])
          .filter((own) => !run.narrowed.has(own));
        for (const own of sure) run.narrowed.add(own);
        run.statements(body, scope);
        for (const own of sure) run.narrowed.delete(own);
      }
      run.statements(stmt.otherwise, scope);
      break;
    case 'for':
      store(run, stmt.target, elements(known, run.evaluate(stmt.iter, scope)), scope);
      run.statements(stmt.body, scope);
      run.statements(stmt.otherwise, scope);
      break;
    case 'while':
      run.evaluate(stmt.test, scope);
      run.statements(stmt.body, scope);
      run.statements(stmt.otherwise, scope);
      break;
    case 'def': {
      const own = lookup(scope, stmt.name);
      const value = holding(func(run, stmt, stmt.name, stmt.params, stmt.body, scope));
      if (own) known.learn(known.nameKind(own), value);
      break;
    }
    case 'class':
      profileClass(run, stmt, scope);
      break;
    case 'yield': {
      const result = run.functions.at(-1)?.result;
      const value = stmt.value ? run.evaluate(stmt.value, scope) : kind('none');
      const all = known.list(stmt, 'list');
      known.set(all, 'changed', true);
      const collected = [...(result?.parts ?? [])].find((one) => one.p === 'list') as ListPart | undefined;
      if (collected) known.learn(collected.of, value);
      else {
        known.learn(all.of, value);
        if (result) known.learn(result, holding(all));
      }
      break;
    }
    case 'return': {
      const inside = run.functions.at(-1);
      if (stmt.value === undefined && inside?.isGenerator) break;
      const value = stmt.value ? run.evaluate(stmt.value, scope) : kind('none');
      if (inside) known.learn(inside.result, value);
      break;
    }
    case 'raise':
      if (stmt.value) run.evaluate(stmt.value, scope);
      break;
    case 'del':
      for (const target of stmt.targets) {
        if (target.t === 'index') {
          run.evaluate(target.index, scope);
          for (const part of parts(run.evaluate(target.object, scope), 'list', 'dict')) {
            known.set(part as DictPart, 'changed', true);
            if (part.p === 'dict') known.set(part, 'shrinks', true);
          }
        } else run.evaluate(target, scope);
      }
      break;
    case 'assert':
      run.evaluate(stmt.test, scope);
      if (stmt.message) run.evaluate(stmt.message, scope);
      break;
    case 'try':
      run.statements(stmt.body, scope);
      for (const handler of stmt.handlers) {
        const own = handler.name && lookup(scope, handler.name);
        if (own) known.learn(known.nameKind(own), kind('any'));
        run.statements(handler.body, scope);
      }
      run.statements(stmt.otherwise, scope);
      run.statements(stmt.final, scope);
      break;
    case 'with': {
      const value = run.evaluate(stmt.value, scope);
      const own = stmt.name && lookup(scope, stmt.name);
      if (own) known.learn(known.nameKind(own), value);
      run.statements(stmt.body, scope);
      break;
    }
    case 'import':
      for (const { name: full, as } of stmt.names) {
        const own = lookup(scope, as.split('.')[0] as string);
        if (own)
          known.learn(
            known.nameKind(own),
            known.named('module', as.includes('.') ? (full.split('.')[0] as string) : full),
          );
      }
      break;
    case 'from':
      for (const { name: full, as } of stmt.names) {
        const own = lookup(scope, as);
        const path = `${stmt.module}.${full}`;
        if (own) known.learn(known.nameKind(own), known.named('builtin', path));
      }
      break;
    default:
  }
}
