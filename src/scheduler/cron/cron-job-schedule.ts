import type { JobConfiguration } from '../../api/index.ts';
import { nextTick, type TicksOfSpan, ticksBetween } from '../../base/cron-ticks.ts';
import { type Crontab, parseCrontab } from '../../base/crontab.ts';
import { isTimeZone } from '../../base/time-zone.ts';

/** The times at which a cron job ticks. */
export interface CronJobSchedule {
  readonly zone: string;
  /** The first tick after `afterMs`; undefined when there is none. All times here are epoch milliseconds. */
  next(afterMs: number): number | undefined;
  between(afterMs: number, untilMs: number): TicksOfSpan;
}

/** Counting stops here: a larger number of ticks is reported as this one. */
const MOST_COUNTED = 1000;

/** The schedule of a stored job, or why it has none: the job may have been stored before a rule existed. */
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
