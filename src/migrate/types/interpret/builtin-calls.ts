import { BUILTIN_RESULTS, MODULE_RESULTS } from '../builtins.ts';
import { inAnyOrder, type Knowledge } from '../knowledge.ts';
import { LANGUAGE_FUNCTIONS, STRUCT_NAMES } from '../language.ts';
import {
  holding,
  isNatural,
  isNumber,
  joined,
  kind,
  type NamedPart,
  type PythonKind,
  parts,
} from '../value.ts';
import { bind, elements, elementsOfLists, pour, put, tuples } from './containers.ts';
import { callback } from './functions.ts';
import type { Interpreter, PythonCall } from './interpreter.ts';
import { operation } from './operations.ts';
import { ORDERLESS } from './order.ts';
import { resultOf } from './results.ts';
import { structFields } from './structs.ts';

/** Helpers of the schema language by the names of their classes. */
const TASK_HELPERS: ReadonlyMap<string, string> = new Map([
  ['Tasks.combine', 'combine_tasks'],
  ['Tasks.concat', 'concat_tasks'],
  ['Tasks.simple', 'SimpleTask'],
  ['Processes.order', 'order'],
  ['Options.java', 'java_options'],
  ['Options.python', 'python_options'],
]);

const keyed = ({ node, given }: PythonCall, key: string): PythonKind | undefined =>
  given[node.args.findIndex(({ name }) => name === key)];

/** A function of Python, of its modules or of the schema language is called. */
export function builtinCall(run: Interpreter, id: string, call: PythonCall): PythonKind {
  const { known } = run;
  const { node, given, positional } = call;
  const struct = STRUCT_NAMES.get(id);
  if (struct) {
    structFields(known, struct, call);
    return id === 'SequentialTask' ? kind(`struct:${struct}`, 'ordered') : kind(`struct:${struct}`);
  }
  const path = TASK_HELPERS.get(id) ?? id;
  const helper = LANGUAGE_FUNCTIONS.get(path);
  if (helper) {
    node.args.forEach((arg, index) => {
      if (arg.star !== '')
        for (const part of parts(given[index] as PythonKind, 'dict')) known.set(part, 'fields', 'Task');
    });
    for (const value of positional) for (const part of parts(value, 'dict')) known.set(part, 'walked', true);
    return resultOf(known, helper, node, positional[0] ?? kind());
  }
  const free = ORDERLESS.has(id) && !node.args.some(({ name: own }) => own === 'key');
  return inAnyOrder(known, free, () => builtinResult(known, id, call));
}

function builtinResult(known: Knowledge, id: string, call: PythonCall): PythonKind {
  const { node, given, positional } = call;
  const [first = kind()] = positional;
  if (id === 'sorted' || id === 'min' || id === 'max')
    callback(known, keyed(call, 'key'), elements(known, first));
  if (id === 'filter') {
    const source = positional[1] ?? kind();
    callback(known, first, elements(known, source));
    return resultOf(known, 'list of of', node, source);
  }
  const text = BUILTIN_RESULTS[id] ?? MODULE_RESULTS[id];
  switch (text) {
    case undefined:
      return kind('any');
    case 'dict': {
      const part = known.dict(node);
      if (id === 'collections.OrderedDict') known.set(part, 'map', true);
      node.args.forEach((arg, index) => {
        const value = given[index] as PythonKind;
        if (arg.name) {
          known.add(part.props, arg.name, value);
          known.learn(part.of, value);
        } else {
          pour(known, value, part);
          for (const pair of parts(elementsOfLists(known, value), 'tuple', 'list')) {
            put(known, part, undefined, pair.items?.[0] ?? pair.of, pair.items?.[1] ?? pair.of, false);
          }
        }
      });
      return holding(part);
    }
    case 'divmod': {
      const pair = known.list(node, 'tuple', 2);
      for (const item of [pair.of, ...(pair.items ?? [])])
        known.learn(
          item,
          positional.length === 2
            ? operation(known, '//', first, positional[1] as PythonKind, pair)
            : kind('any'),
        );
      return holding(pair);
    }
    case 'enumerate': {
      return tuples(known, node, [kind('nat'), elements(known, first)]);
    }
    case 'zip':
    case 'product': {
      return tuples(
        known,
        node,
        positional.map((value) => elements(known, value)),
      );
    }
    case 'chain': {
      const part = known.list(node, 'list');
      for (const value of positional) known.learn(part.of, elements(known, value));
      return holding(part);
    }
    case 'map': {
      const part = known.list(node, 'list');
      known.learn(
        part.of,
        callback(known, first, ...positional.slice(1).map((value) => elements(known, value))),
      );
      return holding(part);
    }
    case 'range': {
      const part = known.list(node, 'list');
      known.learn(part.of, kind(positional.every(isNatural) ? 'nat' : 'int'));
      return holding(part);
    }
    case 'extreme':
      return positional.length > 1 ? positional.reduce(joined, kind()) : elements(known, first);
    case 'sum':
      return isNumber(elements(known, first)) ? elements(known, first) : kind('any');
    case 'round':
      return kind(known.python === 3 && positional.length < 2 ? 'int' : 'float');
    case 'ceil':
      return kind(known.python === 3 ? 'int' : 'float');
    case 'env':
      return positional[1] && !positional[1].words.has('none')
        ? joined(kind('str'), positional[1])
        : kind('str', 'none');
    case 'file':
      return kind('file');
    default:
      return resultOf(known, text, node, first);
  }
}

/** A type of the schema language is called: it converts a value, or is given its parameters. */
export function typeCall(
  known: Knowledge,
  part: NamedPart,
  { node, given, positional }: PythonCall,
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
      if (part.of.length === 0) return known.named('type', part.name, positional);
      if (part.name === 'List') return first ?? kind('any');
      bind(known, first ?? kind());
      return kind('bindmap');
    case 'Enum':
      if (part.of.length === 0) return known.named('type', 'Enum', [kind('str')]);
      return kind('str');
    case 'Required':
    case 'Default':
      return known.named('type', part.name, given);
    default:
      return node.args.length > 0 ? kind('str') : kind('any');
  }
}
