import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { AuroraError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { unclaimed } from '../../../src/proc/directory-claim.ts';
import { openLocalLog } from '../../../src/scheduler/storage/index.ts';
import { type Disk, systemDisk } from '../../../src/scheduler/storage/log/disk.ts';
import { decodeHeader, encodeHeader, type FileHeader } from '../../../src/scheduler/storage/log/frames.ts';
import { assert, suite } from '../../harness/index.ts';
import { logSuite, recovered } from './log-suite.ts';

const test = suite('local log');

const newDirectory = () => mkdtemp(join(tmpdir(), 'aurora-log-'));

async function home() {
  const directory = await newDirectory();
  return {
    directory,
    open: () => openLocalLog({ directory, logger: silentLogger, clock: systemClock }),
    destroy: () => rm(directory, { recursive: true }),
  };
}

logSuite(test, home);

/** The machine's disk, with every call reported first; what `before` throws is the call's failure. */
function watchedDisk(before: (call: string, path: string) => void): Disk {
  const observed = async <T>(call: string, path: string, run: () => Promise<T>): Promise<T> => {
    before(call, path);
    return run();
  };
  return {
    open: async (path, mode) => {
      const file = await observed(`open ${mode}`, path, () => systemDisk.open(path, mode));
      return {
        ...file,
        write: (bytes, position) => observed('write', path, () => file.write(bytes, position)),
        datasync: () => observed('datasync', path, () => file.datasync()),
      };
    },
    list: systemDisk.list,
    makeDirectory: systemDisk.makeDirectory,
    rename: (from, to) => observed('rename', to, () => systemDisk.rename(from, to)),
    remove: (path) => observed('remove', path, () => systemDisk.remove(path)),
    syncDirectory: (path) => observed('syncDirectory', path, () => systemDisk.syncDirectory(path)),
  };
}

const append = (log: { append(record: Uint8Array): Promise<void> }, text: string) =>
  log.append(Buffer.from(text));

test('a snapshot that a killed process had only named is made durable before what it replaces is removed', async () => {
  const { directory, destroy } = await home();
  const killed = watchedDisk((call) => {
    if (call === 'syncDirectory' && snapshotting) throw new Error('killed');
  });
  let snapshotting = false;
  const log = await openLocalLog({ directory, logger: silentLogger, clock: systemClock, disk: killed });
  await recovered(log);
  await append(log, 'one');
  const named = log.writeSnapshot(
    (function* () {
      snapshotting = true;
      yield Buffer.from('all');
    })(),
  );
  assert.is(await named.catch((error: Error) => error.message), 'killed');
  await log.close();

  const calls: string[] = [];
  const disk = watchedDisk((call) => void calls.push(call));
  const next = await openLocalLog({
    directory,
    logger: silentLogger,
    clock: systemClock,
    disk,
    retainedSnapshots: 0,
  });
  await recovered(next);
  const removed = calls.indexOf('remove');
  assert.ok(removed >= 0);
  assert.ok(calls.lastIndexOf('syncDirectory', removed) >= 0, calls.join());
  await next.close();
  await destroy();
});

test('appends that wait together share one sync', async () => {
  const { directory, destroy } = await home();
  let syncs = 0;
  const disk = watchedDisk((call) => {
    if (call === 'datasync') syncs++;
  });
  const log = await openLocalLog({ directory, logger: silentLogger, clock: systemClock, disk });
  await recovered(log);
  syncs = 0;
  await Promise.all(Array.from({ length: 1_000 }, (_, n) => append(log, `record ${n}`)));
  assert.is(syncs, 1);
  const first = append(log, 'alone');
  await Promise.resolve().then(() => Promise.resolve());
  const rest = Array.from({ length: 100 }, (_, n) => append(log, `later ${n}`));
  await Promise.all([first, ...rest]);
  assert.ok(syncs <= 3, `${syncs} syncs`);
  await log.close();
  await destroy();
});

test('a new segment and a snapshot are durable under their names before anything relies on them', async () => {
  const { directory, destroy } = await home();
  const calls: string[] = [];
  const disk = watchedDisk((call, path) => calls.push(`${call} ${path.replace(`${directory}/`, '')}`));
  const log = await openLocalLog({
    directory,
    logger: silentLogger,
    clock: systemClock,
    disk,
    retainedSnapshots: 0,
  });
  await recovered(log);
  await append(log, 'a');
  calls.length = 0;
  await log.writeSnapshot([Buffer.from('state')]);
  const order = [
    'datasync segment-0000000002.log.tmp',
    'rename segment-0000000002.log',
    `syncDirectory ${directory}`,
    'datasync snapshot-0000000002.snap.tmp',
    'rename snapshot-0000000002.snap',
    `syncDirectory ${directory}`,
    'remove segment-0000000001.log',
  ];
  assert.equal(
    calls.filter((call) => order.includes(call)),
    order,
  );
  await log.close();
  await destroy();
});

test('every call that appending makes, failing once: nothing later is acknowledged, and nothing acknowledged is lost', async () => {
  const failing: [string, RegExp][] = [
    ['write', /segment-0000000001/],
    ['datasync', /segment-0000000001/],
    ['write', /durable$/],
    ['open create', /segment-0000000002/],
    ['write', /segment-0000000002/],
    ['datasync', /segment-0000000002/],
    ['rename', /segment-0000000002/],
    ['syncDirectory', /./],
  ];
  for (const [failingCall, failingPath] of failing) {
    const { directory, destroy, open } = await home();
    let armed = false;
    const disk = watchedDisk((call, path) => {
      if (!armed || call !== failingCall || !failingPath.test(path)) return;
      armed = false;
      throw new Error('EIO');
    });
    const log = await openLocalLog({ directory, logger: silentLogger, clock: systemClock, disk });
    await recovered(log);
    await append(log, 'acknowledged');
    armed = true;
    const outcomes = await Promise.allSettled([
      append(log, 'one'),
      append(log, 'two'),
      log.writeSnapshot([Buffer.from('state')]),
      append(log, 'three'),
    ]);
    const what = `${failingCall} ${failingPath}`;
    assert.is(armed, false, `never reached: ${what}`);
    assert.ok(
      outcomes.some(({ status }) => status === 'rejected'),
      what,
    );
    const firstFailure = outcomes.findIndex(({ status }) => status === 'rejected');
    for (const { status } of outcomes.slice(firstFailure)) assert.is(status, 'rejected', what);
    const late = await append(log, 'late').then(
      () => 'kept',
      (error) => error.message,
    );
    assert.is(late, 'EIO', what);
    await log.close().catch(() => undefined);
    const next = await open();
    const { records } = await recovered(next);
    const kept = ['acknowledged', ...['one', 'two'].slice(0, firstFailure)];
    assert.equal(records.slice(0, kept.length), kept, what);
    await next.close();
    await destroy();
  }
});

test('a full disk while a snapshot is written costs the snapshot only', async () => {
  const { directory, destroy, open } = await home();
  const disk = watchedDisk((call, path) => {
    if (call === 'write' && path.includes('snapshot')) throw new Error('ENOSPC');
  });
  const log = await openLocalLog({ directory, logger: silentLogger, clock: systemClock, disk });
  await recovered(log);
  await append(log, 'a');
  const failed = await log.writeSnapshot([Buffer.from('state')]).then(
    () => '',
    (error) => error.message,
  );
  assert.is(failed, 'ENOSPC');
  await append(log, 'b');
  await log.close();
  assert.equal(
    (await readdir(directory)).filter((name) => name.includes('snap')),
    [],
  );
  const next = await open();
  assert.equal((await recovered(next)).records, ['a', 'b']);
  await next.close();
  await destroy();
});

test('a crash in the middle of a snapshot or of trimming leaves nothing that hinders', async () => {
  const { directory, destroy, open } = await home();
  const log = await open();
  await recovered(log);
  await append(log, 'a');
  await log.writeSnapshot([Buffer.from('state')]);
  await append(log, 'b');
  await log.close();
  await writeFile(join(directory, 'snapshot-0000000003.snap.tmp'), 'half');
  await writeFile(join(directory, 'segment-0000000003.log.tmp'), 'half');
  await writeFile(join(directory, 'segment-0000000001.log'), 'left over from before the snapshot');
  await writeFile(join(directory, 'notes.txt'), 'somebody else wrote this');
  const next = await openLocalLog({
    directory,
    logger: silentLogger,
    clock: systemClock,
    retainedSnapshots: 0,
  });
  assert.equal(await recovered(next), { snapshot: ['state'], records: ['b'] });
  await next.close();
  assert.equal((await readdir(directory)).sort(), [
    'durable',
    'notes.txt',
    'segment-0000000002.log',
    'segment-0000000003.log',
    'snapshot-0000000002.snap',
  ]);
  await destroy();
});

test('a log that was not read to its end takes no records', async () => {
  const { destroy, open } = await home();
  const log = await open();
  const error = await append(log, 'a').catch((thrown) => thrown);
  assert.is((error as AuroraError).code, 'BUG');
  await log.close();
  await destroy();
});

test('a directory has one owner; the second is told which process it is', async () => {
  const { directory, destroy, open } = await home();
  const log = await open();
  const error = await open().catch((thrown) => thrown);
  assert.instance(error, AuroraError);
  assert.is(error.code, 'DATA_DIR_LOCKED');
  assert.match(error.message, String(process.pid));
  assert.match(error.message, directory);
  await log.close();
  const next = await open();
  await next.close();
  await destroy();
});

test('the lock of a dead process, or of an earlier one with a living pid, is no hindrance', async () => {
  const { directory, destroy, open } = await home();
  await writeFile(join(directory, `lock-${2 ** 22 + 1}-12345-00000000`), '');
  await writeFile(join(directory, `lock-${process.ppid}-1-00000000`), '');
  const log = await open();
  const claims = (await readdir(directory)).filter((name) => /^(lock|claim)-/.test(name));
  assert.is(claims.length, 1);
  assert.match(claims[0] ?? '', /^claim-/);
  await log.close();
  await destroy();
});

test('two processes that a broken lock let write at the same time are found out: nothing of either is passed over', async () => {
  const { directory, destroy } = await home();
  const unlocked = () =>
    openLocalLog({ directory, logger: silentLogger, clock: systemClock, claim: unclaimed });
  const old = await unlocked();
  await recovered(old);
  await append(old, 'a');
  const young = await unlocked();
  await recovered(young);
  await append(young, 'b');
  await append(old, 'written by one that should be dead');
  const taken = await old.writeSnapshot([Buffer.from('state')]).catch((error) => error.code);
  assert.is(taken, 'STORAGE', 'it cannot begin a segment that the other one has');
  assert.is(await append(old, 'more').catch((error) => error.code), 'STORAGE');
  await old.close();
  await young.close();
  const next = await unlocked();
  const error = await recovered(next).catch((thrown) => thrown);
  assert.is(error.code, 'STORAGE');
  assert.match(error.message, /two processes wrote to it: term 1 went on after term 2 had begun/);
  assert.match(error.message, /segment-0000000001\.log, offset \d+/);
  await next.close();
  await destroy();
});

test('a term that goes back is refused', async () => {
  const { directory, destroy, open } = await home();
  for (const record of ['a', 'b', 'c']) {
    const log = await open();
    await recovered(log);
    await append(log, record);
    await log.close();
  }
  const path = join(directory, 'segment-0000000003.log');
  const header = decodeHeader(await readFile(path), 'AURORLOG', 3) as FileHeader;
  await writeFile(path, encodeHeader({ ...header, term: 1 }));
  await rm(join(directory, 'durable'));
  const log = await open();
  const error = await recovered(log).catch((thrown) => thrown);
  assert.is(error.code, 'STORAGE');
  assert.match(error.message, /term 1 follows term 2/);
  await log.close();
  await destroy();
});

test.run();
