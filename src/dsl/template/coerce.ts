import type { Scalar } from '../schema/node.ts';
import type { SchemaFieldType } from '../schema/table.ts';
import { scalarText } from './number-text.ts';

/** The type of a field with a single value. */
export type ScalarType = Extract<SchemaFieldType, { kind: 'text' | 'int' | 'float' | 'bool' | 'enum' }>;

export const isScalarType = (type: SchemaFieldType): type is ScalarType =>
  type.kind !== 'list' && type.kind !== 'map' && type.kind !== 'struct' && type.kind !== 'choice';

/** A value of the expected type, or what was expected. */
type Coerced = { readonly value: string | number | bigint | boolean } | { readonly wanted: string };

const INTEGER = /^\s*[+-]?\d+\s*$/;
const FLOAT = /^\s*[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)\s*$/i;
const SPECIAL = /^\s*([+-]?)(inf(?:inity)?|nan)\s*$/i;
const TRUTH: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };

/**
 * Converts a settled value to its field's type: numbers are truncated for integer fields; text must look like the
 * number or boolean that it stands for.
 */
export function coerce(type: ScalarType, given: Scalar): Coerced {
  switch (type.kind) {
    case 'text':
      return { value: scalarText(given) };
    case 'enum': {
      const text = scalarText(given);
      const word = type.words.find((one) => one === (type.anyCase ? text.toUpperCase() : text));
      if (word === undefined) return { wanted: `one of ${type.words.join(', ')}` };
      return { value: type.anyCase ? text : word };
    }
    case 'int':
      return toInt(given) ?? { wanted: 'a whole number' };
    case 'float':
      return toFloat(given) ?? { wanted: 'a number' };
    case 'bool':
      return toBool(given) ?? { wanted: 'true or false' };
  }
}

const numberOf = (given: Exclude<Scalar, string>): number | bigint =>
  typeof given === 'boolean' ? Number(given) : typeof given === 'object' ? given.value : given;
const exact = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value;

function toInt(given: Scalar): Coerced | undefined {
  if (typeof given === 'string') {
    return INTEGER.test(given) ? { value: exact(BigInt(given.trim().replace(/^\+/, ''))) } : undefined;
  }
  const number = numberOf(given);
  if (typeof number === 'bigint') return { value: exact(number) };
  if (!Number.isFinite(number)) return undefined;
  const whole = Math.trunc(number);
  return { value: Number.isSafeInteger(whole) ? whole + 0 : exact(BigInt(whole)) };
}

function toFloat(given: Scalar): Coerced | undefined {
  if (typeof given !== 'string') return { value: Number(numberOf(given)) };
  if (FLOAT.test(given)) return { value: Number(given) };
  const special = SPECIAL.exec(given);
  if (!special) return undefined;
  const size = special[2]?.toLowerCase() === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY;
  return { value: special[1] === '-' ? -size : size };
}

function toBool(given: Scalar): Coerced | undefined {
  if (typeof given !== 'string') return { value: Boolean(numberOf(given)) };
  const value = TRUTH[given.toLowerCase()];
  return value === undefined ? undefined : { value };
}
