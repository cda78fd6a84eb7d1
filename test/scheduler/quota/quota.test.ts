import type { JobConfiguration, JobUpdate, Resource, TaskConfig } from '../../../src/api/index.ts';
import { normalise } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import {
  aggregateOf,
  checkCronQuota,
  checkQuota,
  checkUpdateQuota,
  consumptionOfRole,
  newQuota,
  quotaAggregate,
  quotaOfRole,
} from '../../../src/scheduler/quota/quota.ts';
import { openStorage } from '../../../src/scheduler/storage/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { JOB, taskConfig } from '../builders.ts';
import { memoryLog } from '../storage/memory-log.ts';

const test = suite('quota');

const resources = (cpus: number, gpus?: number): Resource[] => [
  { numCpus: cpus },
  { ramMb: 100 },
  { diskMb: 100 },
  ...(gpus === undefined ? [] : [{ numGpus: gpus }]),
];
const prod = (cpus: number, change: Partial<TaskConfig> = {}): TaskConfig => ({
  ...taskConfig({ tier: 'preferred', production: true, resources: resources(cpus) }),
  ...change,
});
const DEDICATED = [{ name: 'dedicated', constraint: { value: { negated: false, values: ['web/gpu'] } } }];

/** A storage whose role has a quota of so many cpus, and enough of everything else. */
async function setUp(cpus: number, gpus?: number) {
  const storage = await openStorage({
    log: memoryLog(),
    clock: manualClock(),
    logger: silentLogger,
    onFatal: () => {},
  });
  await storage.write((tx) =>
    tx.quotas.save(JOB.role, {
      resources: [
        { numCpus: cpus },
        { ramMb: 1e6 },
        { diskMb: 1e6 },
        ...(gpus === undefined ? [] : [{ numGpus: gpus }]),
      ],
    }),
  );
  let ids = 0;
  const run = (config: TaskConfig, ...instances: number[]) =>
    storage.write((tx) => {
      for (const instanceId of instances)
        tx.tasks.save({
          assignedTask: { taskId: `task-${ids++}`, task: config, instanceId, assignedPorts: {} },
          status: 'RUNNING',
          failureCount: 0,
          timesPartitioned: 0,
          taskEvents: [{ timestamp: 1, status: 'RUNNING' }],
        });
    });
  const startUpdate = (update: JobUpdate) =>
    storage.write((tx) => {
      tx.jobUpdates.save(update);
      tx.jobUpdates.addEvent(update.summary.key, { status: 'ROLLING_FORWARD', timestampMs: 1 });
    });
  const cron = (config: TaskConfig, instanceCount: number) =>
    storage.write((tx) => tx.cronJobs.save(cronJob(config, instanceCount)));
  const used = () => storage.read((stores) => consumptionOfRole(stores, JOB.role)).prodShared.cpus;
  const passes = (check: (stores: Parameters<typeof checkQuota>[0]) => void): boolean => {
    try {
      storage.read(check);
      return true;
    } catch {
      return false;
    }
  };
  return { storage, run, startUpdate, cron, used, passes };
}

const cronJob = (config: TaskConfig, instanceCount: number): JobConfiguration =>
  normalise('JobConfiguration', {
    key: config.job,
    cronSchedule: '* * * * *',
    taskConfig: config,
    instanceCount,
  });

type States = readonly (readonly [config: TaskConfig, first: number, last: number])[];

function jobUpdate(initial: States, desired: States[number] | undefined, name = JOB.name): JobUpdate {
  const state = ([task, first, last]: States[number]) => ({ task, instances: [{ first, last }] });
  return {
    summary: { key: { job: { ...JOB, name }, id: `update-${name}` }, user: 'u', metadata: [] },
    instructions: {
      initialState: initial.map(state),
      ...(desired ? { desiredState: state(desired) } : {}),
      settings: normalise('JobUpdateSettings', {}),
    },
  };
}
const proposed = ({ summary, instructions }: JobUpdate) => ({ job: summary.key.job, instructions });

test('instances fit up to exactly the quota; a unit more is refused, with what it is over', async () => {
  const { run, storage, passes } = await setUp(4);
  await run(prod(1), 0);
  assert.ok(passes((stores) => checkQuota(stores, prod(1), 3)));
  assert.throws(
    () => storage.read((stores) => checkQuota(stores, prod(1), 4)),
    /Insufficient resource quota: CPU quota exceeded by 1\.00 core\(s\)$/,
  );
});

test('tenths that add up to the quota fit', async () => {
  const { passes } = await setUp(0.3);
  assert.ok(passes((stores) => checkQuota(stores, prod(0.1), 3)));
});

test('a role without a quota has none', async () => {
  const { storage } = await setUp(4);
  const other = { ...prod(1), job: { ...JOB, role: 'poor' } };
  assert.throws(() => storage.read((stores) => checkQuota(stores, other, 1)), /CPU.*RAM.*disk/);
});

test('tasks of no production tier and of dedicated hosts are not limited, but reported in their buckets', async () => {
  const { run, storage, passes } = await setUp(1);
  const job = (name: string) => ({ job: { ...JOB, name } });
  await run(prod(8, { ...job('a'), production: false }), 0);
  await run(prod(4, { ...job('b'), constraints: DEDICATED }), 0);
  await run(prod(2, { ...job('c'), production: false, constraints: DEDICATED }), 0);
  await run(prod(1, job('d')), 0);
  const used = storage.read((stores) => consumptionOfRole(stores, JOB.role));
  assert.equal(
    [used.prodShared, used.prodDedicated, used.nonProdShared, used.nonProdDedicated].map(({ cpus }) => cpus),
    [1, 4, 8, 2],
  );
  assert.ok(passes((stores) => checkQuota(stores, prod(9, { production: false }), 9)));
  assert.ok(passes((stores) => checkQuota(stores, prod(9, { constraints: DEDICATED }), 9)));
  assert.not(passes((stores) => checkQuota(stores, prod(0.1), 1)));
});

test('an ended task uses nothing', async () => {
  const { run, storage, used } = await setUp(4);
  await run(prod(1), 0, 1);
  await storage.write((tx) => {
    const [task] = tx.tasks.activeOf(JOB);
    tx.tasks.save({ ...task!, status: 'FINISHED' });
  });
  assert.is(used(), 1);
});

test('an update under way counts its larger state, once, and what it does not touch beside it', async () => {
  for (const [name, before, after, expected] of [
    ['growing', 1, 3, 2 * 3 + 1],
    ['shrinking', 3, 1, 2 * 3 + 3],
  ] as const) {
    const { run, startUpdate, used } = await setUp(100);
    await run(prod(before), 0, 1, 2);
    await startUpdate(jobUpdate([[prod(before), 0, 1]], [prod(after), 0, 1]));
    assert.is(used(), expected, name);
  }
});

test('the larger state is taken for each resource by itself', async () => {
  const { storage, startUpdate } = await setUp(100);
  const wide = prod(4, { resources: [{ numCpus: 4 }, { ramMb: 10 }, { diskMb: 1 }] });
  const deep = prod(1, { resources: [{ numCpus: 1 }, { ramMb: 99 }, { diskMb: 1 }] });
  await startUpdate(jobUpdate([[wide, 0, 0]], [deep, 0, 0]));
  const { prodShared } = storage.read((stores) => consumptionOfRole(stores, JOB.role));
  assert.equal([prodShared.cpus, prodShared.ramMb], [4, 99]);
});

test('instances that an update adds are reserved before they run; those that it removes count until it ends', async () => {
  const adding = await setUp(100);
  await adding.run(prod(1), 0);
  await adding.startUpdate(jobUpdate([], [prod(1), 1, 9]));
  assert.is(adding.used(), 10);

  const removing = await setUp(100);
  await removing.run(prod(1), 0, 1, 2);
  await removing.startUpdate(jobUpdate([[prod(1), 1, 2]], undefined));
  await removing.storage.write((tx) => {
    const task = tx.tasks.activeInstance(JOB, 2)!;
    tx.tasks.save({ ...task, status: 'KILLED' });
  });
  assert.is(removing.used(), 3);
  await removing.storage.write((tx) =>
    tx.jobUpdates.addEvent(
      { job: JOB, id: `update-${JOB.name}` },
      { status: 'ROLLED_FORWARD', timestampMs: 2 },
    ),
  );
  assert.is(removing.used(), 2);
});

test('only the states that are limited count in the limited bucket', async () => {
  const { startUpdate, used } = await setUp(100);
  await startUpdate(jobUpdate([[prod(9, { production: false }), 0, 0]], [prod(2), 0, 0]));
  assert.is(used(), 2);
});

test('several updates under way add up', async () => {
  const { startUpdate, used } = await setUp(100);
  const config = (name: string, cpus: number) => prod(cpus, { job: { ...JOB, name } });
  await startUpdate(jobUpdate([], [config('a', 1), 0, 1], 'a'));
  await startUpdate(jobUpdate([], [config('b', 3), 0, 1], 'b'));
  assert.is(used(), 8);
});

test('an update may start up to exactly the quota, growing and adding; one unit more is refused', async () => {
  for (const [instances, fits] of [
    [4, true],
    [5, false],
  ] as const) {
    const { run, passes } = await setUp(8);
    await run(prod(1), 0, 1);
    const update = jobUpdate([[prod(1), 0, 1]], [prod(2), 0, instances - 1]);
    assert.is(
      passes((stores) => checkUpdateQuota(stores, proposed(update))),
      fits,
      String(instances),
    );
  }
});

test('an update that only removes, or is not limited, passes whatever the quota', async () => {
  const { run, passes } = await setUp(1);
  await run(prod(1), 0, 1, 2);
  const removing = jobUpdate([[prod(1), 1, 2]], undefined);
  const free = jobUpdate([[prod(1), 0, 2]], [prod(9, { production: false }), 0, 2]);
  for (const update of [removing, free])
    assert.ok(passes((stores) => checkUpdateQuota(stores, proposed(update))));
});

test('a proposed update stands for the one of the same job that is under way', async () => {
  const { startUpdate, passes } = await setUp(8);
  await startUpdate(jobUpdate([], [prod(1), 0, 7]));
  assert.ok(passes((stores) => checkUpdateQuota(stores, proposed(jobUpdate([], [prod(2), 0, 3])))));
  assert.not(passes((stores) => checkUpdateQuota(stores, proposed(jobUpdate([], [prod(2), 0, 4])))));
});

test('a cron job counts its template, or its tasks when they are more', async () => {
  const { cron, run, used } = await setUp(100);
  await cron(prod(1), 2);
  assert.is(used(), 2);
  await run(prod(5), 0);
  assert.is(used(), 5);
  await run(prod(1), 1);
  assert.is(used(), 6);
});

test('a cron template may grow up to exactly the quota; what it replaces does not count', async () => {
  const { cron, passes } = await setUp(4);
  await cron(prod(1), 3);
  assert.ok(passes((stores) => checkCronQuota(stores, cronJob(prod(2), 2))));
  assert.ok(passes((stores) => checkCronQuota(stores, cronJob(prod(1), 4))));
  assert.not(passes((stores) => checkCronQuota(stores, cronJob(prod(1), 5))));
  const other = { ...prod(1), job: { ...JOB, name: 'other' } };
  assert.ok(passes((stores) => checkCronQuota(stores, cronJob(other, 1))));
  assert.not(passes((stores) => checkCronQuota(stores, cronJob(other, 2))));
});

test('a cron template that was not limited before brings nothing into the sum', async () => {
  const { cron, passes } = await setUp(4);
  await cron(prod(9, { production: false }), 9);
  assert.ok(passes((stores) => checkCronQuota(stores, cronJob(prod(1), 4))));
  assert.not(passes((stores) => checkCronQuota(stores, cronJob(prod(1), 5))));
  assert.ok(passes((stores) => checkCronQuota(stores, cronJob(prod(9, { constraints: DEDICATED }), 9))));
});

test('GPUs are limited where the quota names them', async () => {
  const limited = await setUp(100, 2);
  const config = prod(1, { resources: resources(1, 1) });
  assert.ok(limited.passes((stores) => checkQuota(stores, config, 2)));
  assert.throws(
    () => limited.storage.read((stores) => checkQuota(stores, config, 3)),
    /GPU quota exceeded by 1\.00/,
  );
  const free = await setUp(100);
  assert.ok(free.passes((stores) => checkQuota(stores, config, 50)));
});

test('a quota may not be set below what is used, nor negative, nor with a type missing or doubled', async () => {
  const { run, storage } = await setUp(10);
  await run(prod(2, { resources: resources(2, 1) }), 0, 1);
  const set = (given: Resource[]) =>
    storage.read((stores) => newQuota(stores, JOB.role, { resources: given }));
  const plenty = [{ ramMb: 1000 }, { diskMb: 1000 }];
  assert.is(set([{ numCpus: 4 }, ...plenty]).cpus, 4);
  assert.throws(() => set([{ numCpus: 3.5 }, ...plenty]), /CPU quota exceeded by 0\.50/);
  assert.throws(() => set([{ numCpus: 4 }, { numGpus: 1 }, ...plenty]), /GPU quota exceeded by 1\.00/);
  assert.throws(() => set([{ numCpus: 4 }, { numGpus: -1 }, ...plenty]), /negative/);
  assert.throws(() => set([{ numCpus: Number.NaN }, ...plenty]), /negative/);
  assert.throws(() => set(plenty), /numCpus, ramMb and diskMb/);
  assert.throws(() => set([{ numCpus: 4 }, { numCpus: 4 }, ...plenty]), /each once/);
});

test('quotas and use are shown as clients expect them: three amounts, and GPUs where there are any', async () => {
  const { run, storage } = await setUp(10, 0);
  const shown = () =>
    storage.read((stores) => [
      quotaAggregate(quotaOfRole(stores, JOB.role)).resources.length,
      aggregateOf(consumptionOfRole(stores, JOB.role).prodShared).resources.length,
      quotaAggregate(quotaOfRole(stores, 'nobody')).resources.length,
    ]);
  assert.equal(shown(), [4, 3, 3]);
  await run(prod(1, { resources: resources(1, 1) }), 0);
  assert.equal(shown(), [4, 4, 3]);
});

test.run();
