import type { Logger } from '../../../src/base/log.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { backupFiles } from '../../../src/scheduler/backup/backup-files.ts';
import { backupName } from '../../../src/scheduler/backup/backup-name.ts';
import { startBackups } from '../../../src/scheduler/backup/backups.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { assert, suite } from '../../harness/index.ts';
import { memoryLog } from '../storage/memory-log.ts';
import { sampleTask, storageOn } from '../storage/sample.ts';
import { type MemoryDisk, memoryDisk } from './memory-disk.ts';

const test = suite('scheduled backups');

const NOON_MS = new Date(2026, 2, 4, 12, 0).getTime();
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Lets everything that only waits for the disk in memory happen. */
const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

async function setUp({ disk = memoryDisk(), tasks = 1 }: { disk?: MemoryDisk; tasks?: number } = {}) {
  const clock = manualClock(NOON_MS);
  const log = memoryLog();
  const storage = await storageOn(log);
  await storage.write((tx) => {
    for (let at = 0; at < tasks; at++) tx.tasks.save(sampleTask(`task-${at}`, at));
  });
  const errors: object[] = [];
  const logger: Logger = { ...silentLogger, error: (fields) => void errors.push(fields) };
  const counted = counters(clock);
  const files = backupFiles({ directory: '/backups', disk, log: logger, most: 3 });
  const start = () =>
    startBackups({
      files,
      storage,
      clock,
      log: logger,
      counters: counted,
      backupIntervalMs: HOUR_MS,
      version: '1.2',
    });
  const tallies = () => {
    const { counts } = counted.values();
    return [counts.get('scheduler_backup_success'), counts.get('scheduler_backup_failed')];
  };
  const pass = async (ms: number) => {
    clock.advance(ms);
    await settle();
  };
  return { clock, disk, errors, files, log, pass, start, storage, tallies };
}

test('one is taken when the newest is an interval old, however often the scheduler starts', async () => {
  const { clock, disk, files, pass, start, tallies } = await setUp();
  disk.files.set(`/backups/${backupName(NOON_MS - 50 * MINUTE_MS)}`, Buffer.from('old'));
  start().close();
  const backups = start();
  await settle();
  await pass(9 * MINUTE_MS);
  assert.is((await files.list()).length, 1);
  await pass(MINUTE_MS);
  assert.equal((await files.list()).at(-1), backupName(clock.nowMs()));
  await pass(HOUR_MS - 1);
  assert.is((await files.list()).length, 2);
  await pass(1);
  assert.is((await files.list()).length, 3);
  assert.equal(tallies(), [2, 0]);
  backups.close();
  assert.is(clock.pending(), 0);
});

test('one that is overdue is taken at once, a state without any soon, an empty state in its time', async () => {
  const overdue = await setUp();
  overdue.disk.files.set(`/backups/${backupName(NOON_MS - 5 * HOUR_MS)}`, Buffer.from('old'));
  overdue.start();
  await settle();
  await overdue.pass(0);
  assert.is((await overdue.files.list()).length, 2);

  const first = await setUp();
  first.start();
  await settle();
  await first.pass(MINUTE_MS);
  assert.is((await first.files.list()).length, 1);

  const empty = await setUp({ tasks: 0 });
  empty.start();
  await settle();
  await empty.pass(HOUR_MS - 1);
  assert.is((await empty.files.list()).length, 0);
  await empty.pass(1);
  assert.is((await empty.files.list()).length, 1);
});

test('a clock that was set back puts backups off for one interval at most', async () => {
  const { disk, files, pass, start } = await setUp();
  disk.files.set(`/backups/${backupName(NOON_MS + 100 * HOUR_MS)}`, Buffer.from('of the future'));
  start();
  await settle();
  await pass(HOUR_MS);
  assert.is((await files.list()).length, 2);
});

test('a full disk is counted and told, tried again sooner than the interval, and harms nobody', async () => {
  const { disk, errors, files, pass, start, storage, tallies } = await setUp();
  disk.fail = (call) => {
    if (call === 'write') throw new Error('ENOSPC: no space left on device');
  };
  start();
  await settle();
  await pass(MINUTE_MS);
  assert.equal(tallies(), [0, 1]);
  assert.match(JSON.stringify(errors), /no space left on device/);
  assert.equal([...disk.files.keys()], []);
  await storage.write((tx) => void tx.tasks.delete('task-0'));
  disk.fail = () => {};
  await pass(10 * MINUTE_MS);
  assert.equal(tallies(), [1, 1]);
  assert.is((await files.list()).length, 1);
});

test('one that is asked for is told about, and puts the next one off', async () => {
  const { clock, disk, files, pass, start, tallies } = await setUp();
  const backups = start();
  await settle();
  await pass(30_000);
  assert.is(await backups.take(), backupName(clock.nowMs()));
  await pass(59 * MINUTE_MS);
  assert.is((await files.list()).length, 1);
  disk.fail = (call) => {
    if (call === 'rename') throw new Error('EIO');
  };
  try {
    await backups.take();
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /no backup could be written: EIO/);
  }
  assert.equal(tallies(), [1, 1]);
});

test('what is not durable yet is not in a backup before it is', async () => {
  const { files, log, start, storage } = await setUp();
  const backups = start();
  await settle();
  log.hold();
  const written = storage.write((tx) => void tx.tasks.save(sampleTask('late', 9)));
  const taken = backups.take();
  await settle();
  assert.equal(await files.list(), []);
  log.release();
  await written;
  const { tables } = await files.load(await taken);
  assert.ok(tables.stores.tasks.get('late'));
});

test.run();
