import { type Clock, systemClock } from '../../base/clock.ts';
import { type LatencyBuckets, latencyBuckets } from './latency-buckets.ts';
import { PERCENTILES, type Percentiles, percentiles } from './percentiles.ts';
import { type SlidingStat, type SlidingValues, slidingStat } from './sliding-stat.ts';

/** Units and name suffixes of durations, for each kind those of the original. */
const KINDS = {
  wait: { unit: 'ms', perMs: 1, suffix: '' },
  request: { unit: 'micros', perMs: 1e3, suffix: '_requests' },
  work: { unit: 'nanos', perMs: 1e6, suffix: '' },
  scrape: { unit: 'micros', perMs: 1e3, suffix: '' },
} as const;
export type DurationKind = keyof typeof KINDS;

/** Everything that the scheduler counts and measures, by the names of /vars. */
export interface Counters {
  /** Adds to a counter, which exists from its first use. */
  add(name: string, by?: number): void;
  /** Declares a value that is computed when it is read; replaces an earlier one of that name. */
  gauge(name: string, read: () => number | string): void;
  /** Declares gauges whose names come and go; they are computed when they are read. */
  family(read: () => Iterable<readonly [name: string, value: number]>): void;
  /** Records one wait: NAME_ms_total, NAME_events, their rates `..._per_sec`, and NAME_ms_per_event. */
  measure(name: string, ms: number): void;
  /** Records one delay between two systems: NAME_requests_micros_total and so on, with percentiles as in `time`. */
  request(name: string, ms: number): void;
  /** Records one piece of work: like a wait, but with `nanos`; with percentiles also NAME_99_9_percentile and so on. */
  time(name: string, ms: number, shown?: { readonly percentiles: boolean }): void;
  /** Records one read of all values: like a wait, but with `micros`. */
  scrape(name: string, ms: number): void;
  /** Declares a duration that has not been measured yet, at 0. */
  declare(name: string, kind: DurationKind): void;
  /** Removes a counter or gauge of something that no longer exists. */
  forget(name: string): void;
  /** All values, sorted by name. Characters that are not allowed in names become underscores. */
  read(): ReadonlyMap<string, number | string>;
  /** The same values before they are flattened into names. */
  values(): CounterValues;
}

export interface CounterValues {
  readonly counts: ReadonlyMap<string, number>;
  readonly gauges: ReadonlyMap<string, number | string>;
  readonly durations: readonly DurationValues[];
}

export interface DurationValues extends SlidingValues {
  readonly name: string;
  readonly kind: DurationKind;
  /** How many of the values' units make a second. */
  readonly perSec: number;
  /** One value for each of PERCENTILES; undefined where none are kept. */
  readonly percentiles?: readonly number[];
  /** For each of BUCKET_SECONDS, how many took at most so long. */
  readonly buckets: readonly number[];
}

interface Duration {
  readonly kind: DurationKind;
  readonly stat: SlidingStat;
  readonly buckets: LatencyBuckets;
  readonly percentiles: Percentiles | undefined;
}

const clean = (name: string): string => name.replace(/[^A-Za-z0-9_/.-]/g, '_');

/** Formats a percentile for a name: Java prints 10 as 10.0, and names have no dots, hence 10_0 and 99_99. */
const printed = (percentile: number): string =>
  (Number.isInteger(percentile) ? percentile.toFixed(1) : String(percentile)).replace('.', '_');

function* named(duration: DurationValues): Generator<[string, number]> {
  const { kind, name } = duration;
  const { suffix, unit } = KINDS[kind];
  const stat = `${name}${suffix}`;
  yield [`${stat}_${unit}_total`, duration.total];
  yield [`${stat}_events`, duration.events];
  yield [`${stat}_${unit}_total_per_sec`, duration.totalPerSec];
  yield [`${stat}_events_per_sec`, duration.eventsPerSec];
  yield [`${stat}_${unit}_per_event`, duration.perEvent];
  if (kind === 'request') yield [`${stat}_per_sec`, duration.eventsPerSec];
  for (const [at, percentile] of PERCENTILES.entries()) {
    const value = duration.percentiles?.[at];
    if (value !== undefined) yield [`${name}_${printed(percentile)}_percentile`, value];
  }
}

/**
 * The counters of one scheduler; rates are those of the last complete `windowMs`. Source of names and shapes: the
 * original's /vars.
 */
export function counters(clock: Clock = systemClock, windowMs = 1000): Counters {
  const counts = new Map<string, { value: number }>();
  const gauges = new Map<string, () => number | string>();
  const durations = new Map<string, Duration>();
  const families: (() => Iterable<readonly [name: string, value: number]>)[] = [];
  const durationOf = (name: string, kind: DurationKind, kept: boolean): Duration => {
    const known = durations.get(name);
    if (known) return known;
    const made = {
      kind,
      stat: slidingStat(clock.monotonicMs, windowMs),
      buckets: latencyBuckets(),
      percentiles: kept ? percentiles() : undefined,
    };
    durations.set(name, made);
    return made;
  };
  const record = (name: string, kind: DurationKind, ms: number, kept: boolean) => {
    const value = ms * KINDS[kind].perMs;
    const duration = durationOf(name, kind, kept);
    duration.stat.record(value);
    duration.buckets.record(ms);
    duration.percentiles?.record(value);
  };
  const values = (): CounterValues => ({
    counts: new Map([...counts].map(([name, { value }]) => [name, value])),
    gauges: new Map<string, number | string>([
      ...families.flatMap((read) => [...read()]),
      ...[...gauges].map(([name, read]) => [name, read()] as const),
    ]),
    durations: [...durations].map(([name, duration]) => ({
      name,
      kind: duration.kind,
      perSec: KINDS[duration.kind].perMs * 1000,
      ...duration.stat.read(),
      buckets: duration.buckets.read(),
      ...(duration.percentiles ? { percentiles: duration.percentiles.read() } : {}),
    })),
  });
  return {
    add(name, by = 1) {
      const count = counts.get(name);
      if (count) count.value += by;
      else counts.set(name, { value: by });
    },
    gauge: (name, read) => void gauges.set(name, read),
    family: (read) => void families.push(read),
    measure: (name, ms) => record(name, 'wait', ms, false),
    request: (name, ms) => record(name, 'request', ms, true),
    time: (name, ms, shown) => record(name, 'work', ms, shown?.percentiles ?? false),
    scrape: (name, ms) => record(name, 'scrape', ms, false),
    declare: (name, kind) => void durationOf(name, kind, kind === 'request'),
    forget(name) {
      counts.delete(name);
      gauges.delete(name);
    },
    read() {
      const now = values();
      const all: (readonly [string, number | string])[] = [...now.counts, ...now.gauges];
      for (const duration of now.durations) all.push(...named(duration));
      const cleaned = all.map(([name, value]) => [clean(name), value] as const);
      return new Map(cleaned.sort(([a], [b]) => (a < b ? -1 : 1)));
    },
    values,
  };
}
