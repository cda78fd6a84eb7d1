import { AuroraError } from '../../base/errors.ts';

/** Thrown when a value continues beyond the buffered bytes; it can be tried again with more of them. */
export const INCOMPLETE = new RangeError('the bytes end inside a value');

/** Type codes of TBinary. */
export const THRIFT = { double: 4, i64: 10, string: 11, struct: 12, map: 13, set: 14, list: 15 } as const;

/** Sizes of values by type code; missing types have no fixed size. */
const FIXED_BYTES: Readonly<Record<number, number>> = { 2: 1, 3: 1, 4: 8, 6: 2, 8: 4, 10: 8 };
/** Limit of nesting; the deepest stored type has 16 levels. */
const MOST_LEVELS = 64;

const damaged = (text: string) => new AuroraError('CODEC', text);

/** A field of a struct: `start` is the offset of its head, `value` of its value, `end` of the next field. */
export interface FieldRange {
  readonly id: number;
  readonly type: number;
  readonly start: number;
  readonly value: number;
  readonly end: number;
}

/** The offset after `length` bytes from `at`. @throws INCOMPLETE */
export function inside(bytes: Buffer, at: number, length: number): number {
  if (at + length > bytes.length) throw INCOMPLETE;
  return at + length;
}

export function countAt(bytes: Buffer, at: number): number {
  inside(bytes, at, 4);
  const count = bytes.readInt32BE(at);
  if (count < 0) throw damaged(`a length of ${count}`);
  return count;
}

/**
 * The offset after the value of that type at `at`; only lengths are read.
 * @throws INCOMPLETE when it is beyond the buffered bytes; AuroraError CODEC when the bytes are not TBinary
 */
export function endOf(bytes: Buffer, at: number, type: number, level = 0): number {
  if (level > MOST_LEVELS) throw damaged(`more than ${MOST_LEVELS} levels`);
  const fixed = FIXED_BYTES[type];
  if (fixed !== undefined) return inside(bytes, at, fixed);
  switch (type) {
    case THRIFT.string:
      return inside(bytes, at + 4, countAt(bytes, at));
    case THRIFT.struct: {
      let next = at;
      for (;;) {
        inside(bytes, next, 1);
        const code = bytes[next] as number;
        if (code === 0) return next + 1;
        next = endOf(bytes, inside(bytes, next, 3), code, level + 1);
      }
    }
    case THRIFT.set:
    case THRIFT.list:
      inside(bytes, at, 1);
      return endOfMany(bytes, at + 1, [bytes[at] as number], level);
    case THRIFT.map:
      inside(bytes, at, 2);
      return endOfMany(bytes, at + 2, [bytes[at] as number, bytes[at + 1] as number], level);
    default:
      throw damaged(`no type has code ${type}`);
  }
}

/** The offset after a count and that many elements; each element of a map has two parts. */
function endOfMany(bytes: Buffer, at: number, types: readonly number[], level: number): number {
  const count = countAt(bytes, at);
  let next = at + 4;
  for (let index = 0; index < count; index++)
    for (const type of types) next = endOf(bytes, next, type, level + 1);
  return next;
}

/** The fields of the struct at `at`, in order. @throws the same as endOf */
export function fieldsOf(bytes: Buffer, at: number): FieldRange[] {
  const fields: FieldRange[] = [];
  let start = at;
  for (;;) {
    inside(bytes, start, 1);
    const type = bytes[start] as number;
    if (type === 0) return fields;
    const value = inside(bytes, start, 3);
    const end = endOf(bytes, value, type);
    fields.push({ id: bytes.readInt16BE(start + 1), type, start, value, end });
    start = end;
  }
}
