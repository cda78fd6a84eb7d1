import { TEXT_METHODS } from '../builtins.ts';
import { join, joined, kind, type PythonKind, parts } from '../value.ts';
import { bind, elements } from './containers.ts';
import { dictMethod } from './dict-methods.ts';
import type { Interpreter, PythonCall } from './interpreter.ts';
import { listMethod } from './list-methods.ts';
import { resultOf } from './results.ts';
import { fieldRead } from './structs.ts';

/** A method is called; undefined when the object is nothing that has methods of its own. */
export function method(
  run: Interpreter,
  name: string,
  object: PythonKind,
  call: PythonCall,
): PythonKind | undefined {
  const { known } = run;
  const { node, given, positional } = call;
  const first = positional[0] ?? kind();
  const struct = [...object.words].filter(
    (one) => one.startsWith('struct:') || one.startsWith('profile:') || one === 'ordered',
  );
  if (struct.length > 0 && name === 'bind') {
    node.args.forEach((arg, index) => {
      const value = given[index] as PythonKind;
      bind(known, value);
      if (arg.star === '**') for (const part of parts(value, 'dict')) known.set(part, 'bound', true);
    });
    return kind(...object.words);
  }
  if (struct.length > 0) return fieldRead(object, name);
  if (parts(object, 'builtin').some((part) => part.name === 'os.environ')) {
    if (name !== 'get') return kind('any');
    const [, otherwise] = positional;
    if (!otherwise || otherwise.words.has('none')) return kind('str', 'none');
    return first.words.size > 0 ? joined(kind('str'), otherwise) : kind('str');
  }
  if (object.words.has('match'))
    return name === 'groups' ? resultOf(known, 'list of str', node, first) : kind('str');
  if (object.words.has('file')) {
    if (name === 'read' || name === 'readline') return kind('str');
    if (name === 'readlines') return resultOf(known, 'list of str', node, first);
    return kind('none');
  }
  if (object.words.has('str') && TEXT_METHODS[name] && object.parts.size === 0) {
    if (name === 'join') elements(known, first);
    return resultOf(known, TEXT_METHODS[name] as string, node, first);
  }
  const containers = parts(object, 'list', 'tuple', 'set', 'dict');
  if (containers.length === 0) return undefined;
  const result = kind();
  for (const part of containers)
    join(result, part.p === 'dict' ? dictMethod(known, part, name, call) : listMethod(run, part, name, call));
  if (object.words.has('any')) result.words.add('any');
  return result;
}
