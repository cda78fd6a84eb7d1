/** Times in ascending order; made for the newest ones to come and go most often. */
export interface SortedTimes {
  add(timeMs: number): void;
  /** Removes one occurrence of the value; does nothing when there is none. */
  remove(timeMs: number): void;
  readonly size: number;
  /** The value below which `percent` of the times lie, interpolated between neighbours; 0 when there are none. */
  quantile(percent: number): number;
}

export function sortedTimes(): SortedTimes {
  const times: number[] = [];
  /** The first index whose time is not before `timeMs`. */
  const placeOf = (timeMs: number): number => {
    let [from, to] = [0, times.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((times[middle] as number) < timeMs) from = middle + 1;
      else to = middle;
    }
    return from;
  };
  return {
    add(timeMs) {
      const last = times.at(-1);
      if (last === undefined || last <= timeMs) times.push(timeMs);
      else times.splice(placeOf(timeMs), 0, timeMs);
    },
    remove(timeMs) {
      const place = placeOf(timeMs);
      if (times[place] === timeMs) times.splice(place, 1);
    },
    get size() {
      return times.length;
    },
    quantile(percent) {
      if (times.length === 0) return 0;
      const at = ((times.length - 1) * percent) / 100;
      const [low, high] = [times[Math.floor(at)] as number, times[Math.ceil(at)] as number];
      return low + (high - low) * (at - Math.floor(at));
    },
  };
}
