/** The percentiles shown for a timed call. Source: the original's RequestStats. */
export const PERCENTILES = [10, 50, 90, 99, 99.9, 99.99] as const;

/** Percentiles of the most recent measurements. */
export interface Percentiles {
  record(value: number): void;
  /** One value for each of PERCENTILES, interpolated between neighbours; all are 0 before the first measurement. */
  read(): readonly number[];
}

/** How many measurements are kept: enough to show one in a thousand. */
const REMEMBERED = 1000;

/** Source of the interpolation: the original's Percentile, which keeps one measurement in ten; this keeps all. */
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
