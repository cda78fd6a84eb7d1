/**
 * Wall clocks of time zones. A "wall" is a reading of a zone's clock, stored as the epoch milliseconds at which a UTC
 * clock shows the same reading, so that walls can be added to and compared.
 */
const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Zones that never change their clocks. */
const FIXED = /^(?:(?:Etc\/)?(?:UTC|GMT|UCT|Zulu|Universal|Greenwich)|Z)$/i;

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

/** Whether this machine knows the zone; names are those of the tz database, such as `Europe/Berlin`. */
export function isTimeZone(zone: string): boolean {
  if (zone === '') return false;
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** Clocks change only at full quarters of an hour (UTC), so the offset at the start of a quarter holds for all of it. */
const QUARTER_MS = 900_000;
/** Cached offsets, by zone and quarter. A zone's cache is emptied when it has grown to MOST_KNOWN. */
const known = new Map<string, Map<number, number>>();
const MOST_KNOWN = 5000;

/** How far the zone's clock is ahead of UTC at that instant, in milliseconds. */
function offsetMs(zone: string, atMs: number): number {
  if (FIXED.test(zone)) return 0;
  const quarterMs = Math.floor(atMs / QUARTER_MS) * QUARTER_MS;
  let ofZone = known.get(zone);
  if (!ofZone || ofZone.size >= MOST_KNOWN) {
    ofZone = new Map();
    known.set(zone, ofZone);
  }
  let offset = ofZone.get(quarterMs);
  if (offset === undefined) {
    const part: Record<string, number> = {};
    for (const { type, value } of formatOf(zone).formatToParts(quarterMs)) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    offset = Date.UTC(year, month - 1, day, hour, minute, second) - quarterMs;
    ofZone.set(quarterMs, offset);
  }
  return offset;
}

/** The wall-clock time of the zone at that instant. */
export const wallAt = (zone: string, atMs: number): number => atMs + offsetMs(zone, atMs);

/** The zone's offset, when it is the same from two days before the instant to two days after it; else undefined. */
export function steadyOffsetMs(zone: string, atMs: number): number | undefined {
  const before = offsetMs(zone, atMs - 2 * DAY_MS);
  const after = offsetMs(zone, atMs + 2 * DAY_MS);
  return before === after && offsetMs(zone, atMs) === before ? before : undefined;
}

/** The instants at which a zone's clock shows a given wall-clock time. */
export type Instants =
  /** At exactly one instant. */
  | { readonly kind: 'once'; readonly atMs: number }
  /** Twice, because the clock is set back. */
  | { readonly kind: 'twice'; readonly firstMs: number; readonly secondMs: number }
  /** Never, because the clock is set forward past it. `shiftedMs` is the instant it would be without that change. */
  | { readonly kind: 'skipped'; readonly shiftedMs: number };

/** Finds when the zone's clock shows `wall`. Correct as long as a zone changes its clock at most once in two days. */
export function instantsOf(zone: string, wall: number): Instants {
  const before = offsetMs(zone, wall - DAY_MS);
  const after = offsetMs(zone, wall + DAY_MS);
  const early = wall - before;
  const late = wall - after;
  const earlyHolds = wallAt(zone, early) === wall;
  const lateHolds = wallAt(zone, late) === wall;
  if (earlyHolds && lateHolds && early !== late)
    return { kind: 'twice', firstMs: Math.min(early, late), secondMs: Math.max(early, late) };
  if (earlyHolds) return { kind: 'once', atMs: early };
  if (lateHolds) return { kind: 'once', atMs: late };
  return { kind: 'skipped', shiftedMs: early };
}
