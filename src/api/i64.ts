/**
 * A 64-bit integer: a number where a double holds it exactly, a bigint beyond 2^53. Decoders always return the number
 * form where they can, so equal values are equal by `===`.
 */
export type I64 = number | bigint;

/** As a double, for arithmetic on timestamps and amounts; beyond 2^53 the nearest one. */
export const toNumber = (value: I64): number => Number(value);
