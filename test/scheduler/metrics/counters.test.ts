import { manualClock } from '../../../src/base/manual-clock.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { processVars } from '../../../src/scheduler/metrics/process-vars.ts';
import { prometheusText } from '../../../src/scheduler/metrics/prometheus.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('scheduler counters');

function setUp() {
  const clock = manualClock();
  const counted = counters(clock);
  return { clock, counted, value: (name: string) => counted.read().get(name) };
}

test('sums and gauges are sorted by name, and names are cleaned', () => {
  const { counted } = setUp();
  counted.add('b');
  counted.add('b', 2);
  counted.gauge('a', () => 'text');
  counted.add('x y:z');
  assert.equal(
    [...counted.read()],
    [
      ['a', 'text'],
      ['b', 3],
      ['x_y_z', 1],
    ],
  );
  counted.forget('b');
  counted.forget('a');
  assert.equal([...counted.read().keys()], ['x_y_z']);
});

test('a duration shows its sum and number at once, and its rates when the window has passed', () => {
  const { clock, counted } = setUp();
  counted.measure('c', 10);
  counted.measure('c', 20);
  const names = ['c_events', 'c_events_per_sec', 'c_ms_per_event', 'c_ms_total', 'c_ms_total_per_sec'];
  assert.equal([...counted.read().keys()], names);
  assert.equal([...counted.read().values()], [2, 0, 0, 30, 0]);
  clock.advance(1000);
  assert.equal([...counted.read().values()], [2, 2, 15, 30, 30]);
  counted.measure('c', 100);
  assert.equal([...counted.read().values()], [3, 2, 15, 130, 30]);
  clock.advance(1000);
  assert.equal([...counted.read().values()], [3, 1, 100, 130, 100]);
  clock.advance(1000);
  assert.equal([...counted.read().values()], [3, 0, 0, 130, 0]);
});

test('rates are those of a whole window, however long nobody looked', () => {
  const { clock, counted, value } = setUp();
  counted.measure('c', 5);
  clock.advance(10_000);
  assert.is(value('c_events_per_sec'), 0);
  const slow = counters(clock, 10_000);
  for (let at = 0; at < 20; at++) slow.measure('c', 5);
  clock.advance(10_000);
  assert.is(slow.read().get('c_events_per_sec'), 2);
});

test('work is shown in nanoseconds, calls with percentiles', () => {
  const { counted, value } = setUp();
  counted.time('plain', 2);
  assert.is(value('plain_nanos_total'), 2e6);
  assert.is(value('plain_50_0_percentile'), undefined);
  for (let ms = 1; ms <= 101; ms++) counted.time('call', ms, { percentiles: true });
  const shown = [...counted.read()].filter(([name]) => name.startsWith('call') && /percentile/.test(name));
  assert.equal(shown, [
    ['call_10_0_percentile', 11e6],
    ['call_50_0_percentile', 51e6],
    ['call_90_0_percentile', 91e6],
    ['call_99_0_percentile', 100e6],
    ['call_99_99_percentile', 100.99e6],
    ['call_99_9_percentile', 100.9e6],
  ]);
  for (let at = 0; at < 1000; at++) counted.time('call', 7, { percentiles: true });
  assert.is(value('call_99_99_percentile'), 7e6);
});

test('a delay between systems has the names of a request', async () => {
  const { clock, counted } = setUp();
  counted.request('d', 3);
  clock.advance(1000);
  const shown = Object.fromEntries([...counted.read()].filter(([name]) => !/_9/.test(name)));
  assert.equal(shown, {
    d_10_0_percentile: 3000,
    d_50_0_percentile: 3000,
    d_requests_events: 1,
    d_requests_events_per_sec: 1,
    d_requests_micros_per_event: 3000,
    d_requests_micros_total: 3000,
    d_requests_micros_total_per_sec: 3000,
    d_requests_per_sec: 1,
  });
  assert.match(await prometheusText(counted.values()), /aurora_d_seconds_sum 0\.003\n/);
});

/** One measurement of that many seconds. */
const buckets = (start: string, seconds: number): string[] =>
  [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600, '+Inf'].map(
    (bound) => `${start}le="${bound}"} ${bound === '+Inf' || seconds <= Number(bound) ? 1 : 0}`,
  );

test('Prometheus gets counters, gauges and histograms, with labels where a name holds a value', async () => {
  const { counted } = setUp();
  counted.add('tasks_LOST_web/prod/a "b"', 2);
  counted.add('scheduler_thrift_response_OK', 3);
  counted.add('offers_rescinded');
  counted.gauge('task_store_RUNNING', () => 4);
  counted.gauge('task_store_PENDING', () => 1);
  counted.gauge('build.version', () => '1.2');
  counted.measure('task_throttle', 1500);
  counted.time('scheduler_thrift_getJobs', 250, { percentiles: true });
  const lines = (await prometheusText(counted.values())).split('\n').filter((line) => line !== '');
  assert.ok(lines.includes('# HELP aurora_offers_rescinded_total Offers that Mesos rescinded'));
  assert.equal(
    lines.filter((line) => !line.startsWith('# HELP')),
    [
      '# TYPE aurora_build_version_info gauge',
      'aurora_build_version_info{value="1.2"} 1',
      '# TYPE aurora_offers_rescinded_total counter',
      'aurora_offers_rescinded_total 1',
      '# TYPE aurora_scheduler_thrift_response_total counter',
      'aurora_scheduler_thrift_response_total{code="OK"} 3',
      '# TYPE aurora_scheduler_thrift_seconds histogram',
      ...buckets('aurora_scheduler_thrift_seconds_bucket{method="getJobs",', 0.25),
      'aurora_scheduler_thrift_seconds_sum{method="getJobs"} 0.25',
      'aurora_scheduler_thrift_seconds_count{method="getJobs"} 1',
      '# TYPE aurora_task_store gauge',
      'aurora_task_store{status="RUNNING"} 4',
      'aurora_task_store{status="PENDING"} 1',
      '# TYPE aurora_task_throttle_seconds histogram',
      ...buckets('aurora_task_throttle_seconds_bucket{', 1.5),
      'aurora_task_throttle_seconds_sum 1.5',
      'aurora_task_throttle_seconds_count 1',
      '# TYPE aurora_tasks_lost_total counter',
      'aurora_tasks_lost_total{job="web/prod/a \\"b\\""} 2',
    ],
  );
});

test('a series appears once, also when two names come out equal', async () => {
  const { counted } = setUp();
  counted.gauge('a.b', () => 1);
  counted.gauge('a_b', () => 2);
  assert.match(await prometheusText(counted.values()), /# TYPE aurora_a_b gauge\naurora_a_b 1\n$/);
});

test('the process shows what dashboards of the original look at', () => {
  const { clock, counted, value } = setUp();
  processVars(counted, clock, '1.2');
  for (const name of [
    'jvm_time_ms',
    'jvm_memory_heap_mb_used',
    'process_open_fd_count',
    'process_max_fd_count',
  ])
    assert.ok((value(name) as number) > 0, name);
  assert.ok((value('jvm_uptime_secs') as number) >= 0);
  assert.is(value('process_cpu_cores_utilized'), 0);
  clock.advance(1000);
  assert.ok((value('process_cpu_cores_utilized') as number) > 0);
  assert.is(value('build.version'), '1.2');
});

test.run();
