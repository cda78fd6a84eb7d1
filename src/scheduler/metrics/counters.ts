/** What the scheduler counts and measures, by the names of /vars. */
export interface Counters {
  /** Adds to a counter, which exists from its first use on. */
  add(name: string, by?: number): void;
  /** A value that is worked out when somebody looks. */
  gauge(name: string, read: () => number | string): void;
  /** Adds one measurement of a duration: NAME_ms_total, NAME_events and NAME_ms_per_event. */
  measure(name: string, ms: number): void;
  /** Everything, sorted by name. Characters that names may not hold are underscores. */
  read(): ReadonlyMap<string, number | string>;
}

const clean = (name: string): string => name.replace(/[^A-Za-z0-9_/.-]/g, '_');

/** Counters of one scheduler. Source of the names: spec of the original's /vars. */
export function counters(): Counters {
  const counts = new Map<string, number>();
  const gauges = new Map<string, () => number | string>();
  const add = (name: string, by = 1) => {
    counts.set(name, (counts.get(name) ?? 0) + by);
  };
  const measured = new Set<string>();
  return {
    add,
    gauge: (name, read) => void gauges.set(name, read),
    measure(name, ms) {
      measured.add(name);
      add(`${name}_ms_total`, ms);
      add(`${name}_events`);
    },
    read() {
      const all: [string, number | string][] = [...counts];
      for (const [name, read] of gauges) all.push([name, read()]);
      for (const name of measured) {
        const total = counts.get(`${name}_ms_total`) ?? 0;
        all.push([`${name}_ms_per_event`, total / (counts.get(`${name}_events`) ?? 1)]);
      }
      const named = all.map(([name, value]): [string, number | string] => [clean(name), value]);
      return new Map(named.sort(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
}
