import type { Wire } from '../../../src/api/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { JOB, wireConfig, wireJob } from '../builders.ts';
import { type TestScheduler, testScheduler } from '../running.ts';

const test = suite('calls about cron jobs');

function withScheduler(name: string, body: (scheduler: TestScheduler) => Promise<void>): void {
  test(name, async () => {
    const scheduler = await testScheduler();
    try {
      scheduler.mesos.subscribe();
      await body(scheduler);
    } finally {
      await scheduler.stop();
    }
  });
}

const cronJob = (change: Wire<'JobConfiguration'> = {}): Wire<'JobConfiguration'> =>
  wireJob({
    cronSchedule: '0 0 1 1 *',
    cronCollisionPolicy: 'KILL_EXISTING',
    taskConfig: wireConfig({ isService: false }),
    ...change,
  });
const outcome = ({ responseCode, details }: Wire<'Response'>) => [responseCode, details?.[0]?.message];

withScheduler('a cron job is scheduled, shown, started and descheduled', async ({ call, tasks }) => {
  const description = cronJob({ cronTimeZone: 'Asia/Tokyo', cronMissedTickPolicy: 'RUN_ONCE' });
  assert.equal(outcome(await call('scheduleCronJob', { description })), ['OK', undefined]);
  const { result } = await call('getJobSummary', { role: JOB.role });
  const [summary] = result?.jobSummaryResult?.summaries ?? [];
  const next = new Date(Number(summary?.nextCronRunMs)).toISOString();
  assert.match(next, /-12-31T15:00:00/, 'New Year in Tokyo');
  assert.is(summary?.job?.cronSchedule, '0 0 1 1 *');
  assert.equal(await tasks(), []);

  assert.equal(outcome(await call('startCronJob', { job: JOB })), ['OK', undefined]);
  assert.equal(
    (await tasks()).map(({ status }) => status),
    ['PENDING'],
  );
  const status = (await call('getCronJobStatus', { job: JOB })).result?.cronJobStatusResult?.status;
  assert.is(status?.timeZone, 'Asia/Tokyo');
  assert.is(status?.nextTicksMs?.length, 5);
  assert.is(status?.nextTicksMs?.[0], Number(summary?.nextCronRunMs));
  assert.equal(
    status?.runs?.map(({ outcome, user }) => [outcome, user]),
    [['STARTED', 'UNSECURE']],
  );
  assert.is(status?.job?.cronMissedTickPolicy, 'RUN_ONCE');

  assert.equal(outcome(await call('descheduleCronJob', { job: JOB })), ['OK', undefined]);
  assert.is((await tasks()).length, 1, 'its tasks run on');
  const [code, detail] = outcome(await call('descheduleCronJob', { job: JOB }));
  assert.is(code, 'OK');
  assert.match(detail ?? '', /is not scheduled with cron/);
});

withScheduler('what cannot be a cron job is refused with its reason', async ({ call }) => {
  await call('scheduleCronJob', { description: cronJob() });
  const refusals: readonly [change: Wire<'JobConfiguration'>, reason: RegExp][] = [
    [{ cronSchedule: '' }, /needs a cronSchedule/],
    [{ cronSchedule: '* * * * 7' }, /has "7" as its day of the week/],
    [{ cronSchedule: '* * 1 * 1' }, /restricts the days of the month and those of the week/],
    [{ cronCollisionPolicy: 'RUN_OVERLAP' }, /collision policy must be KILL_EXISTING or CANCEL_NEW/],
    [{ cronSchedule: '0 0 31 2 *' }, /names a day that none of its months has, so that it never runs/],
    [{ cronTimeZone: 'Mars/Olympus' }, /"Mars\/Olympus" is not known/],
    [{ taskConfig: wireConfig({ isService: true }) }, /may not be run on a cron schedule/],
    [{ instanceCount: 0 }, /Instance count must be positive/],
    [{ instanceCount: 1_000_000 }, /tasks at most/],
  ];
  for (const [change, reason] of refusals)
    for (const [method, args] of [
      ['scheduleCronJob', { description: cronJob(change) }],
      ['replaceCronTemplate', { config: cronJob(change) }],
    ] as const) {
      const [code, detail] = outcome(await call(method, args));
      assert.is(code, 'INVALID_REQUEST', `${method} ${JSON.stringify(change)}`);
      assert.match(detail ?? '', reason);
    }
});

withScheduler('a job is a cron job or another one, never both', async ({ call }) => {
  const refused = async (reply: Promise<Wire<'Response'>>) =>
    assert.is((await reply).responseCode, 'INVALID_REQUEST');
  await refused(call('replaceCronTemplate', { config: cronJob() }));
  await refused(call('startCronJob', { job: JOB }));
  assert.is((await call('createJob', { description: wireJob() })).responseCode, 'OK');
  await refused(call('scheduleCronJob', { description: cronJob() }));
  assert.is((await call('killTasks', { job: JOB })).responseCode, 'OK');
  assert.is((await call('scheduleCronJob', { description: cronJob() })).responseCode, 'OK');
  assert.is(
    (await call('replaceCronTemplate', { config: cronJob({ instanceCount: 2 }) })).responseCode,
    'OK',
  );
  await refused(call('createJob', { description: wireJob() }));
  await refused(call('addInstances', { key: { jobKey: JOB, instanceId: 0 }, count: 1 }));
});

withScheduler('cron jobs are there again after a restart', async ({ call, mesos, restart }) => {
  await call('scheduleCronJob', { description: cronJob() });
  await call('startCronJob', { job: JOB });
  await restart();
  mesos.subscribe();
  const status = (await call('getCronJobStatus', { job: JOB })).result?.cronJobStatusResult?.status;
  assert.is(status?.runs?.[0]?.outcome, 'STARTED');
  assert.is(status?.nextTicksMs?.length, 5);
});

test.run();
