import { AuroraError } from '../base/errors.ts';

const bad = (text: string, next: string) => new AuroraError('BAD_PARAMETER', text, { next });

const MEGABYTES: Readonly<Record<string, number>> = { k: 1 / 1024, m: 1, g: 1024, t: 1024 * 1024 };

/**
 * Reads `10MB`, `2g` or `-1GB` as whole megabytes, rounded towards zero. A bare number means bytes in the original;
 * here a unit is required.
 */
export function parseMegabytes(text: string): number {
  const [, amount, unit = ''] = /^(-?\d+)([kmgt])b?$/i.exec(text) ?? [];
  if (amount !== undefined) return Math.trunc(Number(amount) * (MEGABYTES[unit.toLowerCase()] ?? 1));
  throw bad(`Invalid size: "${text}"`, 'write a whole number and its unit: 512MB, 10GB, 2TB');
}

/** Reads a number of cores. Throws BAD_PARAMETER. */
export function parseCores(text: string): number {
  const cores = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(cores)) return cores;
  throw bad(`"${text}" is no number of cores`, 'write it like 4 or 0.5');
}
