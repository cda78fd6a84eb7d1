import { AuroraError } from '../base/errors.ts';
import { optionFile } from './host-names.ts';
import { parseJobKey } from './job-key.ts';
import { parseSpan } from './spans.ts';

/** A promise that a percentage of a job's tasks has been up for a duration. */
export interface SlaLimit {
  readonly percentage: number;
  readonly durationSecs: number;
}

/** Reads a percentage above 0 and up to 100. Throws BAD_PARAMETER. */
export function parsePercentage(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value > 0 && value <= 100) return value;
  throw new AuroraError('BAD_PARAMETER', `Invalid percentage ${text}. Must be within (0, 100].`);
}

/** Reads `95` and `30m`. Throws BAD_PARAMETER, USAGE. */
export const parseLimit = (percentage: string, duration: string): SlaLimit => ({
  percentage: parsePercentage(percentage),
  durationSecs: parseSpan(duration),
});

/**
 * Reads the limits of individual jobs from a file with lines `CLUSTER/ROLE/ENV/NAME PERCENTAGE DURATION`. The result is
 * by job key. Throws BAD_PARAMETER for any other line.
 */
export function readLimits(path: string): ReadonlyMap<string, SlaLimit> {
  const limits = new Map<string, SlaLimit>();
  for (const line of optionFile(path).split('\n')) {
    if (line.trim() === '') continue;
    const [key = '', percentage = '', duration, ...others] = line.trim().split(/\s+/);
    if (duration === undefined || others.length > 0)
      throw new AuroraError('BAD_PARAMETER', `Invalid line in ${path}:${line}`, {
        next: 'write CLUSTER/ROLE/ENV/NAME PERCENTAGE DURATION',
      });
    parseJobKey(key);
    limits.set(key, parseLimit(percentage, duration));
  }
  return limits;
}
