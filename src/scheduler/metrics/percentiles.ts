/** The percentiles that a timed call shows. Source: the original's RequestStats. */
export const PERCENTILES = [10, 50, 90, 99, 99.9, 99.99] as const;

/** The last measurements of something, and what share of them is at most how large. */
export interface Percentiles {
  record(value: number): void;
  /** One value for each of PERCENTILES, interpolated between neighbours; all 0 before the first measurement. */
  read(): readonly number[];
}

/** Measurements that are remembered: enough for one in a thousand to show. */
const REMEMBERED = 1000;

/** Source of the interpolation: the original's Percentile. It keeps one measurement of ten; this keeps every one. */
export function percentiles(): Percentiles {
  const ring = new Float64Array(REMEMBERED);
  let recorded = 0;
  return {
    record(value) {
      ring[recorded++ % REMEMBERED] = value;
    },
    read() {
      const sorted = ring.slice(0, Math.min(recorded, REMEMBERED)).sort();
      const last = sorted.length - 1;
      if (last < 0) return PERCENTILES.map(() => 0);
      return PERCENTILES.map((percentile) => {
        const at = (last * percentile) / 100;
        const left = Math.floor(at);
        const low = sorted[left] as number;
        return left === last ? low : low + ((sorted[left + 1] as number) - low) * (at - left);
      });
    },
  };
}
