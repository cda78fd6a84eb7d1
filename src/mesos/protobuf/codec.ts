import { AuroraError } from '../../base/errors.ts';
import { type AnyMessage, type FieldPlan, missingFields, planOf } from '../messages/plan.ts';
import type { MessageScalar } from '../messages/schema.ts';
import { ENUMS, type MesosMessage, type MessageName } from '../messages/table.ts';
import {
  FIXED32,
  FIXED64,
  LENGTH,
  VARINT,
  type WireReader,
  type WireWriter,
  wireReader,
  wireWriter,
} from './wire.ts';

/**
 * The key under which a decoded message keeps fields that the table does not know, including enum numbers without a
 * name, so that they can be written back unchanged.
 */
const UNKNOWN = Symbol('fields that the table does not know');

interface Decoded extends AnyMessage {
  [UNKNOWN]?: Buffer[];
}

const MAX_DEPTH = 100;
const TWO_32 = 2 ** 32;

/** The wire type of the field's value (the entries of a map are always messages). */
const wireTypeOf = (field: FieldPlan): number => {
  if (field.kind === 'message') return LENGTH;
  if (field.kind === 'enum') return VARINT;
  if (field.type === 'double') return FIXED64;
  if (field.type === 'float') return FIXED32;
  return field.type === 'string' || field.type === 'bytes' ? LENGTH : VARINT;
};

function readScalar(type: MessageScalar, reader: WireReader): unknown {
  switch (type) {
    case 'string':
      return reader.bytes().toString('utf8');
    case 'bytes':
      return reader.bytes().toString('base64');
    case 'double':
      return reader.double();
    case 'float':
      return reader.float();
    case 'bool': {
      const { low, high } = reader.varint();
      return low !== 0 || high !== 0;
    }
    case 'int32':
      return reader.varint().low | 0;
    case 'uint32':
      return reader.varint().low;
    case 'int64': {
      const { low, high } = reader.varint();
      return (high | 0) * TWO_32 + low;
    }
    case 'uint64': {
      const { low, high } = reader.varint();
      return high * TWO_32 + low;
    }
  }
}

/** Reads one value; undefined for an enum number without a name. */
function readOne(field: FieldPlan, reader: WireReader, depth: number, before: unknown): unknown {
  if (field.kind === 'scalar') return readScalar(field.type, reader);
  if (field.kind === 'enum') return field.names.get(reader.varint().low | 0);
  return readMessage(field.type, reader.bytes(), depth + 1, before as Decoded | undefined);
}

function readEntry(field: FieldPlan, bytes: Buffer, depth: number): readonly [string, unknown] {
  const reader = wireReader(bytes);
  let key = '';
  let value: unknown;
  while (!reader.done()) {
    const tag = reader.varint().low;
    if (tag === 8 + LENGTH) key = reader.bytes().toString('utf8');
    else if (tag >>> 3 === 2) value = readOne(field, reader, depth, undefined);
    else reader.skip(tag & 7);
  }
  return [key, value ?? (field.kind === 'message' ? {} : undefined)];
}

function readField(message: Decoded, field: FieldPlan, reader: WireReader, depth: number): boolean {
  const before = message[field.name];
  if (field.rule === 'map') {
    const [key, value] = readEntry(field, reader.bytes(), depth);
    const entries = (before as object | undefined) ?? {};
    // Not by assignment, which a key like __proto__ would divert.
    Object.defineProperty(entries, key, { value, configurable: true, enumerable: true, writable: true });
    message[field.name] = entries;
    return true;
  }
  const value = readOne(field, reader, depth, field.rule === 'repeated' ? undefined : before);
  if (value === undefined) return false;
  if (field.rule !== 'repeated') message[field.name] = value;
  else if (before) (before as unknown[]).push(value);
  else message[field.name] = [value];
  return true;
}

/** Reads a packed list: its numbers are in one field of bytes. */
function readPacked(message: Decoded, field: FieldPlan, bytes: Buffer, depth: number): void {
  const reader = wireReader(bytes);
  while (!reader.done()) readField(message, field, reader, depth);
}

function readMessage(name: MessageName, bytes: Buffer, depth: number, into: Decoded = {}): Decoded {
  if (depth > MAX_DEPTH) throw new AuroraError('CODEC', 'not a protobuf message: nested too deeply');
  const { byId } = planOf(name);
  const reader = wireReader(bytes);
  while (!reader.done()) {
    const from = reader.offset();
    const tag = reader.varint().low;
    const field = byId.get(tag >>> 3);
    const wireType = tag & 7;
    let known = false;
    const expected = field && (field.rule === 'map' ? LENGTH : wireTypeOf(field));
    if (field && wireType === expected) known = readField(into, field, reader, depth);
    else if (field?.rule === 'repeated' && wireType === LENGTH) {
      readPacked(into, field, reader.bytes(), depth);
      known = true;
    } else reader.skip(wireType);
    if (known) continue;
    into[UNKNOWN] ??= [];
    into[UNKNOWN].push(bytes.subarray(from, reader.offset()));
  }
  return into;
}

function writeScalar(type: MessageScalar, value: unknown, writer: WireWriter): void {
  if (type === 'string') writer.bytes(Buffer.from(value as string, 'utf8'));
  else if (type === 'bytes') writer.bytes(Buffer.from(value as string, 'base64'));
  else if (type === 'double') writer.double(value as number);
  else if (type === 'float') writer.float(value as number);
  else writer.varint(Number(value));
}

function writeOne(field: FieldPlan, value: unknown, writer: WireWriter, id: number): void {
  writer.tag(id, wireTypeOf(field));
  if (field.kind === 'message') writer.nested(() => writeMessage(field.type, value as Decoded, writer));
  else if (field.kind === 'scalar') writeScalar(field.type, value, writer);
  else {
    const number = ENUMS[field.type][value as string];
    if (number === undefined) throw new AuroraError('CODEC', `${field.type} has no value ${String(value)}`);
    writer.varint(number);
  }
}

function writeMessage(name: MessageName, message: Decoded, writer: WireWriter): void {
  for (const field of planOf(name).byNumber) {
    const value = message[field.name];
    if (value === undefined || value === null) continue;
    if (field.rule === 'repeated')
      for (const item of value as unknown[]) writeOne(field, item, writer, field.id);
    else if (field.rule === 'map') {
      for (const [key, item] of Object.entries(value)) {
        writer.tag(field.id, LENGTH);
        writer.nested(() => {
          writer.tag(1, LENGTH);
          writer.bytes(Buffer.from(key, 'utf8'));
          writeOne(field, item, writer, 2);
        });
      }
    } else writeOne(field, value, writer, field.id);
  }
  for (const unknown of message[UNKNOWN] ?? []) writer.raw(unknown);
}

/**
 * Writes a message as protobuf, fields in order of their numbers.
 * @throws AuroraError CODEC when an enum has a value that the table does not name
 */
export function toProtobuf<N extends MessageName>(name: N, message: MesosMessage<N>): Buffer {
  const writer = wireWriter();
  writeMessage(name, message as Decoded, writer);
  return writer.finish();
}

/**
 * Reads a protobuf message into its JSON shape. Fields and enum numbers that the table does not know are kept hidden
 * and written back.
 * @throws AuroraError CODEC when the bytes are no such message, or a required field is missing
 */
export function parseProtobuf<N extends MessageName>(name: N, bytes: Uint8Array): MesosMessage<N> {
  const message = readMessage(name, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 0);
  const missing = missingFields(name, message);
  if (missing.length > 0)
    throw new AuroraError('CODEC', `not a ${name}: missing required fields: ${missing.join(', ')}`);
  return message as MesosMessage<N>;
}
