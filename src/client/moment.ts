import { AuroraError } from '../base/errors.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The units of an age, short and as in flags. */
const UNITS_MS: Readonly<Record<string, number>> = {
  s: SECOND_MS,
  secs: SECOND_MS,
  m: MINUTE_MS,
  mins: MINUTE_MS,
  h: HOUR_MS,
  hrs: HOUR_MS,
  d: DAY_MS,
  days: DAY_MS,
  w: 7 * DAY_MS,
  weeks: 7 * DAY_MS,
};

/** A date, or a date and a time; without a zone it is in the zone of this machine. */
const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Reads a moment as people write it: `2026-11-21T14:00Z` (local time without a zone), an age such as `-2h` or `90mins`,
 * or milliseconds since 1970. The result is in epoch milliseconds.
 * @throws AuroraError USAGE
 */
export function parseMoment(text: string, nowMs: number): number {
  const [, amount, unit = ''] = /^-?(\d+(?:\.\d+)?)([a-z]+)$/.exec(text) ?? [];
  const unitMs = Object.hasOwn(UNITS_MS, unit) ? UNITS_MS[unit] : undefined;
  if (amount !== undefined && unitMs !== undefined) return Math.round(nowMs - Number(amount) * unitMs);
  if (/^\d{10,}$/.test(text)) return Number(text);
  // `Date.parse` would read a date without a time as UTC.
  const iso = ISO.test(text) ? (text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T')) : '';
  const timeMs = Date.parse(iso);
  if (!Number.isNaN(timeMs)) return timeMs;
  throw new AuroraError('USAGE', `"${text}" is no moment`, {
    next: 'write a time like 2026-11-21T14:00, an age like -2h, or milliseconds since 1970',
  });
}
