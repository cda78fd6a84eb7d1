/** Number 33 of the second round: after a teardown the framework id, and nothing else, can be dropped. */
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { forgetFramework } from '../../../src/scheduler/backup/forget-framework.ts';
import { assert, suite } from '../../harness/index.ts';
import { wireJob } from '../builders.ts';
import { testScheduler } from '../running.ts';
import { memoryLog } from '../storage/memory-log.ts';
import { sampleTask, storageOn } from '../storage/sample.ts';

const test = suite('a framework that Mesos removed');

test('its id is dropped from the log, and all else stays', async () => {
  const log = memoryLog();
  const storage = await storageOn(log);
  await storage.write((tx) => {
    tx.framework.saveId('framework-1');
    tx.tasks.save(sampleTask('running', 0, 'RUNNING'));
    tx.tasks.save(sampleTask('pending', 1, 'PENDING'));
  });
  await storage.close();
  const changed = log.again();
  const forgotten = await forgetFramework({ log: changed, clock: manualClock(), logger: silentLogger });
  assert.equal(forgotten, { frameworkId: 'framework-1', running: 1 });
  const after = await storageOn(changed.again());
  after.read(({ framework, tasks }) => {
    assert.is(framework.id(), undefined);
    assert.equal(
      [...tasks.all()].map(({ assignedTask, status }) => [assignedTask.taskId, status]),
      [
        ['running', 'RUNNING'],
        ['pending', 'PENDING'],
      ],
    );
  });
});

test('the next start registers anew, with its jobs', async () => {
  const log = memoryLog();
  let current = log;
  const scheduler = await testScheduler({ openLog: async () => current });
  try {
    scheduler.mesos.subscribe('framework-1');
    const { responseCode } = await scheduler.call('createJob', { description: wireJob() });
    assert.is(responseCode, 'OK');
    scheduler.mesos.say({ type: 'ERROR', error: { message: 'Framework has been removed' } });
    scheduler.mesos.options().onError('Framework has been removed');
    assert.match((await scheduler.running().finished).reason, /aurora scheduler forget-framework/);
    current = log.again();
    await forgetFramework({ log: current, clock: manualClock(), logger: silentLogger });
    current = current.again();
    await scheduler.restart();
    assert.is(scheduler.mesos.options().frameworkInfo.id, undefined);
    assert.is((await scheduler.tasks()).length, 1);
  } finally {
    await scheduler.stop();
  }
});

test.run();
