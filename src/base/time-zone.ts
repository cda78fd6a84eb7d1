/**
 * Wall clocks. A "wall" is a reading of a zone's clock, written as the epoch milliseconds that the same reading would
 * have in UTC, so that it can be added to and compared.
 */
const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Zones whose clocks never change. */
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

/** Clocks are changed on a quarter of an hour of UTC, so the offset at its beginning holds for all of it. */
const QUARTER_MS = 900_000;
/** Offsets that were looked up, by zone and quarter; forgotten all together when there are many. */
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

/** What the zone's clock shows at that instant. */
export const wallAt = (zone: string, atMs: number): number => atMs + offsetMs(zone, atMs);

/** The zone's one offset from two days before the instant to two days after it; undefined when its clock changes then. */
export function steadyOffsetMs(zone: string, atMs: number): number | undefined {
  const before = offsetMs(zone, atMs - 2 * DAY_MS);
  const after = offsetMs(zone, atMs + 2 * DAY_MS);
  return before === after && offsetMs(zone, atMs) === before ? before : undefined;
}

/** When a zone's clock shows `wall`. */
export type Instants =
  /** At this one instant. */
  | { readonly kind: 'once'; readonly atMs: number }
  /** Twice, because the clock is set back. */
  | { readonly kind: 'twice'; readonly firstMs: number; readonly secondMs: number }
  /** Never, because the clock is set forward over it; `shiftedMs` is when it would have been, were it not. */
  | { readonly kind: 'skipped'; readonly shiftedMs: number };

/** When the zone's clock shows `wall`; right as long as a zone's clock changes at most once in two days. */
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
