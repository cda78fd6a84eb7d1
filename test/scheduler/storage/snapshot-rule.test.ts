import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { openLocalLog, type Storage } from '../../../src/scheduler/storage/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { memoryLog } from './memory-log.ts';
import { sampleTask, storageOn } from './sample.ts';

const test = suite('what the log holds, and what is counted');

async function bytesIn(directory: string): Promise<number> {
  const sizes = await Promise.all(
    // Files that are given up go while we look.
    (await readdir(directory)).map((name) =>
      stat(join(directory, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** A log that counts the snapshots that it is given. */
function countingLog() {
  const log = memoryLog();
  let snapshots = 0;
  const counting: typeof log = {
    ...log,
    writeSnapshot: (chunks) => {
      snapshots++;
      return log.writeSnapshot(chunks);
    },
  };
  return { log: counting, snapshots: () => snapshots };
}

/** An id that does not compress. */
const longId = (n: number) => `${Math.sin(n)}${Math.cos(n)}`;

/** Changes `count` tasks from number `from` on, each in a write of its own. */
const changeSome = (storage: Storage, from: number, count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, n) =>
      storage.write((tx) =>
        tx.tasks.save({ ...tx.tasks.get(`task-${from + n}`)!, failureCount: (Math.random() * 1e6) | 0 }),
      ),
    ),
  );

test('however much is written, the files stay within a few times the size of the state', async () => {
  const TASKS = 1_000;
  const directory = await mkdtemp(join(tmpdir(), 'aurora-growth-'));
  const clock = manualClock();
  const logBytes = 10_000;
  const log = await openLocalLog({ directory, clock, logger: silentLogger, retainedSnapshots: 1 });
  const counted = counters(clock);
  const storage = await storageOn(log, { clock, counters: counted, snapshots: { logBytes } });
  const written = () => Number(counted.read().get('scheduler_log_bytes_written'));
  const filled = storage.write((tx) => {
    for (let n = 0; n < TASKS; n++) tx.tasks.save(sampleTask(`task-${n}`, n));
  });
  // One record that holds the whole state.
  const stateBytes = written();
  await filled;
  const AT_A_TIME = 40;
  let most = 0;
  for (let changed = 0; changed < 40 * TASKS; changed += AT_A_TIME) {
    await changeSome(storage, changed % TASKS, AT_A_TIME);
    most = Math.max(most, await bytesIn(directory));
  }
  // Two generations, each a snapshot with records of about the size of the state, and what comes while one is written.
  const allowed = 10 * stateBytes;
  assert.ok(written() > 3 * allowed);
  assert.ok(most < allowed, `${most} bytes of ${stateBytes} bytes of state, ${allowed} allowed`);
  await storage.close();
  await rm(directory, { recursive: true });
}, 60_000);

test('a large state is not written again for every little change', async () => {
  const { log, snapshots } = countingLog();
  const storage = await storageOn(log, { snapshots: { logBytes: 100 } });
  await storage.write((tx) => {
    for (let n = 0; n < 1_000; n++) tx.tasks.save(sampleTask(longId(n), n));
  });
  await storage.snapshot();
  const before = snapshots();
  for (let n = 0; n < 200; n++)
    await storage.write((tx) => tx.tasks.save({ ...tx.tasks.get(longId(n))!, failureCount: 1 }));
  assert.is(snapshots(), before);
});

test('while tasks come, the next snapshot waits for a log like the state as it is, not as it was', async () => {
  const TASKS = 2_000;
  const { log, snapshots } = countingLog();
  const storage = await storageOn(log, { snapshots: { logBytes: 1_000 } });
  for (let n = 0; n < TASKS; n++) await storage.write((tx) => tx.tasks.save(sampleTask(longId(n), n)));
  const before = snapshots();
  // If each waited for a log like the one before, there would be six: one whenever the state has doubled.
  assert.ok(before >= 1 && before <= 4, `${before} while tasks came`);
  let changes = 0;
  for (; snapshots() === before && changes < 20 * TASKS; changes++) {
    const failureCount = (Math.random() * 1e6) | 0;
    await storage.write((tx) => tx.tasks.save({ ...tx.tasks.get(longId(changes % TASKS))!, failureCount }));
  }
  assert.is(snapshots(), before + 1, `none after ${changes} changes`);
  await storage.close();
});

test('a snapshot under way is given up when the storage is closed', async () => {
  let begun = () => {};
  const beginning = new Promise<void>((resolve) => (begun = resolve));
  let go = () => {};
  const gate = new Promise<void>((resolve) => (go = resolve));
  const storage = await storageOn(memoryLog(), {
    deflate: async (bytes) => {
      begun();
      await gate;
      return bytes;
    },
  });
  await storage.write((tx) => tx.framework.saveId('f'));
  const snapshot = storage.snapshot().then(
    () => assert.unreachable(),
    (error) => error,
  );
  await beginning;
  const closed = storage.close();
  go();
  await closed;
  assert.match((await snapshot).message, 'closed');
});

test('writes, reads, snapshots and queries are counted under their names', async () => {
  const counted = counters(manualClock());
  const log = memoryLog();
  const storage = await storageOn(log, { counters: counted });
  const vars = () => Object.fromEntries(counted.read());
  assert.is(vars().scheduler_log_entries_written, 0);
  await storage.write((tx) => tx.tasks.save(sampleTask('a', 0)));
  await storage.write((tx) => tx.tasks.save(sampleTask('b', 1)));
  assert.is(vars().scheduler_log_un_snapshotted_transactions, 2);
  assert.is(vars().scheduler_log_entries_written, 2);
  assert.is(vars().scheduler_log_bytes_written, log.bytesSinceSnapshot());
  assert.is(vars().log_manager_append_events, 2);
  storage.read(({ tasks }) => {
    tasks.find({ taskIds: ['a'] });
    tasks.find({ role: 'www', environment: 'prod', jobName: 'web' });
    tasks.find({ slaveHosts: ['h'] });
    tasks.find({});
    tasks.find({});
  });
  const { task_queries_by_id, task_queries_by_job, task_queries_by_host, task_queries_all } = vars();
  assert.equal(
    [task_queries_by_id, task_queries_by_job, task_queries_by_host, task_queries_all],
    [1, 1, 1, 2],
  );
  await storage.snapshot();
  assert.is(vars().scheduler_log_snapshots, 1);
  assert.is(vars().scheduler_log_un_snapshotted_transactions, 0);
  assert.is(vars().scheduler_log_entries_written, 3, 'the chunk of the snapshot too');
  for (const name of ['snapshot_create', 'log_manager_deflate', 'scheduler_log_snapshot'])
    assert.is(vars()[`${name}_events`], 1, name);

  await storage.write((tx) => tx.framework.saveId('f'));
  const again = counters(manualClock());
  await storageOn(log.again(), { counters: again });
  const read = Object.fromEntries(again.read());
  assert.is(read.scheduler_log_entries_read, 2);
  assert.is(read.scheduler_log_un_snapshotted_transactions, 1);
});

test.run();
