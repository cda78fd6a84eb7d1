import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { AuroraError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { memoryTables, openLocalLog, type Storage } from '../../../src/scheduler/storage/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { followedLog } from './followed-log.ts';
import { memoryLog } from './memory-log.ts';
import { applyAll, someChanges } from './random-changes.ts';
import { contents, sampleTask, storageOn } from './sample.ts';

const test = suite('standby, the past, and replacement');

const caught = (promise: Promise<unknown>): Promise<AuroraError> =>
  promise.then(
    () => assert.unreachable('must reject'),
    (error) => error,
  );

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

const START_MS = Date.UTC(2026, 0, 1);

test('whoever followed the log, with restarts and repetitions at any time, leads with what was in memory', async () => {
  const step = fc.record({
    changes: someChanges,
    event: fc.constantFrom('nothing', 'snapshot', 'follow', 'repeat', 'restart'),
    count: fc.nat(3),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), someChanges, async (steps, afterwards) => {
      const log = followedLog();
      const leader = await storageOn(log.leader);
      const follower = log.follower();
      let lead = () => {};
      let leads = false;
      const standby = storageOn(follower.log, { lead: new Promise<void>((resolve) => (lead = resolve)) });
      standby.then(() => (leads = true));
      for (const { changes, event, count } of steps) {
        await leader.write((tx) => applyAll(tx, changes));
        if (event === 'snapshot') await leader.snapshot();
        else if (event !== 'nothing') follower[event](count);
      }
      assert.is(leads, false, 'nobody reads what a standby has');
      lead();
      const next = await standby;
      assert.equal(next.read(contents), leader.read(contents));
      await next.write((tx) => applyAll(tx, afterwards));
      const third = await storageOn(log.follower().log);
      assert.equal(third.read(contents), next.read(contents));
    }),
    { numRuns: 300 },
  );
});

test('a gap in the records is refused, not passed over', async () => {
  const log = memoryLog();
  const storage = await storageOn(log);
  for (const id of ['a', 'b', 'c']) await storage.write((tx) => tx.framework.saveId(id));
  log.records.splice(1, 1);
  const error = await caught(storageOn(log.again()));
  assert.is(error.code, 'STORAGE');
  assert.match(error.message, 'record 3 follows record 1');
});

test('the state at any moment is what it was then', async () => {
  const step = fc.record({ changes: someChanges, waitMs: fc.nat(3), snapshot: fc.nat(3) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
      const clock = manualClock(START_MS);
      const log = memoryLog([], {}, clock.nowMs);
      const storage = await storageOn(log, { clock });
      const was = new Map<number, unknown>([[START_MS - 1, storage.read(contents)]]);
      for (const { changes, waitMs, snapshot } of steps) {
        clock.advance(waitMs);
        await storage.write((tx) => applyAll(tx, changes));
        was.set(clock.nowMs(), storage.read(contents));
        if (snapshot === 0) await storage.snapshot();
      }
      let expected: unknown;
      for (let timeMs = START_MS - 1; timeMs <= clock.nowMs() + 1; timeMs++) {
        expected = was.get(timeMs) ?? expected;
        assert.equal(contents(await storage.stateAt(timeMs)), expected, `${timeMs - START_MS} ms in`);
      }
    }),
    { numRuns: 150 },
  );
});

test('a moment before the oldest in the log is refused, with the oldest; so is one that was given up meanwhile', async () => {
  const clock = manualClock(START_MS);
  const log = memoryLog([], {}, clock.nowMs);
  let readable = true;
  const short = {
    ...log,
    generations: async () =>
      (await log.generations()).slice(readable ? -2 : -1).map((generation) => ({
        ...generation,
        read: async () => {
          readable = false;
          throw new AuroraError('STORAGE', 'the file is missing');
        },
      })),
  };
  const storage = await storageOn(short, { clock });
  for (const id of ['a', 'b']) {
    clock.advance(60_000);
    await storage.write((tx) => tx.framework.saveId(id));
    await storage.snapshot();
  }
  const early = await caught(storage.stateAt(START_MS));
  assert.is(early.code, 'BAD_PARAMETER');
  assert.match(early.message, '2026-01-01T00:00:00.000Z is no longer in the log');
  assert.match(early.message, 'oldest moment that can be read is 2026-01-01T00:01:00.000Z');
  const gone = await caught(storage.stateAt(START_MS + 90_000));
  assert.match(gone.message, 'oldest moment that can be read is 2026-01-01T00:02:00.000Z');
  assert.match((await caught(storage.stateAt(START_MS + 130_000))).message, 'the file is missing');
});

test('the local log keeps a past: a snapshot back, and no further', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'aurora-past-'));
  const clock = manualClock(START_MS);
  const log = await openLocalLog({ directory, clock, logger: silentLogger });
  const storage = await storageOn(log, { clock });
  for (let minute = 0; minute < 4; minute++) {
    await storage.write((tx) => tx.tasks.save(sampleTask(`task-${minute}`, minute)));
    clock.advance(30_000);
    if (minute > 0) await storage.snapshot();
    clock.advance(30_000);
  }
  const tasksAt = async (minute: number) => (await storage.stateAt(START_MS + minute * 60_000)).tasks.size;
  assert.is(await tasksAt(10), 4);
  assert.is(await tasksAt(3.1), 4);
  assert.is(await tasksAt(2.9), 3);
  assert.match((await caught(tasksAt(2))).message, '2026-01-01T00:02:30.000Z');
  await storage.close();
  await rm(directory, { recursive: true });
});

const filled = (changes: Parameters<typeof applyAll>[1]) => {
  const tables = memoryTables();
  tables.fill((stores) => applyAll({ ...stores, afterCommit: () => {} }, changes));
  return tables;
};

test('a replaced state is the other one from the next start on, and takes no more writes', async () => {
  await fc.assert(
    fc.asyncProperty(someChanges, someChanges, someChanges, async (before, instead, later) => {
      const log = memoryLog();
      const storage = await storageOn(log);
      await storage.write((tx) => applyAll(tx, before));
      const old = storage.read(contents);
      const tables = filled(instead);
      const underWay = storage.snapshot().catch(() => undefined);
      const replacing = storage.replaceWith(tables);
      assert.match((await caught(storage.write(() => 1))).message, 'replaced');
      await Promise.all([underWay, replacing]);
      assert.match((await caught(storage.replaceWith(tables))).message, 'replaced');
      assert.match((await caught(storage.snapshot())).message, 'replaced');
      assert.equal(storage.read(contents), old);
      await storage.close();
      const itsLog = log.again();
      const again = await storageOn(itsLog);
      assert.equal(again.read(contents), contents(tables.stores));
      await again.write((tx) => applyAll(tx, later));
      assert.equal((await storageOn(itsLog.again())).read(contents), again.read(contents));
    }),
    { numRuns: 100 },
  );
});

test('a replacement waits for writes under way', async () => {
  const log = memoryLog();
  const storage = await storageOn(log);
  log.hold();
  const order: string[] = [];
  const written = storage.write((tx) => tx.framework.saveId('old')).then(() => order.push('written'));
  const replaced = storage.replaceWith(memoryTables()).then(() => order.push('replaced'));
  await turn();
  assert.equal(order, []);
  log.release();
  await Promise.all([written, replaced]);
  assert.equal(order, ['written', 'replaced']);
});

test('a replacement that cannot be written leaves everything as it was', async () => {
  const log = memoryLog();
  let full = true;
  const storage: Storage = await storageOn({
    ...log,
    writeSnapshot: async (chunks) => {
      if (full) throw new Error('ENOSPC');
      await log.writeSnapshot(chunks);
    },
  });
  await storage.write((tx) => tx.framework.saveId('old'));
  assert.match((await caught(storage.replaceWith(memoryTables()))).message, 'ENOSPC');
  await storage.write((tx) => tx.framework.saveId('newer'));
  assert.is(
    (await storageOn(log.again())).read(({ framework }) => framework.id()),
    'newer',
  );
  full = false;
  await storage.replaceWith(memoryTables());
  assert.is(
    (await storageOn(log.again())).read(({ framework }) => framework.id()),
    undefined,
  );
});

test.run();
