import { closestName } from '../../base/closest-name.ts';
import { setOwn } from '../schema/own-property.ts';
import { structTable } from '../schema/struct-table.ts';
import type { SchemaFieldType } from '../schema/table.ts';
import { callSite, type Origin } from './call-site.ts';
import type { FloatNumber, Reference } from './text.ts';
import { FLOAT, REFERENCE } from './text.ts';

/** What `bind` takes: names, dotted or nested, and what they stand for. A `Map` is addressed with brackets. */
export interface Bindings {
  readonly [name: string]: Bindable;
}

/** A value that a reference can stand for, or lead into. */
export type Bindable =
  | string
  | number
  | bigint
  | boolean
  | FloatNumber
  | Reference
  | AnyValue
  | readonly Bindable[]
  | ReadonlyMap<string, Bindable>
  | ReadonlyMap<number, Bindable>
  | Bindings;

/**
 * The key under which a value keeps its metadata; a global symbol, so that two copies of this package understand each other.
 */
export const META: unique symbol = Symbol.for('aurora.value') as never;

/** The metadata of a built value. */
export interface Meta {
  readonly struct: string;
  /** One entry for each `bind` call, the latest first. */
  readonly binds: readonly Bindings[];
  /** Where fields were given, the latest first. */
  readonly origins: readonly Origin[];
  /** Marks a task whose order is that of its processes, even in copies with other processes. */
  readonly sequential?: boolean;
}

/** Any value made by a builder of this language. */
export interface AnyValue {
  readonly [META]: Meta;
}

/** A field as it can be read back: plain objects that were given for a struct have become values. */
type ReadBack<T> = T extends AnyValue | FloatNumber | string | number | boolean | undefined | Reference
  ? T
  : T extends readonly (infer E)[]
    ? readonly ReadBack<E>[]
    : T extends { readonly [key: string]: Reference | string | number }
      ? T
      : T extends object
        ? never
        : T;

/** What may change in a copy: any field; a plain object changes the struct that is there, `undefined` unsets. */
export type Changes<F> = {
  readonly [K in keyof F]?: Change<F[K]> | undefined;
};
type Change<T> = T extends AnyValue | FloatNumber
  ? T
  : T extends readonly unknown[] | string | number | boolean | undefined | Reference
    ? T
    : T extends { readonly [key: string]: Reference | string | number }
      ? T
      : T extends object
        ? Changes<T> & Unbuilt
        : T;

/** Keeps a value of another struct from being accepted for the few fields that it shares. */
interface Unbuilt {
  readonly [META]?: never;
}

/** A value of the language: its fields, unchangeable, and the two ways to make another one from it. */
export type Value<N extends string, F> = AnyValue & {
  readonly [K in keyof F]: ReadBack<F[K]>;
} & {
  readonly [KIND]?: N;
  /**
   * A copy with other fields. A value or list replaces what was there; a plain object changes only the named fields of
   * the struct that was there; `undefined` takes a field back to its default.
   *
   * @example job.with({ name: 'canary', instances: 1, task: { resources: { cpu: 2 } } })
   */
  with(changes: Changes<F>): Value<N, F>;
  /**
   * A copy in which `{{names}}` stand for values. A later call beats an earlier one; a field of the struct itself beats
   * every binding of the same name; inside beats outside.
   *
   * @example job.bind({ version: '4.2', limits: { files: 1024 } })
   */
  bind(...bindings: readonly Bindings[]): Value<N, F>;
};

/**
 * A value of which fields are still missing: a template, to be completed by `with`. Whether all are there in the end is
 * found when the file is checked.
 */
export type Unfinished<N extends string, F> = AnyValue & {
  readonly [K in keyof F]?: ReadBack<F[K]> | undefined;
} & {
  readonly [UNFINISHED]: N;
  /** A copy with other fields, as `with` of a finished value. */
  with(changes: Changes<F>): Value<N, F>;
  /** A copy in which `{{names}}` stand for values, as `bind` of a finished value. */
  bind(...bindings: readonly Bindings[]): Unfinished<N, F>;
};

/** Exists only in types: an unfinished value is not a finished one. */
declare const UNFINISHED: unique symbol;

/** Exists only in types: keeps a Process from being accepted as a Task that happens to have the same fields. */
declare const KIND: unique symbol;

type Fields = Readonly<Record<string, unknown>>;

/** The metadata of a value; undefined for anything that no builder made. */
export const metaOf = (value: unknown): Meta | undefined =>
  typeof value === 'object' && value !== null ? (value as Partial<AnyValue>)[META] : undefined;

/** Whether it is a plain object literal (or an object without a prototype). */
export const isPlain = (value: unknown): value is Fields =>
  typeof value === 'object' &&
  value !== null &&
  (Object.getPrototypeOf(value) === null || Object.getPrototypeOf(value) === Object.prototype) &&
  !(REFERENCE in value) &&
  !(FLOAT in value);

const PROTOTYPE = Object.freeze({
  with(this: AnyValue, changes: Fields): AnyValue {
    return changed(this, changes ?? {}, callSite(PROTOTYPE.with), []);
  },
  bind(this: AnyValue, ...bindings: readonly Bindings[]): AnyValue {
    const meta = this[META];
    return made({ ...meta, binds: [...[...bindings].reverse(), ...meta.binds] }, fieldsOf(this));
  },
});

/** The fields of a value as a plain object. */
export const fieldsOf = (value: AnyValue): Fields => ({ ...value }) as unknown as Fields;

function made(meta: Meta, fields: Fields): AnyValue {
  const value = Object.create(PROTOTYPE) as Record<string, unknown>;
  for (const name of Object.keys(fields)) if (fields[name] !== undefined) setOwn(value, name, fields[name]);
  Object.defineProperty(value, META, { value: meta });
  return Object.freeze(value) as unknown as AnyValue;
}

/**
 * Builds a value without checking it: wrong, missing and unknown fields are found when the file is checked, so that all
 * mistakes of a file are reported at once.
 *
 * @param at where the builder was called
 * @param inside keys that lead from the call's argument to this struct's fields in the source text
 */
export function build(struct: string, given: unknown, at: Origin['at'], inside: readonly string[]): AnyValue {
  if (typeof given === 'string')
    throw new TypeError(
      `${struct} takes one object that has all fields, and not a text before it: write ${struct}({ ${textField(struct)}: ${JSON.stringify(given)}, ... })`,
    );
  const fields = isPlain(given) || metaOf(given) ? (given as Fields) : {};
  const origin = { at, inside, fields: Object.keys(fields) };
  return made({ struct, binds: [], origins: [origin] }, built(struct, fields, at, inside));
}

/** The field that was most likely meant by a single text. */
const textField = (struct: string): string => {
  const table = structTable(struct) ?? {};
  const texts = Object.keys(table).filter((name) => table[name]?.type.kind === 'text');
  return texts.includes('name') ? 'name' : (texts[0] ?? Object.keys(table)[0] ?? 'field');
};

/**
 * Refuses changes of fields that a profile was not made with (those with the value `undefined` included): another name
 * is a typing mistake, and no reference would find it.
 */
function checkProfileFields({ struct, origins }: Meta, changes: Fields): void {
  if (structTable(struct)) return;
  const known = [...new Set(origins.flatMap(({ fields }) => fields))];
  const unknown = Object.keys(changes).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const closest = closestName(unknown, known);
  throw new TypeError(
    `${struct} has no field ${unknown}; ${closest ? `did you mean ${closest}?` : `it has ${known.join(', ') || 'none'}`}`,
  );
}

function changed(value: AnyValue, changes: Fields, at: Origin['at'], inside: readonly string[]): AnyValue {
  const { struct, binds, origins, sequential = false } = value[META];
  checkProfileFields(value[META], changes);
  const old = fieldsOf(value);
  const merged: Record<string, unknown> = {};
  for (const [name, change] of Object.entries(changes)) {
    const type = typeOf(structTable(struct), name);
    const path = [...inside, name];
    if (isPlain(change) && type?.kind === 'struct') {
      const from = metaOf(old[name]) ? (old[name] as AnyValue) : build(type.name, {}, at, path);
      setOwn(merged, name, changed(from, change, at, path));
    } else setOwn(merged, name, settled(type, change, at, path));
  }
  const origin = { at, inside, fields: Object.keys(changes) };
  const ordered = sequential && changes.constraints === undefined;
  if (ordered && changes.processes !== undefined) merged.constraints = inOrder(merged.processes);
  const meta = { struct, binds, origins: [origin, ...origins] };
  return made(ordered ? { ...meta, sequential } : meta, { ...old, ...merged });
}

/** The constraints of a sequential task: one order over all its processes. */
function inOrder(processes: unknown): unknown {
  const list = Array.isArray(processes) ? (processes as readonly ({ readonly name?: unknown } | null)[]) : [];
  const names = list.map((process) => String(process?.name));
  return names.length > 0
    ? Object.freeze([build('Constraint', { order: names }, undefined, [])])
    : Object.freeze([]);
}

/** A task whose processes run one after the other; see `SequentialTask`. */
export function buildSequential(given: Fields, at: Origin['at']): AnyValue {
  const task = build('Task', given, at, []);
  const fields = fieldsOf(task);
  return made({ ...task[META], sequential: true }, { ...fields, constraints: inOrder(fields.processes) });
}

const built = (struct: string, fields: Fields, at: Origin['at'], inside: readonly string[]): Fields => {
  const table = structTable(struct);
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(fields))
    setOwn(result, name, settled(typeOf(table, name), fields[name], at, [...inside, name]));
  return result;
};

/** Deeper than any configuration; only a value that contains itself is deeper. */
const DEEPEST = 100;

const typeOf = (table: ReturnType<typeof structTable>, name: string): SchemaFieldType | undefined =>
  table && Object.hasOwn(table, name) ? table[name]?.type : undefined;

/** Protects what was given from later changes; plain objects become values where a struct is expected. */
function settled(
  type: SchemaFieldType | undefined,
  given: unknown,
  at: Origin['at'],
  path: readonly string[],
): unknown {
  if (typeof given !== 'object' || given === null) return given;
  if (path.length > DEEPEST) throw new TypeError(`${path[0]} is nested without an end: it contains itself`);
  if ((given as Partial<Reference>)[REFERENCE]) return String(given);
  if (Array.isArray(given)) {
    const element = type?.kind === 'list' ? type.of : undefined;
    return Object.freeze(given.map((item, index) => settled(element, item, at, [...path, String(index)])));
  }
  if (!isPlain(given)) return given;
  if (type?.kind === 'struct') return build(type.name, given, at, path);
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(given)) setOwn(copy, key, settled(undefined, given[key], at, [...path, key]));
  return Object.freeze(copy);
}
