const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** `3d 4h`, `12m`, `45s`: the largest unit, and below ten of it the next one, too. */
export function durationText(ms: number): string {
  const at = UNITS.findIndex(([, unitMs]) => ms >= unitMs);
  const [name, unitMs] = UNITS[at] ?? ['s', 1_000];
  if (at < 0) return '0s';
  const whole = Math.floor(ms / unitMs);
  const [next, nextMs] = UNITS[at + 1] ?? ['', 0];
  const rest = nextMs > 0 ? Math.floor((ms % unitMs) / nextMs) : 0;
  return rest > 0 && whole < 10 ? `${whole}${name} ${rest}${next}` : `${whole}${name}`;
}

/** `12s ago`, `in 3m`; less than a second away it is `now`. */
export function relativeText(atMs: number, nowMs: number): string {
  const ms = nowMs - atMs;
  if (Math.abs(ms) < 1_000) return 'now';
  return ms > 0 ? `${durationText(ms)} ago` : `in ${durationText(-ms)}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-11-29 03:53:09 UTC`, or local time with its offset; the zone is always shown. */
export function exactText(atMs: number, zone: 'local' | 'utc'): string {
  const at = new Date(atMs);
  if (zone === 'utc') return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const offset = -at.getTimezoneOffset();
  const sign = offset < 0 ? '-' : '+';
  return `${date} ${time} ${sign}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
}
