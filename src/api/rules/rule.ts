/**
 * What is wrong with a value, as the end of a sentence about it (`must be at least 1, got 0`); undefined when nothing
 * is. The language puts the path of a field in front, the scheduler the name that its clients know, the executor the
 * place in the text that it reads.
 */
export type Rule<T> = (value: T) => string | undefined;

const shown = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : String(value));

/** A rule that says what was wanted and what it got. */
export const must =
  <T>(be: string, holds: (value: T) => boolean): Rule<T> =>
  (value) =>
    holds(value) ? undefined : `must be ${be}, got ${shown(value)}`;

/** The largest number that the wire carries for counts and seconds: 32 bits with a sign. */
const LARGEST_I32 = 2 ** 31 - 1;

/** A count from `least` on that fits the wire. */
export const from =
  (least: number): Rule<number> =>
  (value) =>
    must<number>(`at least ${least}`, (one) => one >= least)(value) ?? fitsWire(value);

/** A number of any sign that fits the wire. */
export const fitsWire: Rule<number> = must(
  `at most ${LARGEST_I32}`,
  (value) => Math.abs(value) <= LARGEST_I32,
);

/** A text with something in it. */
export const filled: Rule<string> = (value) => (value === '' ? 'must not be empty' : undefined);
