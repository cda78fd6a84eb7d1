import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { unclaimed } from '../../../src/proc/directory-claim.ts';
import { type Log, openLocalLog } from '../../../src/scheduler/storage/index.ts';
import { type Disk, diskFile, systemDisk } from '../../../src/scheduler/storage/log/disk.ts';
import { assert, count, suite } from '../../harness/index.ts';
import { type DiskCall, type Failure, failingDisk, failuresOf, hastyDisk } from './failing-disk.ts';
import { collector } from './log-suite.ts';

const test = suite('failpoints of the local log');

const bytes = (value: string) => Buffer.from(value);
const open = (directory: string, disk: Disk) =>
  openLocalLog({ directory, logger: silentLogger, clock: systemClock, disk, claim: unclaimed });

/** What a life was told: which records are safe, and which were never promised. */
interface Life {
  /** In the order of appending: every record that `append` was called for. */
  readonly asked: string[];
  readonly acknowledged: Set<string>;
  /** What a call was rejected with, in order. */
  readonly failures: { readonly what: string; readonly error: NodeJS.ErrnoException }[];
  /** Whether an append failed. */
  stopped: boolean;
}

/** Everything that a log does in its life: recovers, appends, takes snapshots, trims, reads its past, closes. */
async function live(directory: string, disk: Disk, name: string): Promise<Life> {
  const life: Life = { asked: [], acknowledged: new Set(), failures: [], stopped: false };
  const attempt = async (what: string, run: () => Promise<unknown>): Promise<boolean> => {
    try {
      await run();
      return true;
    } catch (error) {
      life.failures.push({ what, error: error as NodeJS.ErrnoException });
      return false;
    }
  };
  let log: Log | undefined;
  let state: string[] = [];
  const reader = {
    restart() {
      state = [];
    },
    apply(record: Uint8Array) {
      state = state.concat(Buffer.from(record).toString().split('\n'));
    },
  };
  const append = async (log: Log, record: string) => {
    life.asked.push(record);
    state.push(record);
    const isSafe = await attempt('append', () => log.append(bytes(record)));
    if (isSafe) life.acknowledged.add(record);
    assert.not(isSafe && life.stopped, 'acknowledged after a failure');
    life.stopped ||= !isSafe;
  };
  const snapshot = (log: Log) => attempt('snapshot', () => log.writeSnapshot([bytes(state.join('\n'))]));

  await attempt('open', async () => {
    log = await open(directory, disk);
  });
  if (!log) return life;
  const opened = log;
  if (await attempt('recover', () => opened.recover(reader))) {
    await append(opened, `${name} 1`);
    await Promise.all([append(opened, `${name} 2`), append(opened, `${name} 3`)]);
    const waiting = append(opened, `${name} 4`);
    await Promise.all([waiting, snapshot(opened), append(opened, `${name} 5`)]);
    await snapshot(opened);
    await append(opened, `${name} 6`);
    await attempt('history', async () => {
      for (const generation of await opened.generations()) await generation.read(collector());
    });
    await snapshot(opened);
    await append(opened, `${name} 7`);
    if (life.stopped) await append(opened, `${name} 8`);
  }
  await attempt('close', () => opened.close());
  return life;
}

/** Every record that the directory holds. */
async function contents(directory: string): Promise<string[]> {
  const log = await open(directory, hastyDisk);
  const { all, ...reader } = collector();
  await log.recover(reader);
  await log.close();
  return all.flatMap((chunk) => chunk.split('\n')).filter(Boolean);
}

async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'aurora-failpoint-'));
  try {
    await body(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** A directory that an earlier process left when it was killed: a snapshot, records, half a record, an unfinished file. */
async function leftBehind(directory: string): Promise<string[]> {
  const earlier = await live(directory, hastyDisk, 'earlier');
  assert.equal(earlier.failures, []);
  const segment = join(directory, 'segment-0000000004.log');
  const whole = await readFile(segment);
  const end = whole.indexOf('earlier 7') + 'earlier 7'.length;
  await writeFile(segment, Buffer.concat([whole.subarray(0, end), bytes('half a record')]));
  await writeFile(join(directory, 'snapshot-0000000009.snap.tmp'), 'half a snapshot');
  return earlier.asked;
}

/** Fails every call of a life once in every way. */
async function failEach(prepare: (directory: string) => Promise<string[]>): Promise<void> {
  await inDirectory(async (root) => {
    const origin = join(root, 'origin');
    await hastyDisk.makeDirectory(origin);
    const before = await prepare(origin);
    const copy = async (name: string) => {
      const directory = join(root, name);
      await cp(origin, directory, { recursive: true });
      return directory;
    };
    const healthy = failingDisk();
    const wholeLife = await live(await copy('healthy'), healthy.disk, 'new');
    assert.equal([wholeLife.failures, healthy.openFiles()], [[], 0]);

    const failOne = async (at: number, failure: Failure, call: DiskCall) => {
      const what = `${call.call} ${call.path.slice(root.length)} (${at}) fails: ${failure}`;
      const directory = await copy(`${at}-${failure}`);
      const failing = failingDisk(at, failure);
      const life = await live(directory, failing.disk, 'new');
      assert.ok(failing.calls.length > at, `${what}: not reached`);
      // One that removes what cannot be used any more may fail in silence.
      for (const { error } of life.failures) assert.match(String(error.code), /EIO|ENOSPC/, what);
      assert.is(failing.openFiles(), 0, `${what}: a file is left open`);
      const kept = await contents(directory);
      const all = [...before, ...life.asked];
      assert.equal(kept, all.slice(0, kept.length), `${what}: in order, without a gap`);
      for (const record of [...before, ...life.acknowledged])
        assert.ok(kept.includes(record), `${what}: ${record}`);
      const next = await live(directory, hastyDisk, 'next');
      assert.equal(next.failures, [], `${what}: the next life`);
      assert.equal(await contents(directory), [...kept, ...next.asked], `${what}: after the next life`);
      await rm(directory, { recursive: true });
      return life;
    };
    let cases = 0;
    for (const [at, call] of healthy.calls.entries()) {
      for (const failure of failuresOf(call)) {
        const life = await failOne(at, failure, call);
        const isSegmentWrite =
          /segment-\d+\.log$|durable$/.test(call.path) && ['write', 'datasync'].includes(call.call);
        if (isSegmentWrite) assert.ok(life.failures.length > 0, `${call.call} ${call.path}: nobody was told`);
        cases++;
      }
    }
    count('failpoints of the local log', cases);
  });
}

test(
  'each call in the life of a new log fails once in each way: it stops, nothing acknowledged is lost, the restart is clean',
  () => failEach(async () => []),
  120_000,
);

test(
  'each call in the life of a log that a killed process left behind fails once in each way',
  () => failEach(leftBehind),
  120_000,
);

test('a write that the system takes in parts is gone on with; one that takes nothing is a failure', async () => {
  await inDirectory(async (directory) => {
    const { open } = await import('node:fs/promises');
    const handle = await open(join(directory, 'file'), 'wx+');
    let most = 3;
    const partial = new Proxy(handle, {
      get(target, name) {
        if (name === 'write')
          return (from: Uint8Array, offset: number, length: number, position: number) =>
            target.write(from, offset, Math.min(most, length), position);
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const file = diskFile(partial);
    await file.write(bytes('before, written in parts'), 0);
    await file.write(bytes('in many parts'), 8);
    assert.is((await readFile(join(directory, 'file'))).toString(), 'before, in many partsrts');
    most = 0;
    const error = await file.write(bytes('x'), 0).catch((thrown) => thrown);
    assert.match(error.message, 'took no bytes');
    await file.close();
  });
});

test('a slow disk changes neither order nor safety: what comes meanwhile waits and shares the next sync', async () => {
  await inDirectory(async (directory) => {
    let held: (() => void)[] | undefined;
    let syncs = 0;
    const disk: Disk = {
      ...systemDisk,
      async open(path, mode) {
        const file = await systemDisk.open(path, mode);
        return {
          ...file,
          async datasync() {
            syncs++;
            if (held) await new Promise<void>((resolve) => held?.push(resolve));
            await file.datasync();
          },
        };
      },
    };
    const log = await open(directory, disk);
    await log.recover(collector());
    const acknowledged: number[] = [];
    const append = (n: number) => log.append(bytes(`record ${n}`)).then(() => acknowledged.push(n));
    const stalled: (() => void)[] = [];
    held = stalled;
    syncs = 0;
    const appends = [append(0)];
    while (stalled.length === 0) await new Promise(setImmediate);
    for (let n = 1; n < 3_000; n++) {
      appends.push(append(n));
      if (n % 500 === 0) await new Promise(setImmediate);
    }
    assert.equal(acknowledged, [], 'nothing is promised before the disk has said so');
    held = undefined;
    stalled[0]!();
    await Promise.all(appends);
    assert.equal(
      acknowledged,
      Array.from({ length: 3_000 }, (_, n) => n),
    );
    assert.is(syncs, 2);
    await log.close();
    assert.is((await contents(directory)).length, 3_000);
  });
});

test.run();
