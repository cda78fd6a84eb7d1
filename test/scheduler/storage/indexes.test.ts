import fc from 'fast-check';
import { ACTIVE_STATES } from '../../../src/api/index.ts';
import type { AgentAttributes, ReadStores } from '../../../src/scheduler/storage/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { memoryLog } from './memory-log.ts';
import { applyAll, someChanges } from './random-changes.ts';
import { storageOn } from './sample.ts';

const test = suite('indexes over the stores');

const agent = (slaveId: string, rack = 'r1'): AgentAttributes => ({
  host: 'host',
  slaveId,
  attributes: [{ name: 'rack', values: [rack] }],
});

test('two agents on one host keep their own attributes, and repeating them writes nothing', async () => {
  const log = memoryLog();
  const storage = await storageOn(log);
  await storage.write((tx) => {
    assert.ok(tx.hosts.save(agent('a', 'r1')));
    assert.ok(tx.hosts.save(agent('b', 'r2')));
  });
  const written = log.records.length;
  await storage.write((tx) => {
    assert.not(tx.hosts.save(agent('a', 'r1')));
    assert.not(tx.hosts.save(agent('b', 'r2')));
  });
  assert.is(log.records.length, written);
  storage.read(({ hosts }) => {
    assert.equal(hosts.ofAgent('a')?.attributes[0]?.values, ['r1']);
    assert.equal(hosts.ofAgent('b')?.attributes[0]?.values, ['r2']);
    assert.equal(
      hosts.ofHost('host').map(({ slaveId }) => slaveId),
      ['a', 'b'],
    );
  });
});

test('attributes in another order are the same attributes', async () => {
  const storage = await storageOn(memoryLog());
  const attributes = [
    { name: 'rack', values: ['r1', 'r2'] },
    { name: 'zone', values: ['z'] },
  ];
  await storage.write((tx) => {
    assert.ok(tx.hosts.save({ host: 'h', slaveId: 'a', attributes }));
    const turned = [attributes[1]!, { name: 'rack', values: ['r2', 'r1'] }];
    assert.not(tx.hosts.save({ host: 'h', slaveId: 'a', attributes: turned }));
  });
});

test('the maintenance mode is the host’s, whatever agents come and go, and comes back from the log', async () => {
  const log = memoryLog();
  const storage = await storageOn(log);
  await storage.write((tx) => {
    assert.ok(tx.modes.set('host', 'DRAINING'));
    assert.not(tx.modes.set('host', 'DRAINING'), 'repeated');
    tx.hosts.save(agent('a'));
    tx.hosts.save(agent('b'));
    tx.hosts.forget('a');
    tx.modes.set('other', 'SCHEDULED');
  });
  const undone = storage.write((tx) => {
    tx.modes.set('host', 'NONE');
    throw new Error('undone');
  });
  await undone.catch(() => undefined);
  await storage.write((tx) => void tx.modes.set('other', 'NONE'));
  for (const one of [storage, await storageOn(log.again())])
    one.read(({ modes }) => {
      assert.is(modes.of('host'), 'DRAINING');
      assert.is(modes.of('nowhere'), 'NONE');
      assert.equal([...modes.all()], [['host', 'DRAINING']]);
    });
});

test('an agent that is gone is forgotten, but never the last of its host; old ids do not pile up', async () => {
  const storage = await storageOn(memoryLog());
  await storage.write((tx) => {
    tx.hosts.save(agent('a'));
    assert.not(tx.hosts.forget('a'), 'the last one');
    tx.hosts.save(agent('b'));
    assert.ok(tx.hosts.forget('a'));
    assert.not(tx.hosts.forget('a'), 'gone already');
    for (let at = 0; at < 100; at++) tx.hosts.save(agent(`agent-${at}`));
    assert.is(tx.hosts.ofHost('host').length, 16);
    assert.ok(tx.hosts.ofAgent('agent-99'));
    assert.not(tx.hosts.ofAgent('b'));
  });
});

/** What the indexes say, and what a walk over everything says. */
function bothWays({ tasks, cronJobs, jobUpdates, hosts }: ReadStores) {
  const jobs = [...tasks.jobs()];
  const roles = ['www'];
  const texts = (values: Iterable<unknown>) => [...values].map((value) => JSON.stringify(value)).sort();
  const allUpdates = [...jobUpdates.summaries()].map(({ key }) => jobUpdates.get(key)!);
  const active = allUpdates.filter(({ update }) => jobUpdates.activeOf(update.summary.key.job));
  return {
    indexed: {
      configs: jobs.map((job) => texts(tasks.activeConfigsOf(job))),
      ended: jobs.map((job) => tasks.countEnded(job)),
      cron: roles.map((role) => texts(cronJobs.ofRole(role))),
      updates: new Set(
        roles.flatMap((role) => jobUpdates.activeOfRole(role).map(({ summary }) => summary.key.job.name)),
      ),
      hosts: [...hosts.all()].map(({ host, slaveId }) =>
        hosts.ofHost(host).some((one) => one.slaveId === slaveId),
      ),
    },
    walked: {
      configs: jobs.map((job) => {
        const counts = new Map<object, number>();
        for (const { assignedTask } of tasks.activeOf(job))
          counts.set(assignedTask.task, (counts.get(assignedTask.task) ?? 0) + 1);
        return texts(counts);
      }),
      ended: jobs.map((job) => tasks.ofJob(job).filter(({ status }) => !ACTIVE_STATES.has(status)).length),
      cron: roles.map((role) => texts([...cronJobs.all()].filter(({ key }) => key.role === role))),
      updates: new Set(active.map(({ update }) => update.summary.key.job.name)),
      hosts: [...hosts.all()].map(() => true),
    },
  };
}

test('property: after any changes, undone ones and a replay, an index finds what a walk over everything finds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(someChanges, fc.boolean()), { maxLength: 8 }), async (writes) => {
      const log = memoryLog();
      const storage = await storageOn(log);
      for (const [changes, undo] of writes) {
        const write = storage.write((tx) => {
          applyAll(tx, changes);
          if (undo) throw new Error('undone');
        });
        await write.catch(() => undefined);
        const { indexed, walked } = storage.read(bothWays);
        assert.equal(indexed, walked);
      }
      const { indexed, walked } = (await storageOn(log.again())).read(bothWays);
      assert.equal(indexed, walked);
    }),
    { numRuns: 200 },
  );
});

test.run();
