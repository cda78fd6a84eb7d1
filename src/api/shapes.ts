import type { Field, FieldTable } from './tables/definitions.ts';
import { ENUMS } from './tables/enums.ts';
import { argumentsOf, definitionOf } from './tables/lookup.ts';
import type { CallName, EnumName, TypeName } from './types.ts';
import { WIRE_TYPES, type WireType } from './wire-types.ts';

/**
 * The tables, prepared for walking. Shapes are made at their first use and cached, and the fields of a struct at their
 * first use, too. So decoding an answer only prepares the structs that are in it, although it could hold any of them.
 */
export type Shape = ScalarShape | EnumShape | StructShape | UnionShape | ListShape | MapShape;

interface ScalarShape {
  readonly wire: WireType;
  readonly kind: 'bool' | 'i32' | 'i64' | 'double' | 'string' | 'binary';
}

export interface EnumShape {
  readonly kind: 'enum';
  readonly wire: WireType;
  readonly name: string;
  readonly nameOf: ReadonlyMap<number, string>;
  readonly numberOf: ReadonlyMap<string, number>;
}

export interface ListShape {
  readonly kind: 'list' | 'set';
  readonly wire: WireType;
  readonly element: Shape;
}

export interface MapShape {
  readonly kind: 'map';
  readonly wire: WireType;
  /** Keys are always strings. */
  readonly value: Shape;
}

export interface FieldShape {
  readonly name: string;
  readonly id: number;
  readonly shape: Shape;
  readonly presence: Field[2];
  /** The text before the field's value in TJSON. */
  readonly jsonHead: string;
}

interface Fields {
  /** By ascending id, the order of writing. */
  readonly fields: readonly FieldShape[];
  /** Sparse array, indexed by id. */
  readonly byId: readonly (FieldShape | undefined)[];
  /** Fields that every decoder fills in when they are absent. */
  readonly defaults: readonly FieldShape[];
}

/** A struct, or a union, of the tables. */
interface Members<Kind> extends Fields {
  readonly kind: Kind;
  readonly wire: WireType;
  readonly name: string;
  readonly byName: ReadonlyMap<string, FieldShape>;
}

export type StructShape = Members<'struct'>;
export type UnionShape = Members<'union'>;

const known = new Map<string, Shape>(
  (['bool', 'i32', 'i64', 'double', 'string', 'binary'] as const).map((kind) => [
    kind,
    { kind, wire: WIRE_TYPES[kind === 'binary' ? 'string' : kind] },
  ]),
);

/** The shape of a type in the tables' notation, for example `set<Range>`. Types are not recursive. */
export function shapeOf(type: string): Shape {
  const seen = known.get(type);
  if (seen) return seen;
  const shape = made(type);
  known.set(type, shape);
  return shape;
}

function made(type: string): Shape {
  const inner = type.indexOf('<') + 1;
  if (inner > 0) {
    const kind = type.slice(0, inner - 1) as 'set' | 'list' | 'map';
    if (kind === 'map')
      return { kind, wire: WIRE_TYPES.map, value: shapeOf(type.slice('map<string,'.length, -1)) };
    return { kind, wire: WIRE_TYPES[kind], element: shapeOf(type.slice(inner, -1)) };
  }
  if (Object.hasOwn(ENUMS, type)) return enumShape(type as EnumName);
  const definition = definitionOf(type);
  if (!definition) throw new TypeError(`the tables name no type ${type}`);
  return 'struct' in definition
    ? new LazyMembers('struct', type, definition.struct)
    : new LazyMembers('union', type, definition.union);
}

function enumShape(name: EnumName): EnumShape {
  const rows = Object.entries(ENUMS[name]);
  const nameOf = new Map(rows.map(([member, number]) => [number, member]));
  return { kind: 'enum', wire: WIRE_TYPES.i32, name, nameOf, numberOf: new Map(rows) };
}

/** Makes the fields when one is asked for. A class, so that all structs look alike to the engine on the hot paths. */
class LazyMembers<Kind extends 'struct' | 'union'> implements Members<Kind> {
  readonly kind: Kind;
  readonly wire = WIRE_TYPES.struct;
  readonly name: string;
  readonly #table: FieldTable;
  #made: Fields | undefined;
  #byName: ReadonlyMap<string, FieldShape> | undefined;

  constructor(kind: Kind, name: string, table: FieldTable) {
    this.kind = kind;
    this.name = name;
    this.#table = table;
  }

  get fields(): Fields['fields'] {
    return this.#all().fields;
  }
  get byId(): Fields['byId'] {
    return this.#all().byId;
  }
  /** Made apart from the rest, because only plain JSON has names. */
  get byName(): ReadonlyMap<string, FieldShape> {
    this.#byName ??= new Map(this.fields.map((field) => [field.name, field]));
    return this.#byName;
  }
  get defaults(): Fields['defaults'] {
    return this.#all().defaults;
  }

  #all(): Fields {
    this.#made ??= fieldsOf(this.#table);
    return this.#made;
  }
}

function fieldsOf(table: FieldTable): Fields {
  const fields = Object.entries(table)
    .map(([field, [id, type, presence]]) => {
      const shape = shapeOf(type);
      return { name: field, id, shape, presence, jsonHead: `"${id}":{"${shape.wire.tag}":` };
    })
    .sort((one, other) => one.id - other.id);
  const byId: (FieldShape | undefined)[] = [];
  for (const field of fields) byId[field.id] = field;
  return {
    fields,
    byId,
    defaults: fields.filter(({ presence }) => typeof presence === 'object'),
  };
}

/** The shape of a struct or union of the tables. */
export const typeShape = (name: TypeName): StructShape | UnionShape =>
  shapeOf(name) as StructShape | UnionShape;

const argumentShapes = new Map<CallName, StructShape>();

/** The argument struct of a call. */
export function argumentsShape(method: CallName): StructShape {
  const seen = argumentShapes.get(method);
  if (seen) return seen;
  const shape = new LazyMembers('struct', method, argumentsOf(method));
  argumentShapes.set(method, shape);
  return shape;
}
