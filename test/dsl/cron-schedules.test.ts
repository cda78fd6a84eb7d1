import { Job, type JobFields, SimpleTask } from '../../src/dsl/index.ts';
import { convertJob, loadedJob } from '../../src/dsl/load/loaded-job.ts';
import { describer } from '../../src/dsl/schema/describe.ts';
import type { StructNode } from '../../src/dsl/schema/node.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('cron schedules of jobs');

function converted(fields: Partial<JobFields>, binds: Readonly<Record<string, string>> = {}) {
  const job = Job({
    cluster: 'c',
    role: 'r',
    environment: 'prod',
    task: SimpleTask('p', 'true'),
    cronSchedule: '0 3 * * *',
    ...fields,
  });
  const nowhere = { original: () => undefined, of: () => undefined };
  const loaded = loadedJob(describer()(job) as StructNode, binds, nowhere);
  return convertJob(loaded, { user: 'me' });
}

const scheduleOf = (cronSchedule: string, binds: Readonly<Record<string, string>> = {}, service = false) =>
  converted({ cronSchedule, service }, binds).jobConfiguration.cronSchedule;

test('are passed on as they are written', () => {
  assert.is(scheduleOf('*/15 9-17 * * MON-FRI'), '*/15 9-17 * * MON-FRI');
  assert.is(scheduleOf('{{minute}} 3 * * *', { minute: '30' }), '30 3 * * *');
});

test('are refused before the scheduler would refuse them', () => {
  assert.throws(
    () => scheduleOf('61 3 * * *'),
    /cronSchedule: "61 3 \* \* \*" is not a schedule: it has "61" as its minute/,
  );
  assert.throws(() => scheduleOf('{{minute}} 3 * * *', { minute: 'x' }), /"x 3 \* \* \*" is not a schedule/);
  assert.throws(() => scheduleOf('0 3 1 * MON'), /restricts the days of the month and those of the week/);
});

test('have a zone and a rule for ticks that nobody ran, which are passed on', () => {
  const { jobConfiguration } = converted({ cronTimeZone: 'Europe/Berlin', cronMissedTickPolicy: 'RUN_ONCE' });
  assert.is(jobConfiguration.cronTimeZone, 'Europe/Berlin');
  assert.is(jobConfiguration.cronMissedTickPolicy, 'RUN_ONCE');
  assert.throws(
    () => converted({ cronTimeZone: 'Berlin' }),
    /cronTimeZone: "Berlin" is not a time zone: it has to be a name like Europe\/Berlin or GMT/,
  );
});

test('do not go with services', () => {
  assert.throws(
    () => scheduleOf('0 3 * * *', {}, true),
    /service: must be false for a job with a cronSchedule/,
  );
});

test.run();
