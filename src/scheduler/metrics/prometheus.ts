import type { CounterValues, DurationValues } from './counters.ts';
import { PERCENTILES } from './percentiles.ts';

/** Names of /vars that hold a value: Prometheus wants that as a label. The first that fits counts. */
const LABELLED: readonly (readonly [pattern: RegExp, family: string, label: string])[] = [
  [/^http_(\d+)_responses$/, 'http_responses', 'code'],
  [/^scheduler_thrift_response_([A-Z_]+)$/, 'scheduler_thrift_response', 'code'],
  [/^scheduler_thrift_workload_(\w+)$/, 'scheduler_thrift_workload', 'method'],
  [/^thrift_workload_(\w+)$/, 'thrift_workload', 'call'],
  [/^scheduler_thrift_(\w+)$/, 'scheduler_thrift', 'method'],
  [/^task_store_([A-Z]+)$/, 'task_store', 'status'],
  [/^tasks_lost_rack_(.+)$/, 'tasks_lost_rack', 'rack'],
  [/^tasks_lost_dedicated_(.+)$/, 'tasks_lost_dedicated', 'role'],
  [/^tasks_LOST_(.+)$/, 'tasks_lost', 'job'],
  [/^tasks_FAILED_(.+)$/, 'tasks_failed', 'job'],
  [/^scheduler_lifecycle_([A-Z_]+)$/, 'scheduler_lifecycle', 'state'],
  [/^mesos_scheduler_event_([A-Z_]+)$/, 'mesos_scheduler_event', 'type'],
  [/^task_delivery_delay_([A-Z_]+)$/, 'task_delivery_delay', 'source'],
  [/^task_lost_([A-Z_]+)$/, 'task_lost', 'source'],
  [/^task_exit_([A-Z_]+)$/, 'task_exit', 'reason'],
];

interface Series {
  readonly family: string;
  /** `name="value"`, or nothing. */
  readonly label: string;
}

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function seriesOf(name: string): Series {
  for (const [pattern, family, label] of LABELLED) {
    const value = pattern.exec(name)?.[1];
    if (value !== undefined) return { family: `aurora_${family}`, label: `${label}="${escaped(value)}"` };
  }
  return { family: `aurora_${name.replace(/[^A-Za-z0-9_]/g, '_')}`, label: '' };
}

const braces = (...labels: string[]): string => {
  const given = labels.filter((label) => label !== '');
  return given.length > 0 ? `{${given.join(',')}}` : '';
};

const secondsOf = ({ perSec }: DurationValues, value: number): number => value / perSec;

/**
 * Everything counted, in the text format 0.0.4 of Prometheus: counters end in `_total`, durations are summaries in
 * seconds, texts are values of an `..._info`. Of names that
 * come out equal the first is shown.
 */
export function prometheusText({ counts, gauges, durations }: CounterValues): string {
  const families = new Map<string, { type: string; series: Map<string, number> }>();
  const add = (family: string, type: string, series: string, value: number) => {
    const known = families.get(family) ?? { type, series: new Map<string, number>() };
    families.set(family, known);
    if (!known.series.has(series)) known.series.set(series, value);
  };
  for (const [name, value] of counts) {
    const { family, label } = seriesOf(name);
    const total = `${family.replace(/_total$/, '')}_total`;
    add(total, 'counter', `${total}${braces(label)}`, value);
  }
  for (const [name, value] of gauges) {
    const { family, label } = seriesOf(name);
    if (typeof value === 'number') add(family, 'gauge', `${family}${braces(label)}`, value);
    else add(`${family}_info`, 'gauge', `${family}_info${braces(label, `value="${escaped(value)}"`)}`, 1);
  }
  for (const duration of durations) {
    const { family, label } = seriesOf(duration.name);
    const seconds = `${family}_seconds`;
    for (const [at, percentile] of PERCENTILES.entries()) {
      const value = duration.percentiles?.[at];
      if (value === undefined) continue;
      const quantile = `quantile="${Number((percentile / 100).toFixed(4))}"`;
      add(seconds, 'summary', `${seconds}${braces(label, quantile)}`, secondsOf(duration, value));
    }
    add(seconds, 'summary', `${seconds}_sum${braces(label)}`, secondsOf(duration, duration.total));
    add(seconds, 'summary', `${seconds}_count${braces(label)}`, duration.events);
  }
  return [...families]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([family, { type, series }]) => {
      const lines = [...series].map(([name, value]) => `${name} ${value}\n`);
      return `# TYPE ${family} ${type}\n${lines.join('')}`;
    })
    .join('');
}
