import type { Expr } from '../../python/syntax.ts';
import { lookup, type PythonScope } from '../scopes.ts';
import { holding, type PythonKind } from '../value.ts';
import { at, elements, put } from './containers.ts';
import type { Interpreter } from './interpreter.ts';

/** A value is assigned to a name, to several, or to an entry. */
export function store(run: Interpreter, target: Expr, value: PythonKind, scope: PythonScope): void {
  const { known } = run;
  known.learn(known.kindAt(target), value);
  if (target.t === 'name') {
    const own = lookup(scope, target.id);
    if (own) known.learn(known.nameKind(own), value);
  } else if (target.t === 'tuple' || target.t === 'list') {
    target.items.forEach((item, index) => {
      if (item.t === 'star') {
        const rest = known.list(item, 'list');
        known.learn(rest.of, elements(known, value));
        store(run, item.value, holding(rest), scope);
      } else store(run, item, at(known, value, index), scope);
    });
  } else if (target.t === 'index') {
    const object = run.evaluate(target.object, scope);
    const key = run.evaluate(target.index, scope);
    for (const part of object.parts) {
      if (part.p === 'list') {
        known.set(part, 'changed', true);
        known.learn(part.of, value);
      } else if (part.p === 'dict') put(known, part, target.index, key, value, true);
    }
  } else if (target.t === 'attr') {
    run.evaluate(target.object, scope);
  }
}
