import type { JobConfiguration } from '../../api/index.ts';
import { nextTick, type TicksOfSpan, ticksBetween } from '../../base/cron-ticks.ts';
import { type Crontab, parseCrontab } from '../../base/crontab.ts';
import { isTimeZone } from '../../base/time-zone.ts';

/** When a cron job ticks. */
export interface CronJobSchedule {
  readonly zone: string;
  /** The first tick after the instant; undefined when there is none. Epoch milliseconds, as all here. */
  next(afterMs: number): number | undefined;
  between(afterMs: number, untilMs: number): TicksOfSpan;
}

/** Ticks that are counted one by one; more than these are this many. */
const MOST_COUNTED = 1000;

/** The schedule of a stored job, or why it has none: a stored job may be older than a rule. */
export function scheduleOf(
  { cronSchedule = '', cronTimeZone }: Pick<JobConfiguration, 'cronSchedule' | 'cronTimeZone'>,
  clusterZone: string,
): CronJobSchedule | { readonly problem: string } {
  const zone = cronTimeZone ?? clusterZone;
  if (!isTimeZone(zone))
    return { problem: `cronTimeZone ${JSON.stringify(zone)} is not known to this machine` };
  const crontab: Crontab | { readonly problem: string } = parseCrontab(cronSchedule);
  if ('problem' in crontab) return { problem: `the cron schedule ${crontab.problem}` };
  return {
    zone,
    next: (afterMs) => nextTick(crontab, zone, afterMs),
    between: (afterMs, untilMs) => ticksBetween(crontab, zone, afterMs, untilMs, MOST_COUNTED),
  };
}
