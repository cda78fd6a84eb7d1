import { codecError } from '../codec-error.ts';
import { trailText } from '../trail.ts';
import { WIRE_TYPES, type WireType, wireTypeOfCode } from '../wire-types.ts';
import { type Reader, readByte, readCount, take, takeString } from './reader.ts';

/** The type of a code. An unknown code ends the reading, because the value's length is unknown. */
export function wireType(reader: Reader, code: number): WireType {
  const type = wireTypeOfCode(code);
  if (!type) throw codecError('bad-type', `no type has code ${code}`, trailText(reader.trail));
  return type;
}

/** Goes one level down, or throws when that is too deep; the caller goes up by restoring `trail.depth`. */
export function descend({ trail, limits }: Reader): number {
  if (trail.depth >= limits.maxDepth)
    throw codecError('depth-limit', `more than ${limits.maxDepth} levels`, trailText(trail));
  return trail.depth++;
}

/** Skips the value of an unknown field. */
export function skip(reader: Reader, type: WireType): void {
  if (type.fixed) take(reader, type.leastBytes);
  else if (type === WIRE_TYPES.string) takeString(reader);
  else {
    const level = descend(reader);
    reader.trail.steps[level] = '?';
    if (type === WIRE_TYPES.struct) skipStruct(reader);
    else if (type === WIRE_TYPES.map) skipMap(reader);
    else skipElements(reader, readByte(reader));
    reader.trail.depth = level;
  }
}

function skipStruct(reader: Reader): void {
  for (let code = readByte(reader); code !== 0; code = readByte(reader)) {
    const type = wireType(reader, code);
    take(reader, 2);
    skip(reader, type);
  }
}

function skipMap(reader: Reader): void {
  const codes = [readByte(reader), readByte(reader)] as const;
  const count = readCount(reader, 2);
  if (count === 0) return;
  const [key, value] = [wireType(reader, codes[0]), wireType(reader, codes[1])];
  for (let index = 0; index < count; index++) {
    skip(reader, key);
    skip(reader, value);
  }
}

function skipElements(reader: Reader, code: number): void {
  const count = readCount(reader, wireTypeOfCode(code)?.leastBytes ?? 1);
  if (count === 0) return;
  const type = wireType(reader, code);
  if (type.fixed) take(reader, count * type.leastBytes);
  else for (let index = 0; index < count; index++) skip(reader, type);
}
