/** Recovery into a log in ZooKeeper, which others may be using. */
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { encodeSnapshot, snapshotView } from '../../../src/scheduler/backup/backup-writer.ts';
import { recoverLog } from '../../../src/scheduler/backup/recover-log.ts';
import { type Log, openStorage } from '../../../src/scheduler/storage/index.ts';
import { memoryTables } from '../../../src/scheduler/storage/tables.ts';
import { assert, suite } from '../../harness/index.ts';
import { startZooKeeper, type ZooKeeperServer } from '../../zookeeper/server.ts';
import { memoryLog } from '../storage/memory-log.ts';
import { sampleTask } from '../storage/sample.ts';
import { openLogAt } from '../storage/zookeeper-home.ts';
import { diskWith } from './memory-disk.ts';

const test = suite('recovery into ZooKeeper');

let server: ZooKeeperServer;
test.before(async () => {
  server = await startZooKeeper();
});
test.after(() => server.stop());

const backup = () => {
  const tables = memoryTables();
  tables.fill(({ framework, tasks }) => {
    framework.saveId('framework-3');
    tasks.save(sampleTask('running', 0, 'RUNNING'));
  });
  const chunks = encodeSnapshot(snapshotView(tables.stores), { takenMs: 7, details: {} });
  return diskWith('backup', Buffer.concat([...chunks]));
};

const storageAt = async (path: string) => {
  const { log } = await openLogAt(server.address, path);
  return openStorage({ log, clock: systemClock, logger: silentLogger, onFatal: () => {} });
};

const recover = async (path: string) => {
  const { log } = await openLogAt(server.address, path);
  try {
    return await recoverLog({
      log,
      target: path,
      from: '/backup',
      clock: systemClock,
      random: seededRandom(3),
      disk: backup(),
    });
  } finally {
    await log.close();
  }
};

test('an empty log gets the state of the backup, with the mark that it is restored', async () => {
  const { tasks, activeTasks, jobs, frameworkId, takenMs } = await recover('/empty');
  assert.equal([tasks, activeTasks, jobs, frameworkId, takenMs], [1, 1, 1, 'framework-3', 7]);
  const storage = await storageAt('/empty');
  storage.read((stores) => {
    assert.ok(stores.tasks.get('running'));
    assert.is(stores.restoration.get()?.backup, 'backup');
  });
  await storage.close();
}, 30_000);

test('a log in use is refused, and its leader goes on undisturbed', async () => {
  const leader = await storageAt('/used');
  await leader.write((tx) => tx.framework.saveId('framework-1'));
  try {
    await recover('/used');
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /the target holds a state already \(\/used\); a backup is/);
  }
  await leader.write((tx) => void tx.tasks.save(sampleTask('later', 0)));
  await leader.close();
  const after = await storageAt('/used');
  assert.ok(after.read(({ tasks }) => tasks.get('later')));
  await after.close();
}, 30_000);

test('a log that does not answer is given up', async () => {
  const clock = manualClock();
  const silent: Log = { ...memoryLog(), recover: () => new Promise(() => {}) };
  const options = { log: silent, target: 'zk://nowhere', from: '/backup', clock, random: seededRandom(3) };
  const recovering = recoverLog({ ...options, disk: backup() });
  const advance = setInterval(() => clock.advance(30_000));
  try {
    await recovering;
    assert.unreachable();
  } catch (error) {
    assert.match(
      (error as Error).message,
      /does not answer \(zk:\/\/nowhere\); see whether its servers are up/,
    );
  } finally {
    clearInterval(advance);
  }
});

test.run();
