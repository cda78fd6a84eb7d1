import { AuroraError } from './errors.ts';

/** Units of flag values. The grammar is the original's: a number directly followed by a unit. */
const DURATION_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  secs: 1_000,
  mins: 60_000,
  hrs: 3_600_000,
  days: 86_400_000,
  weeks: 604_800_000,
};

const SIZE_BYTES: Readonly<Record<string, number>> = {
  BYTES: 1,
  B: 1,
  KB: 2 ** 10,
  MB: 2 ** 20,
  GB: 2 ** 30,
  TB: 2 ** 40,
  PB: 2 ** 50,
  BITS: 2 ** -3,
  Kb: 2 ** 7,
  Mb: 2 ** 17,
  Gb: 2 ** 27,
};

function parseAmount(text: string, units: Readonly<Record<string, number>>, what: string): number {
  const match = /^(-?\d+(?:\.\d+)?)([A-Za-z]+)$/.exec(text.trim());
  const factor = match?.[2] === undefined ? undefined : units[match[2]];
  if (!match || factor === undefined) {
    throw new AuroraError('BAD_AMOUNT', `"${text}" is not a ${what}`, {
      next: `write a number and one of ${Object.keys(units).join(', ')}, for example 5${Object.keys(units)[3]}`,
    });
  }
  return Number(match[1]) * factor;
}

/** "1mins" -> 60000. Fractions are accepted, as Mesos' own durations have them ("1.5mins"). */
export const parseDurationMs = (text: string): number => parseAmount(text, DURATION_MS, 'duration');

/** "5GB" -> 5368709120. Units are powers of 1024; a small b means bits, a capital B bytes. */
export const parseBytes = (text: string): number => parseAmount(text, SIZE_BYTES, 'data amount');
