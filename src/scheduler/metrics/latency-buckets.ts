/** Upper bounds in seconds, from a change in memory to a wait of minutes; what is longer counts in the total only. */
export const BUCKET_SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600,
] as const;

/** Counts measurements by how long they took, since the start of the process. */
export interface LatencyBuckets {
  record(ms: number): void;
  /** For each of BUCKET_SECONDS, how many took at most so long. */
  read(): readonly number[];
}

export function latencyBuckets(): LatencyBuckets {
  const counts = new Float64Array(BUCKET_SECONDS.length);
  return {
    record(ms) {
      const seconds = ms / 1000;
      const at = BUCKET_SECONDS.findIndex((bound) => seconds <= bound);
      if (at >= 0) counts[at] = (counts[at] as number) + 1;
    },
    read() {
      let sum = 0;
      return Array.from(counts, (count) => {
        sum += count;
        return sum;
      });
    },
  };
}
