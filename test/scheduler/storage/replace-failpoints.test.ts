/**
 * Fault 2 of the second round: a replacement of the state that failed late left the new snapshot and took writes to the
 * old log, which then could not be read. Here every call that a replacement makes fails once in every way. Afterwards
 * either the old state goes on, with all that is acknowledged later; or the storage is finished, and the next start finds
 * the old state or the new one, whole.
 */

import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import type { AuroraError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { unclaimed } from '../../../src/proc/directory-claim.ts';
import { type Log, openLocalLog, openStorage, type Storage } from '../../../src/scheduler/storage/index.ts';
import type { Disk } from '../../../src/scheduler/storage/log/disk.ts';
import { memoryTables, type Tables } from '../../../src/scheduler/storage/tables.ts';
import { requestFailure } from '../../../src/zookeeper/failure.ts';
import type { ZooKeeperSession } from '../../../src/zookeeper/index.ts';
import { assert, count, suite } from '../../harness/index.ts';
import { startZooKeeper, type ZooKeeperServer } from '../../zookeeper/server.ts';
import { failingDisk, failuresOf, hastyDisk } from './failing-disk.ts';
import { deflateNow, sampleTask } from './sample.ts';
import { openLogAt, sessionAt } from './zookeeper-home.ts';

const test = suite('a replacement of the state fails');

const OLD = ['old-1', 'old-2', 'old-3'];
const NEW = ['new-1', 'new-2'];

const idsIn = (storage: Storage) =>
  storage.read(({ tasks }) => [...tasks.find({})].map(({ assignedTask }) => assignedTask.taskId).sort());

function otherState(): Tables {
  const tables = memoryTables();
  tables.fill(({ tasks }) => {
    for (const [at, id] of NEW.entries()) tasks.save(sampleTask(id, at));
  });
  return tables;
}

interface Attempt {
  readonly error: unknown;
  readonly fatal: AuroraError | undefined;
  /** Ids that a later write added and that were acknowledged. */
  readonly added: readonly string[];
}

async function open(log: Log, onFatal: (error: AuroraError) => void = () => {}): Promise<Storage> {
  return openStorage({ log, clock: systemClock, logger: silentLogger, onFatal, deflate: deflateNow });
}

const fill = async (storage: Storage) => {
  for (const [at, id] of OLD.entries()) await storage.write((tx) => tx.tasks.save(sampleTask(id, at)));
};

/** Replaces the state, and goes on writing when that failed. */
async function replace(storage: Storage, fatal: () => AuroraError | undefined): Promise<Attempt> {
  const error = await storage.replaceWith(otherState()).then(
    () => undefined,
    (thrown) => thrown,
  );
  const added: string[] = [];
  if (error)
    for (const [at, id] of ['later-1', 'later-2'].entries())
      await storage
        .write((tx) => tx.tasks.save(sampleTask(id, 10 + at)))
        .then(
          () => added.push(id),
          () => {},
        );
  await storage.close().catch(() => {});
  return { error, fatal: fatal(), added };
}

/** What the next start may find after such an attempt. */
function judge({ error, fatal, added }: Attempt, found: readonly string[], what: string): 'old' | 'new' {
  const isNew = found.join() === NEW.join();
  if (error === undefined) assert.equal(found, NEW, `${what}: it was told as done`);
  if (fatal) assert.equal(added, [], `${what}: a write was acknowledged after the end`);
  else if (error) assert.is(added.length, 2, `${what}: the old state goes on`);
  if (!isNew) assert.equal(found, [...added, ...OLD], `${what}: the old state with what came later`);
  assert.not(isNew && added.length > 0, `${what}: acknowledged writes are lost`);
  return isNew ? 'new' : 'old';
}

test('local log: each call to the disk fails once in each way', async () => {
  const root = await mkdtemp(join(tmpdir(), 'aurora-replace-'));
  const openAt = async (directory: string, disk: Disk) =>
    openLocalLog({ directory, logger: silentLogger, clock: systemClock, disk, claim: unclaimed });
  const attempt = async (directory: string, at: number, failure: 'before' | 'half' | 'lost' | 'after') => {
    const failing = failingDisk(at, failure);
    let fatal: AuroraError | undefined;
    const storage = await open(await openAt(directory, failing.disk), (error) => {
      fatal = error;
    });
    const begun = failing.calls.length;
    return { done: await replace(storage, () => fatal), calls: failing.calls, begun };
  };
  try {
    const origin = join(root, 'origin');
    const first = await open(await openAt(origin, hastyDisk));
    await fill(first);
    await first.close();
    const copied = async (name: string) => {
      await cp(origin, join(root, name), { recursive: true });
      return join(root, name);
    };
    const healthy = await attempt(await copied('healthy'), -1, 'before');
    assert.is(healthy.done.error, undefined);
    const outcomes = new Map<string, number>();
    for (let at = healthy.begun; at < healthy.calls.length; at++) {
      const call = healthy.calls[at] as (typeof healthy.calls)[number];
      for (const failure of failuresOf(call)) {
        const what = `${call.call} ${call.path.slice(root.length)} fails: ${failure}`;
        const directory = await copied(`${at}-${failure}`);
        const { done } = await attempt(directory, at, failure);
        const again = await open(await openAt(directory, hastyDisk));
        const outcome = `${done.fatal ? 'ended' : 'went on'}, ${judge(done, idsIn(again), what)}`;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        await again.close();
        await rm(directory, { recursive: true });
      }
    }
    assert.ok((outcomes.get('went on, old') ?? 0) > 3, JSON.stringify([...outcomes]));
    assert.ok((outcomes.get('ended, new') ?? 0) > 1, JSON.stringify([...outcomes]));
    for (const [outcome, cases] of outcomes)
      count(`failpoints of a replaced state, local log: ${outcome}`, cases);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}, 60_000);

let server: ZooKeeperServer;
test.before(async () => {
  server = await startZooKeeper();
});
test.after(() => server.stop());

const REQUESTS = ['create', 'makePath', 'read', 'children', 'exists', 'write', 'multi', 'remove'] as const;

/** How a request fails. lost: it was not, or was, carried out, and no answer came; refused: the server says no. */
type RequestFault = 'lost before' | 'lost after' | 'refused';
const FAULTS: readonly RequestFault[] = ['lost before', 'lost after', 'refused'];

/** A session whose request number `failing` from `begin` on fails. */
function faultySession(inner: ZooKeeperSession, failing: number, fault: RequestFault) {
  let counting = false;
  let made = 0;
  const session = { ...inner };
  for (const name of REQUESTS) {
    const run = inner[name] as (...args: unknown[]) => Promise<unknown>;
    Object.assign(session, {
      [name]: async (...args: unknown[]) => {
        if (!counting || made++ !== failing) return run(...args);
        if (fault === 'refused') throw requestFailure('NO_AUTH', name);
        if (fault === 'lost after') await run(...args).catch(() => {});
        throw requestFailure('CONNECTION_LOSS', name);
      },
    });
  }
  return {
    session: session as ZooKeeperSession,
    begin: () => {
      counting = true;
    },
    made: () => made,
  };
}

test('log in ZooKeeper: each request fails once in each way', async () => {
  let logs = 0;
  const attempt = async (failing: number, fault: RequestFault) => {
    const path = `/replaced-${++logs}`;
    const first = await open((await openLogAt(server.address, path, { session: shared })).log);
    await fill(first);
    await first.replaceWith(first.read(() => oldState()));
    const faulty = faultySession(shared, failing, fault);
    let fatal: AuroraError | undefined;
    const storage = await open(
      (await openLogAt(server.address, path, { session: faulty.session })).log,
      (error) => {
        fatal = error;
      },
    );
    faulty.begin();
    const done = await replace(storage, () => fatal);
    const again = await open((await openLogAt(server.address, path, { session: shared })).log);
    const found = idsIn(again);
    await again.close();
    return { done, found, made: faulty.made() };
  };
  const oldState = () => {
    const tables = memoryTables();
    tables.fill(({ tasks }) => {
      for (const [at, id] of OLD.entries()) tasks.save(sampleTask(id, at));
    });
    return tables;
  };
  const inner = sessionAt(server.address, 20_000);
  await new Promise<void>((connected) => inner.onState((state) => state === 'connected' && connected()));
  const shared: ZooKeeperSession = { ...inner, close: async () => {} };
  try {
    const healthy = await attempt(-1, 'refused');
    assert.is(healthy.done.error, undefined);
    assert.equal(healthy.found, NEW);
    const outcomes = new Map<string, number>();
    for (let at = 0; at < healthy.made; at++)
      for (const fault of FAULTS) {
        const what = `request ${at} of ${healthy.made}: ${fault}`;
        const { done, found } = await attempt(at, fault);
        const outcome = `${done.fatal ? 'ended' : done.error ? 'went on' : 'done'}, ${judge(done, found, what)}`;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        if (fault !== 'refused')
          assert.is(done.error, undefined, `${what}: a lost answer is asked for again`);
      }
    for (const [outcome, cases] of outcomes)
      count(`failpoints of a replaced state, log in ZooKeeper: ${outcome}`, cases);
  } finally {
    await inner.close();
  }
}, 60_000);

test.run();
