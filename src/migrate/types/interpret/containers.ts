/** What is found out when lists, tuples, sets and dictionaries are read and filled. */
import type { Expr } from '../../python/syntax.ts';
import type { Knowledge } from '../knowledge.ts';
import { type DictPart, holding, join, kind, may, type PythonKind, parts } from '../value.ts';

/** What iterating over a value gives. */
export function elements(known: Knowledge, value: PythonKind): PythonKind {
  const result = kind();
  if (value.words.has('str')) result.words.add('str');
  if (value.words.has('any')) result.words.add('any');
  for (const part of value.parts) {
    if (part.p === 'list' || part.p === 'tuple' || part.p === 'set') join(result, part.of);
    if (part.p === 'dict') {
      if (!known.orderless) known.set(part, 'walked', true);
      known.set(part, 'plain', true);
      join(result, part.key);
      for (const key of part.props.keys()) if (key !== undefined) result.words.add('str');
    }
  }
  return result;
}

/** The element at a literal index. */
export function at(known: Knowledge, value: PythonKind, index: number): PythonKind {
  const result = kind();
  if (value.words.has('any')) result.words.add('any');
  if (value.words.has('str')) result.words.add('str');
  for (const part of value.parts) {
    if (part.p === 'list' || part.p === 'tuple' || part.p === 'set')
      join(result, (!part.changed && part.items?.at(index)) || part.of);
    if (part.p === 'dict') join(result, elements(known, value));
  }
  return result;
}

/** The value unless it is a dictionary. */
export const withoutDicts = (value: PythonKind): PythonKind => ({
  words: value.words,
  parts: new Set([...value.parts].filter(({ p }) => p !== 'dict')),
});

/** What iterating gives, dictionaries left out. */
export const elementsOfLists = (known: Knowledge, value: PythonKind): PythonKind =>
  elements(known, withoutDicts(value));

/** An entry is made; `later`, when the dictionary was there before. */
export function put(
  known: Knowledge,
  part: DictPart,
  key: Expr | undefined,
  keyKind: PythonKind,
  value: PythonKind,
  later: boolean,
): void {
  if (later) known.set(part, 'changed', true);
  if (key?.t === 'str') {
    if (later && !part.props.has(key.value)) known.set(part, 'open', true);
    known.add(part.props, key.value, value);
  } else {
    known.set(part, 'open', true);
    if (later) known.set(part, 'plain', true);
    known.learn(part.key, keyKind);
  }
  known.learn(part.of, value);
  if (!part.map && keyKind.words.size > 0 && !may(keyKind, 'str', 'any')) known.set(part, 'map', true);
  if (keyKind.parts.size > 0) known.set(part, 'map', true);
  // JavaScript's objects put such keys first and sort them
  if (key?.t === 'str' && /^(?:0|[1-9]\d{0,9})$/.test(key.value)) known.set(part, 'map', true);
}

/** Takes all entries of one dictionary into another. */
export function pour(known: Knowledge, from: PythonKind, to: DictPart): void {
  for (const part of parts(from, 'dict')) {
    if (part === to) continue;
    for (const [key, value] of part.props) known.add(to.props, key, value);
    known.learn(to.of, part.of);
    known.learn(to.key, part.key);
    if (part.open) known.set(to, 'open', true);
    if (part.map || to.map) {
      known.set(part, 'map', true);
      known.set(to, 'map', true);
    }
    if (to.fields && !part.fields) known.set(part, 'fields', to.fields);
    if (part.fields && !to.fields) known.set(to, 'fields', part.fields);
    if (to.bound) known.set(part, 'bound', true);
    if (to.walked) known.set(part, 'walked', true);
    if (part.plain || to.plain) {
      known.set(part, 'plain', true);
      known.set(to, 'plain', true);
    }
  }
  if (from.words.has('any')) {
    known.learn(to.of, kind('any'));
    known.set(to, 'open', true);
  }
}

/** The values of dictionaries, and of those in them, are bound to templates. */
export function bind(known: Knowledge, value: PythonKind, seen = new Set<DictPart>()): void {
  for (const part of parts(value, 'dict')) {
    if (seen.has(part)) continue;
    seen.add(part);
    known.set(part, 'bound', true);
    for (const inside of part.props.values()) bind(known, inside, seen);
    bind(known, part.of, seen);
  }
}

/** A list of tuples that `owner` makes, with elements of these kinds. */
export function tuples(known: Knowledge, owner: object, items: readonly PythonKind[]): PythonKind {
  const tuple = known.list(known.pairOwner(owner), 'tuple', items.length);
  items.forEach((item, index) => {
    known.learn(tuple.items?.[index] as PythonKind, item);
    known.learn(tuple.of, item);
  });
  const all = known.list(owner, 'list');
  known.learn(all.of, holding(tuple));
  return holding(all);
}
