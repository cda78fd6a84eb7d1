import { AuroraError } from '../base/errors.ts';

/**
 * Days, hours, minutes and seconds in this order; each is optional, and an empty text is 0. Source: the original's
 * grammar.
 */
const SPAN = /^(?:(-?\d+)d)?(?:(-?\d+)h)?(?:(-?\d+)m)?(?:(-?\d+)s)?$/i;

/** Reads `2d6h` as seconds. Throws USAGE. */
export function parseSpan(text: string): number {
  const found = SPAN.exec(text);
  if (!found) {
    throw new AuroraError('USAGE', `"${text}" is no time span`, { next: 'write it like 2d6h30m15s' });
  }
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = found.map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

/** Reads `1m,10m,1h` as seconds. Throws USAGE. */
export const parseSpans = (text: string): readonly number[] => text.split(',').map(parseSpan);

/** Reads percentages such as `99,50.5`; each must be above 0 and below 100. Throws USAGE. */
export const parsePercentiles = (text: string): readonly number[] =>
  text.split(',').map((part) => {
    const value = part.trim() === '' ? Number.NaN : Number(part);
    if (value > 0 && value < 100) return value;
    throw new AuroraError('USAGE', `"${part}" is no percentile`, { next: 'it must be between 0 and 100' });
  });
