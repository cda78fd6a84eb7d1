import type { ScheduledTask } from '../../../api/index.ts';
import { sinceMs } from './task-times.ts';

const PERCENTS = [50, 75, 90, 95, 99] as const;

/**
 * For each percentage, the uptime in milliseconds that at least this share of the instances has reached. Same as the
 * original's job uptime percentiles. An instance that is not running has an uptime of 0.
 */
export function uptimePercentiles(
  active: readonly ScheduledTask[],
  nowMs: number,
): readonly (readonly [number, number])[] {
  const uptimes = active
    .map((task) => (task.status === 'RUNNING' ? Math.max(0, nowMs - sinceMs(task)) : 0))
    .sort((a, b) => b - a);
  if (uptimes.length === 0) return [];
  return PERCENTS.map((percent) => {
    const at = Math.ceil((uptimes.length * percent) / 100) - 1;
    // Rounded down to whole minutes: otherwise every reply would differ, and none could be answered with 304.
    return [percent, Math.floor((uptimes[at] as number) / 60_000) * 60_000];
  });
}
