import fc from 'fast-check';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { agentLoads } from '../../../src/scheduler/http/views/agent-loads.ts';
import { jobRows } from '../../../src/scheduler/http/views/job-rows.ts';
import { roleQuotas } from '../../../src/scheduler/http/views/role-quotas.ts';
import { stateEvents } from '../../../src/scheduler/state/events.ts';
import type { StateEvents } from '../../../src/scheduler/state/index.ts';
import type { Storage } from '../../../src/scheduler/storage/index.ts';
import { BUILT_IN_TIERS } from '../../../src/scheduler/tiers.ts';
import { assert, suite } from '../../harness/index.ts';
import { memoryLog } from '../storage/memory-log.ts';
import { applyAll, type Change, someChanges } from '../storage/random-changes.ts';
import { sampleConfig, sampleTask, storageOn } from '../storage/sample.ts';

const test = suite('what views keep between requests');

/** A clock by which every piece of work has lasted long enough to pause. */
function slowClock() {
  let nowMs = 0;
  return { ...manualClock(), monotonicMs: () => (nowMs += 10) };
}

const noEvents = () => stateEvents(silentLogger, { add() {} });

const caches = (storage: Storage, events: StateEvents = noEvents()) => {
  const settings = { clock: slowClock(), events, storage, tiers: BUILT_IN_TIERS };
  return { rows: jobRows(settings), loads: agentLoads(settings), quotas: roleQuotas(settings) };
};
type Caches = ReturnType<typeof caches>;

const byText = <T>(values: readonly T[]): T[] =>
  [...values].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

async function told({ loads, quotas, rows }: Caches) {
  const roles = await rows.roles();
  return {
    roles: roles.map(({ failed, role, sums, updating }) => ({
      role,
      sums: { ...sums },
      failed: byText([...failed]),
      updating: byText([...updating]),
    })),
    rows: byText(await rows.ofRole('www')),
    none: await rows.ofRole('nobody'),
    loads: byText(await loads.all()),
    quota: quotas.of('www'),
  };
}

const JOBS = ['web', 'db', 'cache'].map((name) => ({ role: 'www', environment: 'prod', name }));

const KEYS = JOBS.slice(0, 2).flatMap((job) => [0, 1, 2].map((id) => ({ job, id: `update-${id}` })));

/** Makes changes and publishes what has changed, as the scheduler does when they are durable. */
async function change(storage: Storage, events: StateEvents, changes: readonly Change[]): Promise<void> {
  const tasksNow = () =>
    storage.read(({ tasks }) => new Map([...tasks.all()].map((task) => [task.assignedTask.taskId, task])));
  const updatesNow = () =>
    storage.read(({ jobUpdates }) =>
      KEYS.map((key) => [key, JSON.stringify(jobUpdates.get(key) ?? key)] as const),
    );
  const before = tasksNow();
  const updates = new Set(updatesNow().map(([, text]) => text));
  await storage.write((tx) => applyAll(tx, changes));
  const after = tasksNow();
  for (const [id, task] of after)
    if (task !== before.get(id))
      events.publish({ kind: 'taskStateChanged', task, oldState: before.get(id)?.status ?? 'INIT' });
  const gone = [...before].filter(([id]) => !after.has(id)).map(([, task]) => task);
  if (gone.length > 0) events.publish({ kind: 'tasksDeleted', tasks: gone });
  for (const [key, text] of updatesNow())
    if (!updates.has(text))
      events.publish({ kind: 'updateChanged', key, event: { status: 'ROLLING_FORWARD', timestampMs: 0 } });
}

test('after any changes it is what one would find by looking at everything', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ changes: someChanges, look: fc.constantFrom('before', 'meanwhile', 'job', 'no') }),
        {
          minLength: 1,
          maxLength: 12,
        },
      ),
      async (steps) => {
        const storage = await storageOn(memoryLog());
        const events = noEvents();
        const kept = caches(storage, events);
        for (const { changes, look } of steps) {
          if (look === 'before') await told(kept);
          if (look === 'job') for (const job of JOBS) kept.rows.of(job);
          // This one goes on while the change is made; what it tells may be of before or after.
          const meanwhile = look === 'meanwhile' ? [told(kept), told(kept)] : [];
          await change(storage, events, changes);
          if (look !== 'no') {
            const fresh = caches(storage);
            const asked = kept.rows.roles();
            const together = byText(await kept.rows.ofRole('www'));
            await asked;
            const wanted = await told(fresh);
            assert.equal(together, wanted.rows);
            assert.equal(await told(kept), wanted);
            for (const job of JOBS) assert.equal(kept.rows.of(job), fresh.rows.of(job));
          }
          await Promise.all(meanwhile);
        }
        assert.equal(await told(kept), await told(caches(storage)));
        await storage.close();
      },
    ),
    { numRuns: 300 },
  ));

test('a read makes only what has changed since the one before', async () => {
  const storage = await storageOn(memoryLog());
  const events = noEvents();
  const { loads, rows } = caches(storage, events);
  const configs = ['web', 'db'].map((name) => sampleConfig(name));
  const running = (at: number) => {
    const task = sampleTask(`task-${at}`, 0, 'RUNNING', configs[at]);
    return { ...task, assignedTask: { ...task.assignedTask, slaveHost: `h${at}`, slaveId: `a${at}` } };
  };
  await storage.write((tx) => {
    for (const at of [0, 1]) {
      tx.hosts.save({ host: `h${at}`, slaveId: `a${at}`, attributes: [] });
      tx.tasks.save(running(at));
    }
  });
  const [web, db] = await rows.ofRole('www');
  const [first, second] = await loads.all();
  assert.is(await rows.ofRole('www'), await rows.ofRole('www'));
  assert.is(await loads.all(), await loads.all());
  const ended = await storage.write((tx) => tx.tasks.save({ ...running(1), status: 'FAILED' }));
  events.publish({ kind: 'taskStateChanged', task: ended, oldState: 'RUNNING' });
  const after = await rows.ofRole('www');
  assert.is(after[0], web);
  assert.is.not(after[1], db);
  assert.is(after[1]?.failed, 1);
  const loadsAfter = await loads.all();
  assert.is(loadsAfter[0], first);
  assert.is.not(loadsAfter[1], second);
  assert.is(loadsAfter[1]?.tasks, 0);
  await storage.close();
});

test.run();
