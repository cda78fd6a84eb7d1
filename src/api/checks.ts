import { type CodecErrorKind, codecError } from './codec-error.ts';
import type { I64 } from './i64.ts';
import type { EnumShape, FieldShape, UnionShape } from './shapes.ts';
import { type Trail, trailText } from './trail.ts';

/**
 * Checks that encoders make on a value before writing it. The types express the same at compile time; this catches
 * values from JavaScript and `any`.
 */
export function fail(kind: CodecErrorKind, text: string, trail: Trail): never {
  throw codecError(kind, text, trailText(trail));
}

const shown = (value: unknown): string => {
  if (value === null) return 'null';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value);
};

export const misfit = (value: unknown, type: string, trail: Trail): never =>
  fail('bad-value', `${shown(value)} is not ${type}`, trail);

export const asI32 = (value: unknown, trail: Trail): number =>
  (Number(value) | 0) === value ? value : misfit(value, 'an i32', trail);

const I64_LIMIT = 2n ** 63n;

/** Accepts integers of both forms; returns a number if a double holds the value exactly. */
export function asI64(value: unknown, trail: Trail): I64 {
  if (Number.isSafeInteger(value)) return value as number;
  const whole = typeof value === 'bigint' || Number.isInteger(value) ? BigInt(value as I64) : undefined;
  if (whole === undefined || whole >= I64_LIMIT || whole < -I64_LIMIT) return misfit(value, 'an i64', trail);
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
}

export const asDouble = (value: unknown, trail: Trail): number =>
  typeof value === 'number' ? value : misfit(value, 'a double', trail);

export const asBool = (value: unknown, trail: Trail): boolean =>
  typeof value === 'boolean' ? value : misfit(value, 'a bool', trail);

export const asText = (value: unknown, trail: Trail): string =>
  typeof value === 'string' ? value : misfit(value, 'a string', trail);

export const asBytes = (value: unknown, trail: Trail): Uint8Array =>
  value instanceof Uint8Array ? value : misfit(value, 'bytes', trail);

export const asElements = (value: unknown, trail: Trail): readonly unknown[] =>
  Array.isArray(value) ? value : misfit(value, 'a list', trail);

export const asObject = (value: unknown, trail: Trail): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : misfit(value, 'an object', trail);

/** The number of an enum name. In a set, a number without a name is kept. */
export const asNumber = (value: unknown, { name, numberOf }: EnumShape, trail: Trail): number =>
  numberOf.get(value as string) ??
  (typeof value === 'number' ? asI32(value, trail) : misfit(value, `a member of ${name}`, trail));

/** The one member that is set. */
export function onlyMember(
  shape: UnionShape,
  value: Readonly<Record<string, unknown>>,
  trail: Trail,
): FieldShape {
  const set = shape.fields.filter(({ name }) => value[name] !== undefined && value[name] !== null);
  if (set.length === 1) return set[0] as FieldShape;
  const found = set.length === 0 ? 'none' : set.map(({ name }) => name).join(' and ');
  return fail('bad-union', `${shape.name} needs exactly one member, ${found} is set`, trail);
}
