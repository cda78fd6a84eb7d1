/** A cron job is shown by a scheduler in this process. */
import { assert, suite } from '../harness/index.ts';
import { wireConfig, wireJob } from '../scheduler/builders.ts';
import { testScheduler } from '../scheduler/running.ts';
import { aurora } from './against.ts';

process.env.TZ = 'Asia/Kolkata';

const test = suite('cron show');

test('next runs by the clock of this machine and in UTC, and the last ones with what became of them', async () => {
  const scheduler = await testScheduler();
  try {
    scheduler.mesos.subscribe();
    const description = wireJob({
      cronSchedule: '30 2 1 1 *',
      cronTimeZone: 'Europe/Berlin',
      taskConfig: wireConfig({ isService: false }),
    });
    const { key } = description;
    assert.is((await scheduler.call('scheduleCronJob', { description })).responseCode, 'OK');
    const key4 = `west/${key?.role}/${key?.environment}/${key?.name}`;
    const fresh = await aurora(scheduler, ['cron', 'show', key4]);
    assert.is(fresh.code, 0, fresh.stderr);
    const [first, zone, next] = fresh.stdout.split('\n');
    assert.is(first, `${key4}\t 30 2 1 1 *`, "the original's line comes first");
    assert.is(zone, '  zone    Europe/Berlin');
    assert.match(
      next ?? '',
      /^ {2}next {4}(\d{4})-01-01 07:00:00 (?:IST|GMT\+5:30) {2}\1-01-01 01:30:00Z {2}in \d+d/,
    );
    assert.match(fresh.stdout, /^ {2}last {4}none$/m);
    await scheduler.call('startCronJob', { job: key! });
    const run = await aurora(scheduler, ['cron', 'show', key4]);
    assert.match(run.stdout, /^ {2}last {4}.*Z {2}STARTED {2}asked for by UNSECURE$/m);
    const json = JSON.parse((await aurora(scheduler, ['cron', 'show', key4, '--json'])).stdout);
    assert.is(json.next.length, 5);
    assert.match(json.next[0], /-01-01T01:30:00\.000Z$/);
    assert.is(json.runs[0].outcome, 'STARTED');
  } finally {
    await scheduler.stop();
  }
});

test.run();
