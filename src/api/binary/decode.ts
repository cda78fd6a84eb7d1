import { codecError } from '../codec-error.ts';
import type { Limits } from '../limits.ts';
import { putKey, unionWithOne } from '../members.ts';
import {
  type EnumShape,
  type ListShape,
  type MapShape,
  type Shape,
  type StructShape,
  typeShape,
  type UnionShape,
} from '../shapes.ts';
import { trailText } from '../trail.ts';
import type { TypeName, Wire } from '../types.ts';
import {
  type Reader,
  readBinary,
  readByte,
  readCount,
  readDouble,
  readerOf,
  readI16,
  readI32,
  readI64,
  readString,
} from './reader.ts';
import { descend, skip, wireType } from './skip.ts';

/**
 * Reads one struct or union from TBinary bytes without a message envelope, the form in backups, log entries and
 * `TaskInfo.data`; bytes after it are ignored. Unknown fields and fields of another type than declared are skipped; an
 * unknown enum number leaves its field unset. Throws a CODEC error.
 */
export function decodeStruct<N extends TypeName>(
  name: N,
  bytes: Uint8Array,
  limits?: Partial<Limits>,
): Wire<N> {
  return readMembers(readerOf(bytes, name, limits), typeShape(name)) as Wire<N>;
}

/**
 * Finds the parts of a struct that `decodeStruct` skips: fields that the tables do not know, and enum numbers without a
 * name. Returns a path for each, without indices: `ScheduledTask.taskEvents[].field 9`. Throws a CODEC error.
 */
export function unknownParts(name: TypeName, bytes: Uint8Array): string[] {
  const found: string[] = [];
  const plain = readerOf(bytes, name);
  const { trail } = plain;
  const path = () =>
    trail.steps.slice(0, trail.depth).map((step) => (typeof step === 'number' ? '[]' : `.${step}`));
  readMembers({ ...plain, passOver: () => found.push(`${name}${path().join('')}`) }, typeShape(name));
  return found;
}

export function readMembers(reader: Reader, shape: StructShape | UnionShape): Record<string, unknown> {
  const { steps } = reader.trail;
  const { byId } = shape;
  const level = descend(reader);
  const members: Record<string, unknown> = {};
  for (;;) {
    steps[level] = '?';
    const code = readByte(reader);
    if (code === 0) break;
    const id = readI16(reader);
    const field = id < 0 ? undefined : byId[id];
    if (field && field.shape.wire.code === code) {
      steps[level] = field.name;
      const value = readValue(reader, field.shape);
      if (value !== undefined) members[field.name] = value;
    } else {
      steps[level] = field?.name ?? `field ${id}`;
      reader.passOver?.();
      skip(reader, wireType(reader, code));
    }
  }
  reader.trail.depth = level;
  for (const { name, presence } of shape.defaults) members[name] ??= presence;
  if (shape.kind === 'union') unionWithOne(shape, members, reader.trail);
  return members;
}

/** Undefined for an enum number without a name. */
function readValue(reader: Reader, shape: Shape): unknown {
  switch (shape.kind) {
    case 'string':
      return readString(reader);
    case 'i32':
      return readI32(reader);
    case 'struct':
    case 'union':
      return readMembers(reader, shape);
    case 'enum': {
      const named = shape.nameOf.get(readI32(reader));
      if (named === undefined) reader.passOver?.();
      return named;
    }
    case 'i64':
      return readI64(reader);
    case 'bool':
      return readByte(reader) === 1;
    case 'double':
      return readDouble(reader);
    case 'binary':
      return readBinary(reader);
    case 'map':
      return readMap(reader, shape);
    default:
      return readElements(reader, shape);
  }
}

/** Reads the number of elements and checks their type, which does not matter if there are none. */
function elementCount(reader: Reader, found: number, element: Shape): number {
  const { code, leastBytes } = element.wire;
  const count = readCount(reader, found === code ? leastBytes : 1);
  if (count > 0 && wireType(reader, found).code !== code)
    throw codecError('bad-type', `elements have type ${found} instead of ${code}`, trailText(reader.trail));
  return count;
}

function readElements(reader: Reader, { kind, element }: ListShape): unknown[] {
  const count = elementCount(reader, readByte(reader), element);
  const level = descend(reader);
  const elements: unknown[] = [];
  // Equal elements of a set have equal bytes, unless a writer orders their fields differently.
  const seen = kind === 'set' && count > 1 ? new Set<string>() : undefined;
  for (let index = 0; index < count; index++) {
    reader.trail.steps[level] = index;
    const start = reader.position;
    const value = element.kind === 'enum' ? readEnumElement(reader, element) : readValue(reader, element);
    if (seen) {
      const before = seen.size;
      seen.add(reader.bytes.toString('latin1', start, reader.position));
      if (seen.size === before) continue;
    }
    elements.push(value);
  }
  reader.trail.depth = level;
  return elements;
}

/** Reads an enum in a collection; a number without a name stays a number. */
function readEnumElement(reader: Reader, { nameOf }: EnumShape): string | number {
  const number = readI32(reader);
  return nameOf.get(number) ?? number;
}

function readMap(reader: Reader, { value: shape }: MapShape): Record<string, unknown> {
  const key = readByte(reader);
  const found = readByte(reader);
  const count = elementCount(reader, found, shape);
  const level = descend(reader);
  const map: Record<string, unknown> = {};
  if (count > 0 && key !== 11)
    throw codecError('bad-type', `keys have type ${key} instead of 11`, trailText(reader.trail));
  for (let index = 0; index < count; index++) {
    reader.trail.steps[level] = index;
    const name = readString(reader);
    reader.trail.steps[level] = name;
    putKey(map, name, readValue(reader, shape));
  }
  reader.trail.depth = level;
  return map;
}
