/**
 * What is wrong with a value, as the end of a sentence about it (`must be at least 1, got 0`); undefined when it is
 * valid. The language prepends the path of the field, the scheduler the name that its clients know, the executor the
 * place in the text that it reads.
 */
export type Rule<T> = (value: T) => string | undefined;

const shown = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : String(value));

/** Makes a rule whose message names the requirement and the value. */
export const must =
  <T>(be: string, holds: (value: T) => boolean): Rule<T> =>
  (value) =>
    holds(value) ? undefined : `must be ${be}, got ${shown(value)}`;

/** The largest number that the wire carries for counts and seconds: a signed 32-bit integer. */
const LARGEST_I32 = 2 ** 31 - 1;

/** A number of at least `least` that fits the wire. */
export const from =
  (least: number): Rule<number> =>
  (value) =>
    must<number>(`at least ${least}`, (one) => one >= least)(value) ?? fitsWire(value);

/** A number of either sign that fits the wire. */
export const fitsWire: Rule<number> = must(
  `at most ${LARGEST_I32}`,
  (value) => Math.abs(value) <= LARGEST_I32,
);

/** A text that is not empty. */
export const filled: Rule<string> = (value) => (value === '' ? 'must not be empty' : undefined);
