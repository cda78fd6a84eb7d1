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

/** Of every point: seconds, millionths of a core, pages of memory, pages of disk. */
const FIELDS = 4;
const PAGE_BYTES = 4096;
const FIRST_POINTS = 16;

/** A ring buffer with the latest points of a task. It is kept small: a machine may have a thousand tasks. */
export interface UsageHistory {
  /** Adds a point; cpu is kept to a millionth of a core, ram and disk to 4 KiB. */
  add(point: UsagePoint): void;
  /** Oldest first. */
  points(): UsagePoint[];
}

/** @param size how many points are kept */
export function usageHistory(size: number): UsageHistory {
  let values = new Uint32Array(0);
  let room = 0;
  let added = 0;
  return {
    add({ t, cpu, ram, disk }) {
      if (added === room && room < size) {
        room = Math.min(size, Math.max(FIRST_POINTS, room * 2));
        const wider = new Uint32Array(room * FIELDS);
        wider.set(values);
        values = wider;
      }
      const point = [t, cpu * 1e6, ram / PAGE_BYTES, disk / PAGE_BYTES];
      values.set(point.map(Math.round), (added % room) * FIELDS);
      added++;
    },
    points() {
      const first = Math.max(0, added - size);
      return Array.from({ length: added - first }, (_, index) => {
        const at = ((first + index) % room) * FIELDS;
        const [t = 0, cpu = 0, ram = 0, disk = 0] = values.subarray(at, at + FIELDS);
        return { t, cpu: cpu / 1e6, ram: ram * PAGE_BYTES, disk: disk * PAGE_BYTES };
      });
    },
  };
}
