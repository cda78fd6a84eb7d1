/** The numbers of SLA metrics on histories that are made by hand, each about one rule. */
import { normalise } from '../../../src/api/index.ts';
import { sizeGroups } from '../../../src/scheduler/sla/size-groups.ts';
import { assert, suite } from '../../harness/index.ts';
import { sampleConfig } from '../storage/sample.ts';
import { JOB, numbersScene, REFRESH_MS } from './numbers-scene.ts';

const test = suite('SLA numbers of one history');

// A task that has been for long enough is no flapping one when it ends: its instance does not wait, THROTTLED.

const uptime = (value: (name: string) => unknown) => value(`sla_${JOB}_platform_uptime_percent`);

test('SLA metrics: never-run instance: it counts for nobody, and has no uptime and no wait', async () => {
  const { assign, change, clock, insert, numbers, value } = await numbersScene();
  numbers.start();
  const taskId = await insert();
  await assign(taskId);
  await change({ taskId, to: 'STARTING' });
  clock.advance(REFRESH_MS);
  assert.is(uptime(value), 100);
  assert.is(value(`sla_${JOB}_job_uptime_50.00_sec`), 0);
  assert.is(value(`sla_${JOB}_mttr_ms`), 0);
  clock.advance(10 * REFRESH_MS);
  // One that was lost before it ever ran is a loss of the platform's.
  await change({ taskId, to: 'LOST' });
  clock.advance(REFRESH_MS);
  assert.is(uptime(value), 0);
  numbers.close();
});

test('SLA metrics: partition: the instance counts as up, and as down from the moment at which it is given up', async () => {
  const { change, clock, numbers, taskIn, value } = await numbersScene();
  numbers.start();
  const taskId = await taskIn(
    ['ASSIGNED', 'RUNNING'],
    sampleConfig('web', { partitionPolicy: { reschedule: false, delaySecs: 0 } }),
  );
  clock.advance(10 * REFRESH_MS);
  await change({ taskId, to: 'PARTITIONED' });
  clock.advance(REFRESH_MS);
  assert.is(uptime(value), 100);
  assert.is(value(`sla_${JOB}_job_uptime_50.00_sec`), 0, 'only tasks that are RUNNING have an uptime');
  clock.advance(REFRESH_MS / 2);
  await change({ taskId, to: 'LOST' });
  clock.advance(REFRESH_MS / 2);
  assert.is(uptime(value), 50);
  numbers.close();
});

test('SLA metrics: window straddling: what is down over an edge counts in both windows, each for its part', async () => {
  const { active, assign, change, clock, numbers, taskIn, value } = await numbersScene();
  numbers.start();
  const first = await taskIn(['ASSIGNED', 'RUNNING']);
  clock.advance(10 * REFRESH_MS);
  clock.advance(45_000);
  await change({ taskId: first, to: 'LOST' });
  clock.advance(15_000);
  assert.is(uptime(value), 75);
  clock.advance(30_000);
  const second = active()?.assignedTask.taskId as string;
  await assign(second);
  await change({ taskId: second, to: 'RUNNING' });
  clock.advance(30_000);
  assert.is(uptime(value), 50);
  // It waited from before the edge on; the wait belongs to the window in which it ended.
  assert.is(value(`sla_${JOB}_mttr_ms`), 45_000);
  clock.advance(REFRESH_MS);
  assert.is(uptime(value), 100);
  numbers.close();
});

test('SLA metrics: empty job: one whose tasks have all ended has the numbers of no data', async () => {
  const { change, clock, numbers, taskIn, value } = await numbersScene();
  numbers.start();
  const taskId = await taskIn(['ASSIGNED', 'RUNNING']);
  clock.advance(REFRESH_MS);
  await change({ taskId, to: 'KILLING' });
  await change({ taskId, to: 'KILLED' });
  clock.advance(REFRESH_MS);
  assert.is(uptime(value), 100);
  for (const name of ['job_uptime_50.00_sec', 'job_uptime_99.00_sec', 'mtta_ms', 'mtts_ms', 'mttr_ms'])
    assert.is(value(`sla_${JOB}_${name}`), 0, name);
  numbers.close();
});

const SIZES: readonly [numCpus: number, ramMb: number, diskMb: number, size: string][] = [
  [0.1, 1, 1, 'small'],
  [1, 1024, 4096, 'small'],
  [1.01, 1025, 4097, 'medium'],
  [4, 8192, 16_384, 'medium'],
  [4.01, 8193, 16_385, 'large'],
  [8, 16_384, 32_768, 'large'],
  [8.01, 16_385, 32_769, 'xlarge'],
  [16, 32_768, 65_536, 'xlarge'],
  [16.01, 32_769, 65_537, 'xxlarge'],
];

test('SLA metrics: size groups at boundaries', () => {
  for (const [numCpus, ramMb, diskMb, size] of SIZES) {
    const resources = [{ numCpus }, { ramMb }, { diskMb }];
    const config = normalise('TaskConfig', { ...sampleConfig('web'), resources });
    assert.equal(sizeGroups(config), [`sla_cpu_${size}_`, `sla_ram_${size}_`, `sla_disk_${size}_`]);
  }
});

test.run();
