import type { Expr, Params, Stmt } from '../python/syntax.ts';
import type { PythonScope } from './scopes.ts';

/**
 * What a Python value can be, as found without running the file. Scalars and structs are words (`nat` is a whole number
 * that is never negative, `any` can be anything); containers and functions are identified by the place that makes them.
 */
export interface PythonKind {
  readonly words: Set<string>;
  readonly parts: Set<KindPart>;
}

export type KindPart = ListPart | DictPart | FuncPart | NamedPart;

/** A list, tuple or set. */
export interface ListPart {
  readonly p: 'list' | 'tuple' | 'set';
  readonly of: PythonKind;
  /** Elements by position, if all are known. */
  readonly items: readonly PythonKind[] | undefined;
  /** Whether elements are added, removed or replaced. */
  changed: boolean;
}

export interface DictPart {
  readonly p: 'dict';
  readonly key: PythonKind;
  readonly of: PythonKind;
  /** Values of literal keys. */
  readonly props: Map<string, PythonKind>;
  /** Whether keys may be added later or are computed; false when it always has exactly `props`. */
  open: boolean;
  /** Whether the order of its entries matters. */
  walked: boolean;
  /** Whether its keys are read while the file runs; they then keep their names. */
  plain: boolean;
  changed: boolean;
  /** Whether entries are removed. */
  shrinks: boolean;
  /** Whether it becomes a Map in TypeScript, since an object could not have such keys or would reorder them. */
  map: boolean;
  /** The struct whose fields its keys are; they then get the names of the language. */
  fields: string | undefined;
  /** Whether its values are bound to templates; numbers then look as Python writes them. */
  bound: boolean;
  /** Whether it is made by a literal with keys. */
  literal: boolean;
}

/** A function or lambda of a file. */
export interface FuncPart {
  readonly p: 'func';
  readonly name: string;
  readonly params: Params;
  readonly body: readonly Stmt[] | Expr;
  readonly scope: PythonScope;
  readonly given: Map<string, PythonKind>;
  readonly result: PythonKind;
  readonly calls: FuncCall[];
  /** Whether it is passed to other code, which calls it with positional arguments. */
  escapes: boolean;
}
export interface FuncCall {
  /** Where it is. */
  readonly node: Expr;
  readonly positions: number;
  readonly names: readonly string[];
  readonly starred: boolean;
  /** Dictionaries whose entries are arguments. */
  readonly spreads: readonly PythonKind[];
}

/** Something known by its name: a builtin function, a module, a type of the schema, or a profile's class. */
export interface NamedPart {
  readonly p: 'builtin' | 'module' | 'type' | 'profile';
  readonly name: string;
  /** Type parameters: String in `List(String)`. */
  readonly of: readonly PythonKind[];
}

export const kind = (...words: readonly string[]): PythonKind => ({
  words: new Set(words),
  parts: new Set(),
});

/** Adds everything that `from` can be to `to`; true when that added something. */
export function join(to: PythonKind, from: PythonKind): boolean {
  if (to === from) return false;
  const before = to.words.size + to.parts.size;
  for (const word of from.words) to.words.add(word);
  for (const part of from.parts) to.parts.add(part);
  return to.words.size + to.parts.size > before;
}

export const holding = (part: KindPart): PythonKind => ({ words: new Set(), parts: new Set([part]) });

/** Everything that either of them can be. */
export function joined(a: PythonKind, b: PythonKind): PythonKind {
  const result = kind();
  join(result, a);
  join(result, b);
  return result;
}

const isOneOf =
  (wanted: readonly string[]) =>
  (value: PythonKind): boolean =>
    value.parts.size === 0 && value.words.size > 0 && [...value.words].every((word) => wanted.includes(word));

export const isText = isOneOf(['str']);
export const isWhole = isOneOf(['nat', 'int']);
export const isNatural = isOneOf(['nat']);
export const isNumber = isOneOf(['nat', 'int', 'float']);
export const isFloat = isOneOf(['float']);
export const isBool = isOneOf(['bool']);
export const isNone = isOneOf(['none']);
export const isScalar = isOneOf(['nat', 'int', 'float', 'str', 'bool', 'none']);
export const isStruct = (value: PythonKind): boolean =>
  value.parts.size === 0 &&
  value.words.size > 0 &&
  [...value.words].every((word) => word.startsWith('struct:') || word === 'ordered');

const allParts =
  <P extends KindPart['p']>(...wanted: readonly P[]) =>
  (value: PythonKind): boolean =>
    value.words.size === 0 &&
    value.parts.size > 0 &&
    [...value.parts].every(({ p }) => (wanted as readonly string[]).includes(p));

export const isList = allParts('list', 'tuple');
export const isSet = allParts('set');
export const isDict = allParts('dict');

/** Whether nothing is known about a value, so that it may be anything. */
export const isOpen = (value: PythonKind): boolean =>
  value.words.has('any') || (value.words.size === 0 && value.parts.size === 0);
export const may = (value: PythonKind, ...words: readonly string[]): boolean =>
  words.some((word) => value.words.has(word));

type PartOf<P extends KindPart['p']> = P extends ListPart['p']
  ? ListPart
  : P extends 'dict'
    ? DictPart
    : P extends 'func'
      ? FuncPart
      : NamedPart;

/** The containers and functions of the wanted sorts that a value can be. */
export const parts = <P extends KindPart['p']>(value: PythonKind, ...wanted: readonly P[]): PartOf<P>[] =>
  [...value.parts].filter((part) => (wanted as readonly string[]).includes(part.p)) as never;
