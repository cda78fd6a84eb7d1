/**
 * A 64-bit integer: a number if a double holds it exactly, else a bigint. Decoders return a number where possible, so
 * equal values are equal by `===`.
 */
export type I64 = number | bigint;

/** Converts to a double, for arithmetic on timestamps and amounts; beyond 2^53 the nearest one. */
export const toNumber = (value: I64): number => Number(value);
