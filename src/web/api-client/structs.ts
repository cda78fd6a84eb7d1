import { type FieldShape, type Shape, type StructShape, shapeOf, type UnionShape } from '../../api/shapes.ts';
import { type PageProtocol, STOP } from './protocol.ts';

/** An instance of a struct's class; fields without a value or default are null. */
export interface ApiStruct {
  [field: string]: unknown;
  read(input: PageProtocol): void;
  write(output: PageProtocol): void;
}

export type StructClass = new (fields?: Readonly<Record<string, unknown>>) => ApiStruct;

const known = new Map<string, StructClass>();

/** The class of a struct or union of the tables; each has only one class. */
export function structClass(name: string): StructClass {
  const seen = known.get(name);
  if (seen) return seen;
  const made = classOf(shapeOf(name) as StructShape | UnionShape);
  known.set(name, made);
  return made;
}

/** The field's default. Struct defaults are built anew each time, so that two structs never share one. */
const defaultOf = ({ presence, shape }: FieldShape): unknown =>
  typeof presence !== 'object'
    ? null
    : shape.kind === 'struct' || shape.kind === 'union'
      ? filled(shape, presence as Readonly<Record<string, unknown>>)
      : presence;

function filled(
  { byName, name }: StructShape | UnionShape,
  given: Readonly<Record<string, unknown>>,
): ApiStruct {
  const made = new (structClass(name))();
  for (const [field, value] of Object.entries(given)) {
    const shape = byName.get(field)?.shape;
    made[field] =
      shape?.kind === 'struct' || shape?.kind === 'union'
        ? filled(shape, value as Readonly<Record<string, unknown>>)
        : value;
  }
  return made;
}

function classOf(shape: StructShape | UnionShape): StructClass {
  return {
    [shape.name]: class implements ApiStruct {
      [field: string]: unknown;
      constructor(given: Readonly<Record<string, unknown>> = {}) {
        for (const field of shape.fields) this[field.name] = given[field.name] ?? defaultOf(field);
      }
      read(input: PageProtocol): void {
        readFields(input, shape, this);
      }
      write(output: PageProtocol): void {
        writeFields(output, shape, this);
      }
    },
  }[shape.name] as StructClass;
}

/** Reads the fields into the object; unknown ones, which a newer scheduler may send, are skipped. */
export function readFields(
  input: PageProtocol,
  { byId }: Pick<StructShape, 'byId'>,
  into: Record<string, unknown>,
): void {
  input.readStructBegin();
  for (;;) {
    const { fid, ftype } = input.readFieldBegin();
    if (ftype === STOP) break;
    const field = byId[fid];
    if (field && ftype === field.shape.wire.code) into[field.name] = readValue(input, field.shape);
    else input.skip(ftype);
    input.readFieldEnd();
  }
  input.readStructEnd();
}

/** Writes the fields that have a value. */
export function writeFields(
  output: PageProtocol,
  { fields, name }: Pick<StructShape, 'fields' | 'name'>,
  from: Readonly<Record<string, unknown>>,
): void {
  output.writeStructBegin(name);
  for (const { id, name: field, shape } of fields) {
    const value = from[field];
    if (value === null || value === undefined) continue;
    output.writeFieldBegin(field, shape.wire.code, id);
    writeValue(output, shape, value);
    output.writeFieldEnd();
  }
  output.writeFieldStop();
  output.writeStructEnd();
}

type ScalarKind = Exclude<Shape['kind'], 'list' | 'set' | 'map' | 'struct' | 'union'>;

/** How scalar values are read and written. */
const SCALARS: Readonly<
  Record<
    ScalarKind,
    readonly [read: (from: PageProtocol) => unknown, write: (to: PageProtocol, value: unknown) => void]
  >
> = {
  bool: [(from) => from.readBool().value, (to, value) => to.writeBool(value)],
  i32: [(from) => from.readI32().value, (to, value) => to.writeI32(value)],
  enum: [(from) => from.readI32().value, (to, value) => to.writeI32(value)],
  i64: [(from) => from.readI64().value, (to, value) => to.writeI64(value)],
  double: [(from) => from.readDouble().value, (to, value) => to.writeDouble(value)],
  string: [(from) => from.readString().value, (to, value) => to.writeString(value)],
  binary: [(from) => from.readBinary().value, (to, value) => to.writeBinary(value)],
};

function readMap(input: PageProtocol, value: Shape): Record<string, unknown> {
  const { size } = input.readMapBegin();
  const values: Record<string, unknown> = {};
  for (let at = 0; at < size; at++) {
    const key = input.readString().value;
    values[key] = readValue(input, value);
  }
  input.readMapEnd();
  return values;
}

function readValue(input: PageProtocol, shape: Shape): unknown {
  if (shape.kind === 'list' || shape.kind === 'set') {
    const { size } = shape.kind === 'list' ? input.readListBegin() : input.readSetBegin();
    const elements = Array.from({ length: size }, () => readValue(input, shape.element));
    if (shape.kind === 'list') input.readListEnd();
    else input.readSetEnd();
    return elements;
  }
  if (shape.kind === 'map') return readMap(input, shape.value);
  if (shape.kind !== 'struct' && shape.kind !== 'union') return SCALARS[shape.kind][0](input);
  const made = new (structClass(shape.name))();
  made.read(input);
  return made;
}

function writeMap(output: PageProtocol, value: Shape, from: object): void {
  const entries = Object.entries(from);
  output.writeMapBegin(shapeOf('string').wire.code, value.wire.code, entries.length);
  for (const [key, one] of entries) {
    output.writeString(key);
    writeValue(output, value, one);
  }
  output.writeMapEnd();
}

function writeValue(output: PageProtocol, shape: Shape, value: unknown): void {
  if (shape.kind === 'list' || shape.kind === 'set') {
    const elements = value as readonly unknown[];
    const { code } = shape.element.wire;
    if (shape.kind === 'list') output.writeListBegin(code, elements.length);
    else output.writeSetBegin(code, elements.length);
    for (const element of elements) writeValue(output, shape.element, element);
    if (shape.kind === 'list') output.writeListEnd();
    else output.writeSetEnd();
  } else if (shape.kind === 'map') writeMap(output, shape.value, value as object);
  else if (shape.kind === 'struct' || shape.kind === 'union')
    writeFields(output, shape, value as Readonly<Record<string, unknown>>);
  else SCALARS[shape.kind][1](output, value);
}
