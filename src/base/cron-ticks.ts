import type { Crontab } from './crontab.ts';
import { instantsOf, steadyOffsetMs, wallAt } from './time-zone.ts';

/**
 * Computes when a cron schedule ticks, with regard to time zones and daylight saving. A tick is an instant. When the
 * clock of the zone changes:
 * - A schedule for every hour follows elapsed time: it ticks in both passes of a repeated hour, and a skipped hour has
 *   no ticks.
 * - A schedule for certain hours ticks once for each time of day: a skipped time ticks later by as much as the clock
 *   was set forward, and a repeated time ticks at its second pass, as in the original.
 */
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** How far ahead to look, in days: the next 29th of February can be eight years away. */
const FURTHEST_DAYS = 366 * 9;
/** No clock is ever changed by more than this, so ticks that are further apart keep their order. */
const LARGEST_CHANGE_MS = 3 * 3_600_000;

const HOURS_OF_DAY = 24;

/** The first wall-clock time at or after `from` that the schedule matches; undefined when there is none in nine years. */
function nextWall(crontab: Crontab, from: number): number | undefined {
  const firstDay = Math.floor(from / DAY_MS) * DAY_MS;
  for (let step = 0; step < FURTHEST_DAYS; step++) {
    const day = firstDay + step * DAY_MS;
    const date = new Date(day);
    if (!crontab.months.includes(date.getUTCMonth() + 1)) continue;
    if (!crontab.daysOfMonth.includes(date.getUTCDate())) continue;
    if (!crontab.daysOfWeek.includes(date.getUTCDay())) continue;
    for (const hour of crontab.hours) {
      if (day + (hour + 1) * 60 * MINUTE_MS <= from) continue;
      for (const minute of crontab.minutes) {
        const wall = day + (hour * 60 + minute) * MINUTE_MS;
        if (wall >= from) return wall;
      }
    }
  }
  return undefined;
}

/** The instants at which the schedule ticks for one wall-clock time that it matches. */
function ticksOf(crontab: Crontab, zone: string, wall: number): readonly number[] {
  const instants = instantsOf(zone, wall);
  const everyHour = crontab.hours.length === HOURS_OF_DAY;
  switch (instants.kind) {
    case 'once':
      return [instants.atMs];
    case 'twice':
      return everyHour ? [instants.firstMs, instants.secondMs] : [instants.secondMs];
    case 'skipped':
      return everyHour ? [] : [instants.shiftedMs];
  }
}

/** Does the work of nextTick near a clock change, by comparing every wall-clock time that could come next. */
function nextTickNearChange(crontab: Crontab, zone: string, afterMs: number): number | undefined {
  let best: number | undefined;
  let wall = nextWall(crontab, wallAt(zone, afterMs) - LARGEST_CHANGE_MS);
  for (; wall !== undefined; wall = nextWall(crontab, wall + MINUTE_MS)) {
    if (best !== undefined && wall > wallAt(zone, best) + LARGEST_CHANGE_MS) break;
    for (const tick of ticksOf(crontab, zone, wall))
      if (tick > afterMs && (best === undefined || tick < best)) best = tick;
  }
  return best;
}

/**
 * The first tick after `afterMs`, both epoch milliseconds; undefined when the schedule names no date that ever comes.
 * @param zone a name for which isTimeZone holds
 */
export function nextTick(crontab: Crontab, zone: string, afterMs: number): number | undefined {
  const nowOffset = steadyOffsetMs(zone, afterMs);
  const from = Math.floor(afterMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  if (nowOffset === undefined) return nextTickNearChange(crontab, zone, afterMs);
  // Assumes offsets of whole minutes. Some offsets in the distant past are not, but nothing is scheduled there.
  const wall = nextWall(crontab, from + nowOffset);
  if (wall === undefined) return undefined;
  const tick = wall - nowOffset;
  return steadyOffsetMs(zone, tick) === nowOffset ? tick : nextTickNearChange(crontab, zone, afterMs);
}

/** The ticks in a span of time. */
export interface TicksOfSpan {
  /** The number of ticks, or `limit` when there are at least that many. */
  readonly count: number;
  /** The last tick, in epoch milliseconds; undefined when there is none. */
  readonly lastMs: number | undefined;
}

/** Counts, up to `limit`, the ticks after `afterMs` and at or before `untilMs`, and finds the last of them. */
export function ticksBetween(
  crontab: Crontab,
  zone: string,
  afterMs: number,
  untilMs: number,
  limit: number,
): TicksOfSpan {
  let count = 0;
  let lastMs: number | undefined;
  for (;;) {
    const tick = nextTick(crontab, zone, lastMs ?? afterMs);
    if (tick === undefined || tick > untilMs) return { count, lastMs };
    lastMs = tick;
    count++;
    if (count >= limit) break;
  }
  // Too many to go through one by one: search backwards for the last one, in spans that double until they hold a tick.
  for (let backMs = MINUTE_MS; ; backMs *= 2) {
    const fromMs = Math.max(lastMs, untilMs - backMs);
    let found: number | undefined;
    for (let tick = nextTick(crontab, zone, fromMs); tick !== undefined && tick <= untilMs; ) {
      found = tick;
      tick = nextTick(crontab, zone, tick);
    }
    if (found !== undefined) return { count, lastMs: found };
    if (fromMs === lastMs) return { count, lastMs };
  }
}
