/** What a task used at one moment; 0 where nothing was measured yet. */
export interface UsagePoint {
  /** Seconds since the epoch. */
  readonly t: number;
  /** Cores. */
  readonly cpu: number;
  /** Bytes. */
  readonly ram: number;
  /** Bytes. */
  readonly disk: number;
}

const FIELDS = 4;

/** A ring buffer with the latest points of a task. */
export interface UsageHistory {
  add(point: UsagePoint): void;
  /** Oldest first. */
  points(): UsagePoint[];
}

/** @param size how many points are kept */
export function usageHistory(size: number): UsageHistory {
  let values: Float64Array | undefined;
  let added = 0;
  return {
    add({ t, cpu, ram, disk }) {
      values ??= new Float64Array(size * FIELDS);
      values.set([t, cpu, ram, disk], (added % size) * FIELDS);
      added++;
    },
    points() {
      const first = Math.max(0, added - size);
      return Array.from({ length: added - first }, (_, index) => {
        const at = ((first + index) % size) * FIELDS;
        const [t = 0, cpu = 0, ram = 0, disk = 0] = values?.subarray(at, at + FIELDS) ?? [];
        return { t, cpu, ram, disk };
      });
    },
  };
}
