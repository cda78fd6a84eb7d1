import {
  asBool,
  asBytes,
  asDouble,
  asElements,
  asI32,
  asI64,
  asNumber,
  asObject,
  asText,
  onlyMember,
} from '../checks.ts';
import type { Lasting } from '../lasting.ts';
import {
  type ListShape,
  type MapShape,
  type Shape,
  type StructShape,
  typeShape,
  type UnionShape,
} from '../shapes.ts';
import { type EncodingTrail, encodingTrail } from '../trail.ts';
import type { TypeName, Wire } from '../types.ts';
import {
  newWriter,
  type Writer,
  writeBinary,
  writeByte,
  writeBytes,
  writeDouble,
  writeFieldHead,
  writeI32,
  writeI64,
  writeString,
  written,
} from './writer.ts';

/**
 * Writes one struct or union as TBinary bytes without a message envelope: all set members, by ascending field id; no
 * defaults are filled in. Throws a CODEC error when a value does not fit its type.
 */
export function encodeStruct<N extends TypeName>(
  name: N,
  value: Wire<N>,
  lasting?: Lasting<Uint8Array>,
): Uint8Array {
  const writer = newWriter();
  writeMembers(writer, typeShape(name), value, encodingTrail(name, lasting));
  return written(writer);
}

export function writeMembers(
  writer: Writer,
  shape: StructShape | UnionShape,
  value: unknown,
  trail: EncodingTrail<Uint8Array>,
): void {
  const { lasting } = trail;
  const own = lasting?.type === shape.name ? lasting.encoded : undefined;
  const known = own?.get(value as object);
  if (known) {
    writeBytes(writer, known);
    return;
  }
  const start = writer.length;
  writeEach(writer, shape, value, trail);
  own?.set(value as object, Buffer.from(writer.bytes.subarray(start, writer.length)));
}

function writeEach(
  writer: Writer,
  shape: StructShape | UnionShape,
  value: unknown,
  trail: EncodingTrail<Uint8Array>,
): void {
  const members = asObject(value, trail);
  const fields = shape.kind === 'union' ? [onlyMember(shape, members, trail)] : shape.fields;
  const level = trail.depth++;
  for (const field of fields) {
    const member = members[field.name];
    if (member === undefined || member === null) continue;
    trail.steps[level] = field.name;
    writeFieldHead(writer, field.shape.wire.code, field.id);
    writeValue(writer, field.shape, member, trail);
  }
  writeByte(writer, 0);
  trail.depth = level;
}

function writeValue(writer: Writer, shape: Shape, value: unknown, trail: EncodingTrail<Uint8Array>): void {
  switch (shape.kind) {
    case 'string':
      writeString(writer, asText(value, trail));
      break;
    case 'i32':
      writeI32(writer, asI32(value, trail));
      break;
    case 'struct':
    case 'union':
      writeMembers(writer, shape, value, trail);
      break;
    case 'enum':
      writeI32(writer, asNumber(value, shape, trail));
      break;
    case 'i64':
      writeI64(writer, asI64(value, trail));
      break;
    case 'bool':
      writeByte(writer, asBool(value, trail) ? 1 : 0);
      break;
    case 'double':
      writeDouble(writer, asDouble(value, trail));
      break;
    case 'binary':
      writeBinary(writer, asBytes(value, trail));
      break;
    case 'map':
      writeMap(writer, shape, value, trail);
      break;
    default:
      writeElements(writer, shape, value, trail);
  }
}

function writeElements(
  writer: Writer,
  { element }: ListShape,
  value: unknown,
  trail: EncodingTrail<Uint8Array>,
): void {
  const elements = asElements(value, trail);
  writeByte(writer, element.wire.code);
  writeI32(writer, elements.length);
  const level = trail.depth++;
  for (let index = 0; index < elements.length; index++) {
    trail.steps[level] = index;
    writeValue(writer, element, elements[index], trail);
  }
  trail.depth = level;
}

function writeMap(
  writer: Writer,
  { value: shape }: MapShape,
  value: unknown,
  trail: EncodingTrail<Uint8Array>,
): void {
  const map = asObject(value, trail);
  const keys = Object.keys(map);
  writeByte(writer, 11);
  writeByte(writer, shape.wire.code);
  writeI32(writer, keys.length);
  const level = trail.depth++;
  for (const key of keys) {
    trail.steps[level] = key;
    writeString(writer, key);
    writeValue(writer, shape, map[key], trail);
  }
  trail.depth = level;
}
