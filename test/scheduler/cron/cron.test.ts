import { assert, suite } from '../../harness/index.ts';
import { CRON_KEY, cronJob, cronScene, MINUTE_MS } from './cron-scene.ts';

const test = suite('cron');

const START_MS = Date.UTC(2026, 0, 1);

test('a job is run at each of its ticks, with instances from 0', async () => {
  const { active, all, jobs, pass, runs, save } = await cronScene();
  jobs.start();
  await save();
  await pass(59_000);
  assert.equal(active(), []);
  await pass(1_000);
  assert.equal(
    active()
      .map(({ assignedTask }) => assignedTask.instanceId)
      .sort(),
    [0, 1],
  );
  for (const status of ['ASSIGNED', 'RUNNING', 'FINISHED'] as const) await all(status);
  await pass(MINUTE_MS);
  assert.equal(runs(), ['STARTED 00:01', 'STARTED 00:02']);
  jobs.close();
});

test('Cron: kill-existing wait: the run waits until every task of the one before has ended', async () => {
  const { active, all, change, count, jobs, kills, pass, progress, runs, save, settle } = await cronScene();
  jobs.start();
  await save();
  await pass(MINUTE_MS);
  for (const status of ['ASSIGNED', 'RUNNING'] as const) await all(status);
  await pass(MINUTE_MS);
  assert.equal(
    active().map(({ status }) => status),
    ['KILLING', 'KILLING'],
  );
  assert.is(kills.length, 2);
  assert.is(progress()?.waiting?.outcome, 'WAITING');
  assert.is(active()[0]?.taskEvents.at(-1)?.message, 'Killed by cronScheduler');
  const [first, second] = active().map(({ assignedTask }) => assignedTask.taskId) as [string, string];
  await change({ taskId: first, to: 'KILLED' });
  await settle();
  assert.is(active().length, 1, 'one of the old run is left');
  await change({ taskId: second, to: 'KILLED' });
  await settle();
  assert.equal(
    active().map(({ status }) => status),
    ['PENDING', 'PENDING'],
  );
  assert.equal(runs(), ['STARTED 00:01', 'STARTED 00:02']);
  assert.is(count('cron_job_collisions'), 1);
  jobs.close();
});

test('a job that cannot start keeps none from starting that is due with it', async () => {
  const { active, count, jobs, pass, runs, save } = await cronScene();
  jobs.start();
  // It comes first; a job without instances can be stored, and not be started.
  await save(cronJob({ key: { ...CRON_KEY, name: 'broken' }, instanceCount: 0 }));
  await save();
  await pass(MINUTE_MS);
  assert.equal([active().length, runs()], [2, ['STARTED 00:01']]);
  assert.equal([count('cron_job_triggers'), count('cron_job_launch_failures')], [1, 1]);
  jobs.close();
});

test('tasks that were still pending do not hold up the next run', async () => {
  const { active, created, jobs, pass, progress, save } = await cronScene();
  jobs.start();
  await save();
  await pass(2 * MINUTE_MS);
  assert.is(active().length, 2);
  assert.is(created(), 4);
  assert.is(progress()?.waiting, undefined);
  jobs.close();
});

test('Cron: trigger during wait: ignored and counted, and the run is not doubled', async () => {
  const { all, count, created, jobs, pass, runs, save, startNow } = await cronScene();
  jobs.start();
  await save();
  await pass(MINUTE_MS);
  for (const status of ['ASSIGNED', 'RUNNING'] as const) await all(status);
  await pass(2 * MINUTE_MS);
  await startNow();
  assert.equal(runs(), ['STARTED 00:01', 'IGNORED 00:03', 'IGNORED jane']);
  assert.is(count('cron_job_concurrent_runs'), 2);
  await all('KILLED');
  assert.is(created(), 4);
  assert.is(runs().at(-1), 'STARTED 00:02');
  jobs.close();
});

test('Cron: the run that waited launches the template of now', async () => {
  const { active, all, jobs, pass, save } = await cronScene();
  jobs.start();
  await save();
  await pass(MINUTE_MS);
  for (const status of ['ASSIGNED', 'RUNNING'] as const) await all(status);
  await pass(MINUTE_MS);
  await save(cronJob({ instanceCount: 3, taskConfig: { ...cronJob().taskConfig, priority: 5 } }));
  await all('KILLED');
  assert.equal(
    active().map(({ assignedTask }) => assignedTask.task.priority),
    [5, 5, 5],
  );
  jobs.close();
});

test('Cron: deschedule while waiting: the job is not run; scheduled again it is not doubled', async () => {
  const { active, all, created, jobs, pass, remove, save } = await cronScene();
  jobs.start();
  await save();
  await pass(MINUTE_MS);
  for (const status of ['ASSIGNED', 'RUNNING'] as const) await all(status);
  await pass(MINUTE_MS);
  await remove();
  await save();
  await pass(MINUTE_MS);
  assert.equal(
    active().map(({ status }) => status),
    ['KILLING', 'KILLING'],
    'the tick waits as well',
  );
  await all('KILLED');
  assert.is(created(), 4);
  await remove();
  await pass(10 * MINUTE_MS);
  assert.is(created(), 4);
  jobs.close();
});

test('Cron: cancel-new: the tick is skipped, shown and counted', async () => {
  const { all, count, created, jobs, pass, runs, save } = await cronScene();
  jobs.start();
  await save(cronJob({ cronCollisionPolicy: 'CANCEL_NEW' }));
  await pass(MINUTE_MS);
  for (const status of ['ASSIGNED', 'RUNNING'] as const) await all(status);
  await pass(MINUTE_MS);
  assert.equal(runs(), ['STARTED 00:01', 'CANCELLED 00:02']);
  assert.is(created(), 2);
  assert.is(count('cron_job_collisions'), 1);
  jobs.close();
});

test('Cron: start-now takes the same way as a tick, and leaves the ticks as they are', async () => {
  const { created, jobs, pass, runs, save, startNow } = await cronScene();
  jobs.start();
  await save(cronJob({ cronSchedule: '5 * * * *' }));
  await startNow();
  assert.is(created(), 2);
  await pass(5 * MINUTE_MS);
  assert.equal(runs(), ['STARTED jane', 'STARTED 00:05']);
  jobs.close();
});

test('Cron: deschedule while running leaves the tasks alone, and no tick comes any more', async () => {
  const { active, all, created, jobs, pass, remove, save } = await cronScene();
  jobs.start();
  await save();
  await pass(MINUTE_MS);
  for (const status of ['ASSIGNED', 'RUNNING'] as const) await all(status);
  await remove();
  await pass(3 * MINUTE_MS);
  assert.equal(
    active().map(({ status }) => status),
    ['RUNNING', 'RUNNING'],
  );
  assert.is(created(), 2);
  jobs.close();
});

test('Cron: replace while running leaves the tasks alone', async () => {
  const { active, all, created, jobs, pass, save } = await cronScene();
  jobs.start();
  await save();
  await pass(MINUTE_MS);
  for (const status of ['ASSIGNED', 'RUNNING'] as const) await all(status);
  await save(cronJob({ cronSchedule: '0 0 1 1 *', instanceCount: 1 }));
  await pass(5 * MINUTE_MS);
  assert.equal(
    active().map(({ status }) => status),
    ['RUNNING', 'RUNNING'],
  );
  assert.is(created(), 2);
  jobs.close();
});

test('Cron: template invalid at startup: counted, and the others run', async () => {
  const { count, created, jobs, pass, storage } = await cronScene();
  const other = { ...CRON_KEY, name: 'other' };
  await storage.write((tx) => {
    tx.cronJobs.save(cronJob({ cronSchedule: '* * * * 7' }));
    tx.cronJobs.save(cronJob({ key: other, taskConfig: { ...cronJob().taskConfig, job: other } }));
  });
  jobs.start();
  await pass(MINUTE_MS);
  assert.is(count('cron_job_parse_failures'), 1);
  assert.is(count('cron_jobs_loaded'), 1);
  assert.is(created(), 2);
  jobs.close();
});

test('a tick whose job is not in the store any more is a misfire', async () => {
  const { count, created, jobs, pass, save, storage } = await cronScene();
  jobs.start();
  await save();
  await storage.write((tx) => void tx.cronJobs.delete(CRON_KEY));
  await pass(MINUTE_MS);
  assert.is(count('cron_job_misfires'), 1);
  assert.is(created(), 0);
  jobs.close();
});

test('ticks that came while no scheduler led are missed, shown and counted', async () => {
  const first = await cronScene();
  first.jobs.start();
  await first.save();
  await first.pass(MINUTE_MS);
  first.jobs.close();
  const second = await cronScene({ log: first.log.again(), atMs: START_MS + 5.5 * MINUTE_MS, seed: 2 });
  second.jobs.start();
  await second.settle();
  assert.equal(second.runs(), ['STARTED 00:01', 'MISSED 00:05 x4']);
  assert.is(second.progress()?.missed, 4);
  assert.is(second.count('cron_ticks_missed'), 4);
  assert.is(second.created(), 0);
  await second.pass(30_000);
  assert.is(second.runs().at(-1), 'STARTED 00:06');
  second.jobs.close();
});

test('RUN_ONCE: the last of the ticks that came while no scheduler led is run', async () => {
  const first = await cronScene();
  first.jobs.start();
  await first.save(cronJob({ cronMissedTickPolicy: 'RUN_ONCE' }));
  await first.pass(30_000);
  first.jobs.close();
  const second = await cronScene({ log: first.log.again(), atMs: START_MS + 5.5 * MINUTE_MS, seed: 2 });
  second.jobs.start();
  await second.settle();
  assert.equal(second.runs(), ['MISSED 00:05 x4', 'STARTED 00:05']);
  assert.is(second.created(), 2);
  second.jobs.close();
});

test('a run that waits is taken over by the next leader, and started once', async () => {
  const first = await cronScene();
  first.jobs.start();
  await first.save();
  await first.pass(MINUTE_MS);
  for (const status of ['ASSIGNED', 'RUNNING'] as const) await first.all(status);
  await first.pass(MINUTE_MS);
  first.jobs.close();
  const second = await cronScene({ log: first.log.again(), atMs: START_MS + 2.5 * MINUTE_MS, seed: 2 });
  second.jobs.start();
  await second.settle();
  assert.is(second.created(), 0);
  await second.all('KILLED');
  assert.is(second.created(), 2);
  assert.equal(second.runs(), ['STARTED 00:01', 'STARTED 00:02']);
  second.jobs.close();
});

test('the clock set back by an hour: no tick comes a second time', async () => {
  const { clock, jobs, pass, runs, save } = await cronScene({ atMs: START_MS + 120 * MINUTE_MS });
  jobs.start();
  await save(cronJob({ cronSchedule: '*/30 * * * *' }));
  await pass(31 * MINUTE_MS);
  clock.setWall(clock.nowMs() - 60 * MINUTE_MS);
  await pass(90 * MINUTE_MS);
  assert.equal(runs(), ['STARTED 02:30', 'STARTED 03:00']);
  jobs.close();
});

test('the clock set forward by an hour: one of the ticks in between is run, the others are missed', async () => {
  const { clock, count, jobs, pass, runs, save } = await cronScene();
  jobs.start();
  await save(cronJob({ cronSchedule: '*/20 * * * *' }));
  await pass(MINUTE_MS);
  clock.setWall(clock.nowMs() + 60 * MINUTE_MS);
  await pass(20 * MINUTE_MS);
  assert.equal(runs(), ['MISSED 01:00 x2', 'STARTED 01:00', 'STARTED 01:20']);
  assert.is(count('cron_job_misfires'), 2);
  jobs.close();
});

test('a job that was decided by a clock a year ahead goes on when the clock is right', async () => {
  const { clock, jobs, pass, runs, save } = await cronScene();
  jobs.start();
  await save();
  clock.setWall(START_MS + 365 * 24 * 60 * MINUTE_MS);
  await pass(MINUTE_MS);
  clock.setWall(START_MS + 60 * MINUTE_MS);
  await pass(2 * MINUTE_MS);
  assert.is(runs().at(-1), 'STARTED 01:02');
  jobs.close();
});

test('a job has a zone of its own, or that of the cluster', async () => {
  const { jobs } = await cronScene({ timeZone: 'Asia/Tokyo' });
  const daily = cronJob({ cronSchedule: '0 9 * * *' });
  assert.is(jobs.nextTickMs(daily), Date.UTC(2026, 0, 2), 'nine in Tokyo is midnight in GMT');
  assert.is(jobs.nextTickMs({ ...daily, cronTimeZone: 'Europe/Berlin' }), Date.UTC(2026, 0, 1, 8));
  assert.ok('problem' in jobs.scheduleOf({ ...daily, cronTimeZone: 'Mars/Olympus' }));
});

test.run();
