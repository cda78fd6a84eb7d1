import fc from 'fast-check';
import { AuroraError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { openStorage, type WriteTransaction } from '../../../src/scheduler/storage/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { memoryLog } from './memory-log.ts';
import { applyAll, someChanges } from './random-changes.ts';
import { contents, deflateNow, sampleConfig, sampleTask, storageOn } from './sample.ts';

const test = suite('storage');

const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => assert.unreachable('must reject'),
    (error) => error,
  );

test('a write is seen at once and resolves when it is durable', async () => {
  const log = memoryLog();
  const storage = await storageOn(log);
  log.hold();
  let done = false;
  const written = storage
    .write((tx) => tx.framework.saveId('f'))
    .then(() => {
      done = true;
    });
  assert.is(
    storage.read(({ framework }) => framework.id()),
    'f',
  );
  await new Promise(setImmediate);
  assert.is(done, false);
  log.release();
  await written;
});

test('effects run after durability, in the order of commits, before the write resolves', async () => {
  const log = memoryLog();
  const storage = await storageOn(log);
  const order: string[] = [];
  log.hold();
  const writes = ['a', 'b', 'c'].map((name) =>
    storage
      .write((tx) => {
        if (name !== 'b') tx.framework.saveId(name); // b changes nothing and still waits for its turn
        tx.afterCommit(() => order.push(`${name}1`));
        tx.afterCommit(() => order.push(`${name}2`));
      })
      .then(() => order.push(`${name} resolved`)),
  );
  await new Promise(setImmediate);
  assert.equal(order, []);
  log.release();
  await Promise.all(writes);
  const effects = order.filter((entry) => !entry.endsWith('resolved'));
  assert.equal(effects, ['a1', 'a2', 'b1', 'b2', 'c1', 'c2']);
  assert.ok(order.indexOf('a resolved') > order.indexOf('a2'));
});

test('many effects take turns with others, and keep their order', async () => {
  const clock = manualClock();
  let spentMs = 0;
  const storage = await openStorage({
    log: memoryLog(),
    clock: { ...clock, monotonicMs: () => spentMs },
    logger: silentLogger,
    onFatal: () => assert.unreachable(),
  });
  const timers = clock.pending();
  const order: string[] = [];
  const writes = ['a', 'b'].map((name) =>
    storage
      .write((tx) => {
        for (let step = 0; step < 3; step++)
          tx.afterCommit(() => {
            order.push(`${name}${step}`);
            spentMs += 5;
          });
      })
      .then(() => order.push(`${name} resolved`)),
  );
  await new Promise(setImmediate);
  assert.equal(order, ['a0', 'a1'], 'the turn is over');
  assert.is(clock.pending(), timers + 1);
  while (order.length < 8) {
    clock.advance(0);
    await new Promise(setImmediate);
  }
  await Promise.all(writes);
  assert.equal(
    order.filter((entry) => !entry.endsWith('resolved')),
    ['a0', 'a1', 'a2', 'b0', 'b1', 'b2'],
  );
  await storage.close();
});

test('an effect that throws hinders nobody, and an effect may write', async () => {
  const storage = await storageOn(memoryLog());
  const ran: string[] = [];
  await storage.write((tx) => {
    tx.afterCommit(() => {
      throw new Error('no');
    });
    tx.afterCommit(() => {
      storage.write((inner) => inner.framework.saveId('inner')).then(() => ran.push('inner'));
    });
  });
  await storage.settled();
  await new Promise(setImmediate);
  assert.equal(ran, ['inner']);
});

test('settled waits for everything applied before it, and for nothing when there is nothing', async () => {
  const log = memoryLog();
  const storage = await storageOn(log);
  await storage.settled();
  log.hold();
  const written = storage.write((tx) => tx.framework.saveId('f'));
  let settled = false;
  const barrier = storage.settled().then(() => {
    settled = true;
  });
  await new Promise(setImmediate);
  assert.is(settled, false);
  log.release();
  await Promise.all([written, barrier]);
});

test('a write that only looks appends nothing', async () => {
  const log = memoryLog();
  const storage = await storageOn(log);
  assert.is(await storage.write((tx) => tx.tasks.size), 0);
  assert.is(log.records.length, 0);
});

test('what is applied at once gives its result at once, and tells when it is durable', async () => {
  const log = memoryLog();
  const storage = await storageOn(log);
  log.hold();
  let durable = false;
  const effects: string[] = [];
  const applied = storage.apply((tx) => {
    tx.framework.saveId('one');
    tx.afterCommit(() => effects.push('effect'));
    return 'result';
  });
  assert.is(applied.result, 'result');
  assert.is(
    storage.read(({ framework }) => framework.id()),
    'one',
  );
  const told = applied.durable?.then(() => {
    durable = true;
  });
  await new Promise(setImmediate);
  assert.is(durable, false);
  assert.equal(effects, []);
  log.release();
  await told;
  assert.equal(effects, ['effect']);
});

test('what changes nothing has nothing to wait for, and what is thrown is undone and comes at once', async () => {
  const log = memoryLog();
  const storage = await storageOn(log);
  assert.equal(
    storage.apply(() => 'seen'),
    { result: 'seen', durable: undefined },
  );
  assert.throws(
    () =>
      storage.apply((tx) => {
        tx.framework.saveId('one');
        tx.afterCommit(() => assert.unreachable('the effect of a write that was undone'));
        throw new Error('no');
      }),
    /no/,
  );
  assert.is(
    storage.read(({ framework }) => framework.id()),
    undefined,
  );
  await storage.write((tx) => tx.framework.saveId('two'));
  assert.is(log.records.length, 1);
});

test('effects alone wait their turn', async () => {
  const log = memoryLog();
  const storage = await storageOn(log);
  log.hold();
  const order: string[] = [];
  const first = storage.write((tx) => {
    tx.framework.saveId('one');
    tx.afterCommit(() => order.push('first'));
  });
  const second = storage.apply((tx) => tx.afterCommit(() => order.push('second')));
  await new Promise(setImmediate);
  assert.equal(order, []);
  log.release();
  await Promise.all([first, second.durable]);
  assert.equal(order, ['first', 'second']);
});

test('a failed append ends it all: one call of onFatal, every write rejects, effects never run', async () => {
  const log = memoryLog();
  const fatal: AuroraError[] = [];
  const storage = await openStorage({
    log,
    clock: manualClock(),
    logger: silentLogger,
    onFatal: (error) => fatal.push(error),
  });
  log.hold();
  let spoke = false;
  const writes = [1, 2].map(() =>
    caught(
      storage.write((tx) => {
        tx.framework.saveId(String(Math.random()));
        tx.afterCommit(() => {
          spoke = true;
        });
      }),
    ),
  );
  const barrier = caught(storage.settled());
  log.release(new Error('EIO'));
  for (const error of [...(await Promise.all(writes)), await barrier]) {
    assert.instance(error, AuroraError);
    assert.is(error.code, 'STORAGE');
  }
  assert.is((await caught(storage.write(() => 1))).code, 'STORAGE');
  assert.is((await caught(storage.settled())).code, 'STORAGE');
  assert.is(fatal.length, 1);
  assert.match(fatal[0]!.message, 'EIO');
  assert.is(spoke, false);
});

test('misuse is refused: a write inside a write, an asynchronous write, a transaction used after its end', async () => {
  const storage = await storageOn(memoryLog());
  let kept: WriteTransaction | undefined;
  const inner = await storage.write((tx) => {
    kept = tx;
    return { promise: caught(storage.write(() => 1)) };
  });
  assert.is((await inner.promise).code, 'BUG');
  assert.is((await caught(storage.write(async () => 1))).code, 'BUG');
  assert.throws(() => kept!.framework.saveId('late'), /outside a write/);
  assert.throws(() => kept!.afterCommit(() => {}), /a write that is over/);
  assert.is(
    storage.read(({ framework }) => framework.id()),
    undefined,
  );
});

test('an instance cannot be doubled, and a task cannot change its instance', async () => {
  const storage = await storageOn(memoryLog());
  await storage.write((tx) => tx.tasks.save(sampleTask('a', 0)));
  const double = await caught(storage.write((tx) => tx.tasks.save(sampleTask('b', 0, 'RUNNING'))));
  assert.match(double.message, 'second active one');
  const moved = await caught(storage.write((tx) => tx.tasks.save(sampleTask('a', 1))));
  assert.match(moved.message, 'changed its instance');
  assert.equal(
    storage.read(({ tasks }) => [...tasks.all()].map((task) => task.assignedTask.taskId)),
    ['a'],
  );
});

test('several changes of one task in one write are one small change in the log', async () => {
  const log = memoryLog();
  const storage = await storageOn(log);
  await storage.write((tx) => tx.tasks.save(sampleTask('a', 0)));
  const task = storage.read(({ tasks }) => tasks.get('a')!);
  await storage.write((tx) => {
    for (const status of ['ASSIGNED', 'STARTING', 'RUNNING'] as const) tx.tasks.save({ ...task, status });
  });
  assert.is(log.records.length, 2);
  assert.ok(log.records[1]!.length < 20, `${log.records[1]!.length} bytes`);
});

test('a configuration is in the log once, however many tasks have it', async () => {
  const log = memoryLog();
  const storage = await storageOn(log);
  const big = () => sampleConfig('big', { executorConfig: { name: 'x', data: 'y'.repeat(10_000) } });
  await storage.write((tx) => {
    for (let n = 0; n < 100; n++) tx.tasks.save(sampleTask(`a${n}`, n, 'PENDING', big()));
  });
  await storage.write((tx) => tx.tasks.save(sampleTask('b', 100, 'PENDING', big())));
  const bytes = log.records.reduce((sum, record) => sum + record.length, 0);
  assert.ok(bytes < 20_000, `${bytes} bytes`);
});

test('a write that throws leaves everything as it was, whatever it did', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(someChanges, { maxLength: 4 }), someChanges, async (before, doomed) => {
      const log = memoryLog();
      const storage = await storageOn(log);
      for (const changes of before) await storage.write((tx) => applyAll(tx, changes));
      const was = storage.read(contents);
      const records = log.records.length;
      const failed = storage.write((tx) => {
        for (const change of doomed) change(tx);
        throw new Error('no');
      });
      assert.is((await caught(failed)).message, 'no');
      assert.equal(storage.read(contents), was);
      assert.is(log.records.length, records);
    }),
    { numRuns: 300 },
  );
});

test('what the log gives back is what was in memory, with failed writes and a snapshot in between', async () => {
  const step = fc.record({ changes: someChanges, fails: fc.boolean(), snapshot: fc.nat(4) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
      const log = memoryLog();
      const storage = await storageOn(log);
      for (const { changes, fails, snapshot } of steps) {
        const written = storage.write((tx) => {
          for (const change of changes) change(tx);
          if (fails) throw new Error('no');
        });
        await (fails ? caught(written) : written);
        if (snapshot === 0) await storage.snapshot();
      }
      const again = await storageOn(log.again());
      assert.equal(again.read(contents), storage.read(contents));
    }),
    { numRuns: 300 },
  );
});

test('a snapshot is the state at its beginning, though writes go on while it is read', async () => {
  await fc.assert(
    fc.asyncProperty(someChanges, someChanges, async (before, meanwhile) => {
      const log = memoryLog();
      const storage = await storageOn(log);
      await storage.write((tx) => applyAll(tx, before));
      const snapshot = storage.snapshot();
      await storage.write((tx) => applyAll(tx, meanwhile));
      await snapshot;
      const again = await storageOn(log.again());
      assert.equal(again.read(contents), storage.read(contents));
    }),
    { numRuns: 200 },
  );
});

test('records behind a snapshot of an empty state are read', async () => {
  const log = memoryLog();
  const storage = await storageOn(log);
  await storage.write((tx) => tx.quotas.save('role', { resources: [{ numCpus: 1 }] }));
  await storage.write((tx) => void tx.quotas.delete('role'));
  await storage.snapshot();
  await storage.write((tx) => tx.framework.saveId('framework'));
  const again = await storageOn(log.again());
  assert.equal(again.read(contents), storage.read(contents));
});

test('a snapshot of many chunks is whole', async () => {
  const log = memoryLog();
  const storage = await storageOn(log);
  await storage.write((tx) => {
    for (let n = 0; n < 12_000; n++) {
      tx.tasks.save(sampleTask(`task-${n}`, n, 'PENDING', sampleConfig(`job-${n % 1_200}`)));
      tx.quotas.save(`role-${n}`, { resources: [{ numCpus: n }] });
    }
  });
  await storage.snapshot();
  const again = log.again();
  let chunks = 0;
  await again.recover({ restart: () => {}, apply: () => void chunks++ });
  assert.ok(chunks > 3, `${chunks} chunks`);
  assert.equal((await storageOn(again)).read(contents), storage.read(contents));
});

test('snapshots are taken by the size of the log, by time, and not again at once after a failure', async () => {
  const clock = manualClock();
  const log = memoryLog();
  let taken = 0;
  let broken = false;
  const counted = {
    ...log,
    writeSnapshot: async (chunks: Parameters<typeof log.writeSnapshot>[0]) => {
      taken++;
      if (broken) throw new Error('ENOSPC');
      await log.writeSnapshot(chunks);
    },
  };
  const snapshots = { logBytes: 1_000, intervalMs: 60_000 };
  const storage = await openStorage({
    log: counted,
    clock,
    logger: silentLogger,
    onFatal: assert.unreachable,
    snapshots,
    deflate: deflateNow,
  });
  const write = async (bytes: number) => {
    await storage.write((tx) => tx.framework.saveId(`${Math.random()}${'x'.repeat(bytes)}`));
    await new Promise(setImmediate);
  };
  clock.advance(60_000);
  assert.is(taken, 0, 'nothing to do');
  await write(10);
  clock.advance(60_000);
  await new Promise(setImmediate);
  assert.is(taken, 1, 'by time');
  await write(1_000);
  assert.is(taken, 2, 'by size');
  broken = true;
  await write(1_000);
  await write(1_000);
  assert.is(taken, 3, 'not at once');
  broken = false;
  clock.advance(60_000);
  await new Promise(setImmediate);
  assert.is(log.records.length, 0);
  await storage.close();
  assert.is(clock.pending(), 0);
});

test('a record of a later version is refused with what is not understood', async () => {
  const records: [number[], RegExp][] = [
    [[3], /in format 3, this version reads format 2; start .* a later one/],
    [[1, 2, 0], /in format 1, this version reads format 2; start .* an earlier one/],
    [[2, 9, 0, 2], /kind 9 is not known/],
    [[2, 1, 0, 2, 99], /operation 99 is not known/],
    [[2, 1, 0, 2, 2, 255], /saveTask in the log cannot be applied/],
    [[2], /the record ends/],
    [[2, 2, 0, 2, 255, 255], /cannot be applied/],
    [[2, 1, 0, 4], /record 2 follows record 0/],
  ];
  for (const [record, message] of records) {
    const error = await caught(storageOn(memoryLog([Uint8Array.from(record)])));
    assert.is(error.code, 'STORAGE');
    assert.match(error.message, message);
  }
});

test('a job update carries its state, its events and its job', async () => {
  const storage = await storageOn(memoryLog());
  const key = { job: sampleConfig().job, id: 'u1' };
  const settings = {
    updateGroupSize: 1,
    maxPerInstanceFailures: 0,
    maxFailedInstances: 0,
    minWaitInInstanceRunningMs: 1,
    rollbackOnFailure: true,
    updateOnlyTheseInstances: [],
    waitForBatchCompletion: false,
    blockIfNoPulsesAfterMs: 0,
    slaAware: false,
  };
  await storage.write((tx) => {
    tx.jobUpdates.save({
      summary: { user: 'u', key, metadata: [] },
      instructions: { initialState: [], settings },
    });
    tx.jobUpdates.addEvent(key, { status: 'ROLLING_FORWARD', timestampMs: 5 });
    tx.jobUpdates.addInstanceEvent(key, { instanceId: 0, timestampMs: 9, action: 'INSTANCE_UPDATING' });
  });
  storage.read(({ jobUpdates }) => {
    assert.equal(jobUpdates.activeOf(key.job), key);
    assert.is(jobUpdates.status(key), 'ROLLING_FORWARD');
    assert.equal(jobUpdates.summary(key)?.state, {
      status: 'ROLLING_FORWARD',
      createdTimestampMs: 5,
      lastModifiedTimestampMs: 9,
    });
  });
  await storage.write((tx) => tx.jobUpdates.addEvent(key, { status: 'ROLLED_FORWARD', timestampMs: 12 }));
  assert.is(
    storage.read(({ jobUpdates }) => jobUpdates.activeOf(key.job)),
    undefined,
  );
  assert.is(
    storage.read(({ jobUpdates }) => jobUpdates.ofJob(key.job).length),
    1,
  );
});

test.run();
