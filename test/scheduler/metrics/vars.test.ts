import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { resourceVars } from '../../../src/scheduler/metrics/resource-vars.ts';
import { slotVars } from '../../../src/scheduler/metrics/slot-vars.ts';
import { taskVars } from '../../../src/scheduler/metrics/task-vars.ts';
import type { OfferBook } from '../../../src/scheduler/offers/offer-book.ts';
import { assert, suite } from '../../harness/index.ts';
import { offerOf, scalar, taskConfig, text } from '../builders.ts';
import { scene } from '../state/scene.ts';

const test = suite('scheduler vars');

test('tasks are counted by status, and what was lost or failed by job, rack and dedicated role', async () => {
  const { change, counts, events, state, storage, taskIn } = await scene();
  events.subscribe(taskVars(storage, counts));
  const value = (name: string) => counts.read().get(name);
  await storage.write((tx) =>
    state.saveHostAttributes(tx, {
      host: 'host-1',
      slaveId: 'agent-1',
      attributes: [
        { name: 'rack', values: ['r1'] },
        { name: 'dedicated', values: ['*/db'] },
      ],
    }),
  );
  const config = taskConfig({ isService: false });
  const job = 'web/prod/hello';
  const taskId = await taskIn(['ASSIGNED', 'STARTING', 'RUNNING'], config);
  assert.is(value('task_store_RUNNING'), 1);
  assert.is(value('task_store_INIT'), 0);
  assert.is(value(`tasks_FAILED_${job}`), undefined);
  await change({ taskId, to: 'FAILED' });
  assert.is(value(`tasks_FAILED_${job}`), 1);
  const lost = await taskIn(['ASSIGNED', 'STARTING', 'RUNNING'], taskConfig({ isService: true }));
  await change({ taskId: lost, to: 'LOST' });
  assert.equal(
    ['tasks_LOST_web/prod/hello', 'tasks_lost_rack_r1', 'tasks_lost_dedicated__/db'].map(value),
    [1, 1, 1],
  );
  const others = storage.read(({ tasks }) => [...tasks.all()]).map(({ assignedTask }) => assignedTask.taskId);
  const again = others.find((id) => id !== taskId && id !== lost) as string;
  await change({ taskId: again, to: 'KILLING' });
  await storage.write((tx) => state.deleteTasks(tx, [taskId]));
  assert.is(value(`tasks_FAILED_${job}`), 1, 'the job still has tasks');
  await storage.write((tx) => state.deleteTasks(tx, [lost, again]));
  assert.is(value(`tasks_FAILED_${job}`), undefined);
});

test('resources in use and quotas are counted by role, and names of what is gone go away', async () => {
  const { change, clock, counts, storage, taskIn } = await scene();
  const close = resourceVars({ storage, clock, counters: counts, intervalMs: 1000 });
  const values = () => [...counts.read()].filter(([name]) => /resources|quota/.test(name));
  assert.equal(values(), []);
  const taskId = await taskIn([], taskConfig({ production: true, tier: 'preferred' }));
  await storage.write((tx) =>
    tx.quotas.save('web', { resources: [{ numCpus: 4 }, { ramMb: 1000 }, { diskMb: 2000 }] }),
  );
  clock.advance(1000);
  const shown = new Map(values());
  assert.is(shown.get('resources_total_consumed_cpu_cores'), 1);
  assert.is(shown.get('resources_total_consumed_ram_mb'), 128);
  assert.is(shown.get('resources_quota_consumed_disk_mb'), 64);
  assert.is(shown.get('resources_free_pool_consumed_disk_mb'), 0);
  assert.is(shown.get('resources_per_role_quota_consumed_web_cpu_cores'), 1);
  assert.is(shown.get('resources_allocated_quota_ram_mb'), 1000);
  assert.is(shown.get('quota_per_role_web_disk_mb'), 2000);
  await change({ taskId, to: 'KILLING' });
  await storage.write((tx) => tx.quotas.delete('web'));
  clock.advance(1000);
  const left = new Map(values());
  assert.is(left.get('resources_allocated_quota_ram_mb'), 0);
  assert.is(left.get('quota_per_role_web_disk_mb'), undefined);
  assert.is(left.get('resources_per_role_quota_consumed_web_cpu_cores'), undefined);
  close();
  assert.is(clock.pending(), 0);
});

test('empty slots are counted by size, dedicated and revocable', async () => {
  const { clock } = await scene();
  const counted = counters(clock);
  const big = [scalar('cpus', 9), scalar('mem', 40_000), scalar('disk', 70_000)];
  const spare = scalar('cpus', 4, { revocable: {} });
  const offers = [
    offerOf('a', { resources: big }),
    offerOf('b', { resources: [...big, spare], attributes: [text('dedicated', '*/db')] }),
  ];
  slotVars({ inOrder: () => offers } as unknown as OfferBook, counted, clock, 60_000);
  const slots = () =>
    Object.fromEntries(
      [...counted.read()].flatMap(([name, value]) => (value === 0 ? [] : [[name.slice(12), value]])),
    );
  const expected = {
    dedicated_large: 1,
    dedicated_medium: 2,
    dedicated_revocable_medium: 1,
    dedicated_revocable_small: 4,
    dedicated_small: 9,
    large: 1,
    medium: 2,
    small: 9,
  };
  assert.equal(slots(), expected);
  offers.length = 0;
  assert.equal(slots(), expected, 'not counted again within the interval');
  clock.advance(60_000);
  assert.equal(slots(), {});
});

test.run();
