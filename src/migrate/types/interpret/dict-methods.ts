import type { Knowledge } from '../knowledge.ts';
import { type DictPart, holding, joined, kind, type PythonKind, parts } from '../value.ts';
import { pour, put, tuples } from './containers.ts';
import type { PythonCall } from './interpreter.ts';

/** A method of a dictionary is called. */
export function dictMethod(
  known: Knowledge,
  part: DictPart,
  id: string,
  { node, given, positional }: PythonCall,
): PythonKind {
  const [, second = kind('none')] = positional;
  const key = node.args[0]?.value;
  const own = key?.t === 'str' ? part.props.get(key.value) : undefined;
  const value = own ?? part.of;
  if (key && key.t !== 'str' && ['get', 'pop', 'setdefault', 'has_key'].includes(id)) {
    known.set(part, 'open', true);
    known.set(part, 'plain', true);
  }
  if (/^(?:iter)?(?:keys|items)$/.test(id)) known.set(part, 'plain', true);
  switch (id) {
    case 'get':
      return joined(value, second);
    case 'pop':
      known.set(part, 'changed', true);
      known.set(part, 'shrinks', true);
      return positional.length > 1 ? joined(value, second) : value;
    case 'setdefault':
      put(known, part, key, positional[0] ?? kind(), second, true);
      return joined(value, second);
    case 'has_key':
      return kind('bool');
    case 'keys':
    case 'iterkeys': {
      if (!known.quiet.has(node)) known.set(part, 'walked', true);
      const keys = known.list(node, 'list');
      known.learn(keys.of, part.props.size > 0 ? joined(part.key, kind('str')) : part.key);
      return holding(keys);
    }
    case 'values':
    case 'itervalues': {
      if (!known.quiet.has(node)) known.set(part, 'walked', true);
      const values = known.list(node, 'list');
      known.learn(values.of, part.of);
      return holding(values);
    }
    case 'items':
    case 'iteritems': {
      if (!known.quiet.has(node)) known.set(part, 'walked', true);
      const keys = part.props.size > 0 ? joined(part.key, kind('str')) : part.key;
      return tuples(known, node, [keys, part.of]);
    }
    case 'update':
      known.set(part, 'changed', true);
      node.args.forEach((arg, index) => {
        if (arg.name) {
          if (!part.props.has(arg.name)) known.set(part, 'open', true);
          known.add(part.props, arg.name, given[index] as PythonKind);
          known.learn(part.of, given[index] as PythonKind);
        } else {
          for (const from of parts(given[index] as PythonKind, 'dict'))
            for (const key of from.props.keys()) if (!part.props.has(key)) known.set(part, 'open', true);
          pour(known, given[index] as PythonKind, part);
        }
      });
      return kind('none');
    case 'copy': {
      const copy = known.dict(node);
      pour(known, holding(part), copy);
      return holding(copy);
    }
    case 'clear':
      known.set(part, 'changed', true);
      return kind('none');
    default:
      return kind('any');
  }
}
