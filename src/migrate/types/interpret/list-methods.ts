import { holding, kind, type ListPart, type PythonKind } from '../value.ts';
import { elements } from './containers.ts';
import { callback } from './functions.ts';
import type { Interpreter, PythonCall } from './interpreter.ts';

/** A method of a list, tuple or set is called. */
export function listMethod(
  run: Interpreter,
  part: ListPart,
  id: string,
  { node, positional, scope }: PythonCall,
): PythonKind {
  const { known } = run;
  const [first = kind(), second = kind()] = positional;
  switch (id) {
    case 'append':
    case 'add':
      known.set(part, 'changed', true);
      known.learn(part.of, first);
      return kind('none');
    case 'insert':
      known.set(part, 'changed', true);
      known.learn(part.of, second);
      return kind('none');
    case 'extend':
    case 'update':
      known.set(part, 'changed', true);
      known.learn(part.of, elements(known, first));
      return kind('none');
    case 'pop':
      known.set(part, 'changed', true);
      return part.of;
    case 'sort': {
      known.set(part, 'changed', true);
      const key = node.args.find(({ name: own }) => own === 'key');
      if (key) callback(known, run.evaluate(key.value, scope), part.of);
      return kind('none');
    }
    case 'remove':
    case 'reverse':
    case 'discard':
    case 'clear':
      known.set(part, 'changed', true);
      return kind('none');
    case 'index':
    case 'count':
      return kind('nat');
    case 'copy':
    case 'union':
    case 'intersection':
    case 'difference': {
      const copy = known.list(node, part.p);
      known.learn(copy.of, part.of);
      if (id === 'union') known.learn(copy.of, elements(known, first));
      return holding(copy);
    }
    case 'issubset':
    case 'issuperset':
      return kind('bool');
    default:
      return kind('any');
  }
}
