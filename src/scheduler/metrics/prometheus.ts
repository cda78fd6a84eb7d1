import { type Metric, type MetricObjectWithValues, type MetricValue, Registry } from 'prom-client';
import { helpOf } from './catalogue.ts';
import type { CounterValues, DurationValues } from './counters.ts';
import { BUCKET_SECONDS } from './latency-buckets.ts';
import { seriesName } from './prometheus-names.ts';

type Value = MetricValue<string> & { readonly metricName?: string };

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** By labels. When several names give the same series, the first one is shown. */
  readonly values: Map<string, Value>;
}

/** Collects families of series. */
function familyBook() {
  const families = new Map<string, Family>();
  return {
    families,
    add(type: Family['type'], name: string, source: string, value: Value) {
      const family = families.get(name) ?? { name, type, help: helpOf(source), values: new Map() };
      families.set(name, family);
      const series = `${value.metricName ?? ''}${JSON.stringify(value.labels)}`;
      // A family has one type. A name that would have another type is shown only in /vars.
      if (family.type === type && !family.values.has(series)) family.values.set(series, value);
    },
  };
}

function* histogramOf(duration: DurationValues, name: string, labels: Value['labels']): Generator<Value> {
  const bucket = `${name}_bucket`;
  for (const [at, bound] of BUCKET_SECONDS.entries())
    yield { metricName: bucket, labels: { ...labels, le: bound }, value: duration.buckets[at] as number };
  yield { metricName: bucket, labels: { ...labels, le: '+Inf' }, value: duration.events };
  yield { metricName: `${name}_sum`, labels, value: duration.total / duration.perSec };
  yield { metricName: `${name}_count`, labels, value: duration.events };
}

/** Wraps values that are already counted, since prom-client's own metrics would count themselves. */
const metricOf = ({ help, name, type, values }: Family): Metric =>
  ({
    name,
    get: async () =>
      ({
        name,
        help,
        type,
        aggregator: 'sum',
        values: [...values.values()],
      }) as unknown as MetricObjectWithValues<Value>,
  }) as unknown as Metric;

/**
 * All counters in Prometheus' text format 0.0.4: counters end in `_total`, durations are histograms in seconds (their
 * percentiles are in /vars), amounts of data are in bytes, and texts are labels of `..._info`.
 */
export async function prometheusText({ counts, gauges, durations }: CounterValues): Promise<string> {
  const { add, families } = familyBook();
  for (const [name, value] of counts) {
    const { family, labels, scale } = seriesName(name);
    add('counter', `${family}_total`, name, { labels, value: value * scale });
  }
  for (const [name, value] of gauges) {
    const { family, labels, scale } = seriesName(name);
    if (typeof value === 'number') add('gauge', family, name, { labels, value: value * scale });
    else add('gauge', `${family}_info`, name, { labels: { ...labels, value }, value: 1 });
  }
  for (const duration of durations) {
    const { family, labels } = seriesName(duration.name);
    const seconds = `${family}_seconds`;
    for (const value of histogramOf(duration, seconds, labels))
      add('histogram', seconds, duration.name, value);
  }
  const registry = new Registry();
  for (const [, family] of [...families].sort(([a], [b]) => (a < b ? -1 : 1)))
    registry.registerMetric(metricOf(family));
  return registry.metrics();
}
