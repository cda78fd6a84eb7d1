import type { Expr } from '../python/syntax.ts';
import type { Name } from './scopes.ts';
import {
  type DictPart,
  type FuncPart,
  holding,
  join,
  kind,
  type ListPart,
  type NamedPart,
  type PythonKind,
} from './value.ts';

export interface ProfileClass {
  readonly name: string;
  readonly fields: ReadonlyMap<string, ProfileField>;
  readonly given: Map<string, PythonKind>;
  /** Fields that every call sets. */
  required: Set<string> | undefined;
  readonly base: string | undefined;
}

export interface ProfileField {
  /** `String`, `Integer`, ..., or the name of another class. */
  readonly type: string;
  /** Type of the elements of a list or map. */
  readonly of: string | undefined;
  readonly default: Expr | undefined;
}

/** What is known so far of the files. It only grows; when a round adds nothing, everything is known. */
export interface Knowledge {
  /** The version of Python that the files were written for: they divide whole numbers differently. */
  readonly python: 2 | 3;
  readonly kinds: Map<Expr, PythonKind>;
  readonly names: Map<Name, PythonKind>;
  /** Containers and functions by the place that makes them. */
  readonly made: Map<object, ListPart | DictPart | FuncPart | NamedPart>;
  /** Profile classes by name. */
  readonly profiles: Map<string, ProfileClass>;
  /** Views of dictionaries that are given to functions for which order makes no difference. */
  readonly quiet: Set<Expr>;
  /** Whether something was added since this was last set to false. */
  news: boolean;
  /** True while the order of elements makes no difference. */
  orderless: boolean;
  learn(to: PythonKind, from: PythonKind): void;
  /** Learns about one entry, which is made if need be. */
  add<K>(entries: Map<K, PythonKind>, key: K, value: PythonKind): void;
  set<T extends object, K extends keyof T>(part: T, key: K, value: T[K]): void;
  kindAt(node: Expr): PythonKind;
  nameKind(name: Name): PythonKind;
  /** The list that `owner` makes; with `items`, one of so many elements. */
  list(owner: object, p: ListPart['p'], items?: number): ListPart;
  dict(owner: object): DictPart;
  /** What makes the tuples in the list that `owner` makes. */
  pairOwner(owner: object): object;
  named(p: NamedPart['p'], name: string, inside?: readonly PythonKind[]): PythonKind;
}

/** The value under the key, which is made if it is not there. */
export function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

const typeName = (value: PythonKind): string =>
  [...value.words, ...[...value.parts].map((part) => ('name' in part ? part.name : part.p))].join('|');

const newDict = (): DictPart => ({
  p: 'dict',
  key: kind(),
  of: kind(),
  props: new Map(),
  open: false,
  walked: false,
  plain: false,
  shrinks: false,
  changed: false,
  map: false,
  fields: undefined,
  bound: false,
  literal: false,
});

const newList = (p: ListPart['p'], items: number | undefined): ListPart => ({
  p,
  of: kind(),
  items: items === undefined ? undefined : Array.from({ length: items }, () => kind()),
  changed: false,
});

/** Nothing is known yet. */
export function nothingKnown(python: 2 | 3): Knowledge {
  const pairs = new Map<object, object>();
  const namedParts = new Map<string, NamedPart>();
  const known: Knowledge = {
    python,
    kinds: new Map(),
    names: new Map(),
    made: new Map(),
    profiles: new Map(),
    quiet: new Set(),
    news: false,
    orderless: false,
    learn(to, from) {
      if (join(to, from)) known.news = true;
    },
    add: (entries, key, value) => known.learn(getOrMake(entries, key, kind), value),
    set(part, key, value) {
      if (part[key] === value) return;
      part[key] = value;
      known.news = true;
    },
    kindAt: (node) => getOrMake(known.kinds, node, kind),
    nameKind: (name) => getOrMake(known.names, name, kind),
    list: (owner, p, items) => getOrMake(known.made, owner, () => newList(p, items)) as ListPart,
    dict: (owner) => getOrMake(known.made, owner, newDict) as DictPart,
    pairOwner: (owner) => getOrMake(pairs, owner, () => ({})),
    named: (p, name, inside = []) =>
      holding(
        getOrMake(namedParts, `${p} ${name} ${inside.map(typeName).join()}`, () => ({ p, name, of: inside })),
      ),
  };
  return known;
}

/** Runs `act`; with `when`, the order of elements makes no difference meanwhile. */
export function inAnyOrder<T>(known: Knowledge, when: boolean, act: () => T): T {
  const before = known.orderless;
  known.orderless = when;
  try {
    return act();
  } finally {
    known.orderless = before;
  }
}
