import { fieldName, fieldsOfStruct } from '../types/language.ts';
import { type DictPart, isOpen, type ListPart, type PythonKind, parts } from '../types/value.ts';
import type { Writing } from './context.ts';

const MOST_DEPTH = 4;
const MOST_KEYS = 4;

/** Whether all values of the dictionaries are of the same scalar kind. */
const uniform = (all: readonly DictPart[]): boolean => {
  const words = new Set(all.flatMap((part) => [...part.of.words]));
  return words.size === 1 && all.every((part) => part.of.parts.size === 0);
};

const WORDS: Readonly<Record<string, string>> = {
  str: 'string',
  nat: 'number',
  int: 'number',
  float: 'number',
  bool: 'boolean',
  none: 'undefined',
  empty: 'undefined',
  file: 'string',
  bindmap: 'ReadonlyMap<string, any>',
  datetime: 'Date',
};

/** The TypeScript type for what a value can be. */
export function typeText(writing: Writing, value: PythonKind, depth = 0): string {
  if (isOpen(value) || depth > MOST_DEPTH) return 'any';
  const found = new Set<string>();
  for (const word of value.words) {
    if (word === 'ordered') continue;
    if (word.startsWith('struct:')) found.add(writing.useType(word.slice('struct:'.length)));
    else if (word.startsWith('profile:')) {
      const local = profileName(writing, word.slice('profile:'.length));
      found.add(local ? `ReturnType<typeof ${local}>` : 'any');
    } else found.add(WORDS[word] ?? 'any');
  }
  const lists = parts(value, 'list');
  const tuples = parts(value, 'tuple');
  if (lists.length > 0 || tuples.length > 0) found.add(listType(writing, [...lists, ...tuples], depth));
  const sets = parts(value, 'set');
  if (sets.length > 0) found.add(`Set<${typeText(writing, merged(sets.map((part) => part.of)), depth + 1)}>`);
  const dicts = parts(value, 'dict');
  if (dicts.length > 0) found.add(dictType(writing, dicts, depth));
  if (parts(value, 'func').length > 0) found.add('(...given: any[]) => any');
  if (parts(value, 'builtin', 'module', 'type', 'profile').length > 0) found.add('any');
  if (found.has('any')) return 'any';
  const all = [...found];
  return all.length > 1
    ? all.map((one) => (one.includes('=>') ? `(${one})` : one)).join(' | ')
    : (all[0] as string);
}

const profileName = (writing: Writing, id: string): string | undefined =>
  writing.local(id, writing.module.scopes.file);

export function merged(kinds: readonly PythonKind[]): PythonKind {
  const result: PythonKind = { words: new Set(), parts: new Set() };
  for (const one of kinds) {
    for (const word of one.words) result.words.add(word);
    for (const part of one.parts) result.parts.add(part);
  }
  return result;
}

function listType(writing: Writing, all: readonly ListPart[], depth: number): string {
  const fixed = all.every(({ p, items }) => p === 'tuple' && items !== undefined);
  const length = all[0]?.items?.length;
  if (fixed && all.every(({ items }) => items?.length === length)) {
    const items = all[0]?.items?.map((_, index) =>
      typeText(writing, merged(all.map((part) => part.items?.[index] as PythonKind)), depth + 1),
    );
    return `readonly [${items?.join(', ')}]`;
  }
  const element = typeText(writing, merged(all.map((part) => part.of)), depth + 1);
  const changed = all.some((part) => part.changed);
  const wrapped = /[|&=]/.test(element) || element.startsWith('readonly ') ? `(${element})` : element;
  return `${changed ? '' : 'readonly '}${wrapped}[]`;
}

/** `any` for values of several sorts, because the compiler could not tell which one a key has. */
const mixed = (type: string): string =>
  type
    .replace(/ \| undefined$/, '')
    .replace(/^undefined \| /, '')
    .includes(' | ') && !type.includes('=>')
    ? 'any'
    : type;

/** The type of dictionaries with a struct's fields, and whatever else the file puts among them. */
export function fieldsType(writing: Writing, all: readonly DictPart[], struct: string): string {
  const known = fieldsOfStruct(struct);
  const type = `Partial<${writing.useType(`${struct}Fields`)}>`;
  const others = all.some((part) => [...part.props.keys()].some((key) => !known[fieldName(struct, key)]));
  return others ? `${type} & Record<string, any>` : type;
}

function dictType(writing: Writing, all: readonly DictPart[], depth: number): string {
  const value = () => typeText(writing, merged(all.map((part) => part.of)), depth + 1);
  if (all.some((part) => part.map))
    return `Map<${typeText(writing, merged(all.map((part) => part.key)), depth + 1)}, ${value()}>`;
  const struct = all.find((part) => part.fields)?.fields;
  if (struct) return fieldsType(writing, all, struct);
  if (all.some((part) => part.open || part.bound)) return `Record<string, ${mixed(value())}>`;
  const keys = [...new Set(all.flatMap((part) => [...part.props.keys()]))];
  if (keys.length === 0 || keys.length > MOST_KEYS)
    return `Record<string, ${uniform(all) ? value() : 'any'}>`;
  const props = keys.map((key) => {
    const optional = all.some((part) => !part.props.has(key) || part.shrinks) ? '?' : '';
    const type = typeText(writing, merged(all.flatMap((part) => part.props.get(key) ?? [])), depth + 1);
    return `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : `'${key}'`}${optional}: ${type}`;
  });
  return `{ ${props.join('; ')} }`;
}
