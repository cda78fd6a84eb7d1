const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** A duration in its two largest units: `4m 12s`, `2h 05m`, `45s`. */
export function durationText(ms: number): string {
  const at = UNITS.findIndex(([, unitMs]) => ms >= unitMs);
  const [name, unitMs] = UNITS[at] ?? ['s', 1_000];
  const whole = Math.floor(ms / unitMs);
  const [next, nextMs] = UNITS[at + 1] ?? ['', 1];
  const rest = next ? Math.floor((ms % unitMs) / nextMs) : 0;
  return at < 0 ? '0s' : `${whole}${name}${rest > 0 ? ` ${String(rest).padStart(2, '0')}${next}` : ''}`;
}
