import type { ScheduledTask } from '../../../api/index.ts';
import { sinceMs } from './task-times.ts';

const PERCENTS = [50, 75, 90, 95, 99] as const;

/**
 * So long have this many percent of the instances been running at least: the job uptime percentiles of the original.
 * What does not run has an uptime of 0.
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
    // Whole minutes: a figure that moves with every look would make every reply a new one.
    return [percent, Math.floor((uptimes[at] as number) / 60_000) * 60_000];
  });
}
