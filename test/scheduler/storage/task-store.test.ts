import fc from 'fast-check';
import { ACTIVE_STATES, type ScheduledTask, type TaskQuery } from '../../../src/api/index.ts';
import type { ReadStores } from '../../../src/scheduler/storage/index.ts';
import { taskIndex } from '../../../src/scheduler/storage/task-index.ts';
import { candidates } from '../../../src/scheduler/storage/task-query.ts';
import { assert, suite } from '../../harness/index.ts';
import { memoryLog } from './memory-log.ts';
import { applyAll, someChanges } from './random-changes.ts';
import { sampleConfig, sampleTask, storageOn } from './sample.ts';

const test = suite('task store');

const idsOf = (tasks: Iterable<ScheduledTask>) => [...tasks].map((task) => task.assignedTask.taskId).sort();
const job = (name: string) => ({ role: 'www', environment: 'prod', name });

/** The rules of a query, one by one over all tasks. */
function naive(all: readonly ScheduledTask[], query: Partial<TaskQuery>): ScheduledTask[] {
  const within = <T>(wanted: readonly T[] | undefined, value: T | undefined) =>
    !wanted?.length || (value !== undefined && wanted.includes(value));
  return all.filter(({ status, assignedTask: { taskId, slaveHost, instanceId, task } }) =>
    [
      !query.role?.trim() || task.job.role === query.role,
      query.environment === undefined || task.job.environment === query.environment,
      query.jobName === undefined || task.job.name === query.jobName,
      within(query.taskIds, taskId),
      within(query.statuses, status),
      within(query.instanceIds, instanceId),
      within(query.slaveHosts, slaveHost),
      within(
        query.jobKeys?.map((key) => JSON.stringify(key)),
        JSON.stringify(task.job),
      ),
    ].every(Boolean),
  );
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const some = <T>(...values: T[]) => maybe(fc.subarray(values));
const queries: fc.Arbitrary<Partial<TaskQuery>> = fc
  .record({
    role: maybe(fc.constantFrom('www', ' ', '', 'nobody')),
    environment: maybe(fc.constantFrom('prod', '', 'test')),
    jobName: maybe(fc.constantFrom('web', 'db', '')),
    taskIds: some('task-0', 'task-1', 'task-5', 'gone'),
    statuses: some('PENDING' as const, 'RUNNING' as const, 'LOST' as const, 'KILLING' as const),
    instanceIds: some(0, 1, 7),
    slaveHosts: some('host-1', 'host-2', 'host-9'),
    jobKeys: some(job('web'), job('db'), job('none')),
  })
  .map((query) => Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)));

test('finds what a walk over all tasks finds, by whatever index', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(someChanges, { maxLength: 8 }),
      fc.array(queries, { maxLength: 12 }),
      async (writes, asked) => {
        const storage = await storageOn(memoryLog());
        for (const changes of writes) await storage.write((tx) => applyAll(tx, changes));
        storage.read(({ tasks }: ReadStores) => {
          const all = [...tasks.all()];
          for (const query of asked)
            assert.equal(idsOf(tasks.find(query)), idsOf(naive(all, query)), JSON.stringify(query));
          for (const name of ['web', 'db', 'cache', 'none']) {
            const ofJob = naive(all, { jobKeys: [job(name)] });
            assert.equal(idsOf(tasks.ofJob(job(name))), idsOf(ofJob));
            assert.equal(
              idsOf(tasks.activeOf(job(name))),
              idsOf(ofJob.filter(({ status }) => ACTIVE_STATES.has(status))),
            );
            for (const instance of [0, 1]) {
              const active = ofJob.find(
                (task) => ACTIVE_STATES.has(task.status) && task.assignedTask.instanceId === instance,
              );
              assert.is(tasks.activeInstance(job(name), instance), active);
            }
          }
          for (const status of ['PENDING', 'RUNNING', 'LOST'] as const) {
            assert.equal(idsOf(tasks.inStatus(status)), idsOf(naive(all, { statuses: [status] })));
            assert.is(tasks.countInStatus(status), naive(all, { statuses: [status] }).length);
          }
          const jobs = new Set(all.map((task) => task.assignedTask.task.job.name));
          assert.equal([...tasks.jobs()].map(({ name }) => name).sort(), [...jobs].sort());
          assert.is([...tasks.jobsOfRole('www')].length, jobs.size);
          assert.equal(idsOf(tasks.onHost('host-1')), idsOf(naive(all, { slaveHosts: ['host-1'] })));
        });
      },
    ),
    { numRuns: 150 },
  );
});

test('equal configurations are one object, whatever the order in their sets', async () => {
  const storage = await storageOn(memoryLog());
  const [one, two] = await storage.write((tx) => [
    tx.tasks.save(
      sampleTask('a', 0, 'PENDING', sampleConfig('web', { resources: [{ numCpus: 1 }, { ramMb: 2 }] })),
    ),
    tx.tasks.save(
      sampleTask('b', 1, 'PENDING', sampleConfig('web', { resources: [{ ramMb: 2 }, { numCpus: 1 }] })),
    ),
  ]);
  assert.is(one.assignedTask.task, two.assignedTask.task);
  const third = await storage.write((tx) =>
    tx.tasks.save(sampleTask('c', 2, 'PENDING', sampleConfig('web', { priority: 1 }))),
  );
  assert.is.not(third.assignedTask.task, one.assignedTask.task);
});

test('a configuration that went with its last task and came back is shared as before', async () => {
  const storage = await storageOn(memoryLog());
  const save = (id: string, instance: number) =>
    storage.write((tx) => tx.tasks.save(sampleTask(id, instance, 'PENDING', sampleConfig('web'))));
  await save('a', 0);
  await storage.write((tx) => tx.tasks.delete('a'));
  const first = await save('b', 0);
  const second = await save('c', 1);
  assert.is(first.assignedTask.task, second.assignedTask.task);
});

test('tasks that change together share their history, others keep their own', async () => {
  const storage = await storageOn(memoryLog());
  const inEvent = (id: string, ...events: ScheduledTask['taskEvents']): ScheduledTask => ({
    ...sampleTask(id, Number(id)),
    taskEvents: events,
  });
  const pending = (timestamp: number) => ({ timestamp, status: 'PENDING' as const });
  const assigned = (message?: string) => ({
    timestamp: 9,
    status: 'ASSIGNED' as const,
    ...(message ? { message } : {}),
  });
  const historyOf = (id: string) => storage.read(({ tasks }) => tasks.get(id)!.taskEvents);
  await storage.write(({ tasks }) => {
    for (const id of ['1', '2']) tasks.save(inEvent(id, pending(5)));
    tasks.save(inEvent('3', pending(6)));
  });
  assert.is(historyOf('1'), historyOf('2'));
  assert.equal(historyOf('3'), [pending(6)]);
  await storage.write(({ tasks }) => {
    for (const id of ['1', '2', '3']) tasks.save(inEvent(id, ...historyOf(id), assigned()));
  });
  assert.is(historyOf('1'), historyOf('2'));
  assert.equal(historyOf('1'), [pending(5), assigned()]);
  assert.equal(historyOf('3'), [pending(6), assigned()]);
  assert.is(historyOf('3')[1], historyOf('1')[1], 'equal events of different histories are one object too');
  await storage.write(({ tasks }) => tasks.save(inEvent('2', ...historyOf('2'), assigned('again'))));
  assert.is(historyOf('1').length, 2);
  assert.equal(historyOf('2'), [pending(5), assigned(), assigned('again')]);
});

test('work does not grow with unrelated tasks: only candidates of the narrowest index are looked at', () => {
  const stored = new Map<string, ScheduledTask>();
  const index = taskIndex((id) => stored.get(id));
  const add = (task: ScheduledTask) => {
    stored.set(task.assignedTask.taskId, task);
    index.replace(undefined, task);
  };
  for (let n = 0; n < 100; n++) {
    const config = sampleConfig('db', { job: { role: 'data', environment: 'prod', name: 'db' } });
    add(sampleTask(`x${n}`, n, 'RUNNING', config));
  }
  const one = sampleTask('one', 0, 'PENDING');
  add({ ...one, assignedTask: { ...one.assignedTask, slaveHost: 'h' } });
  const narrow: Partial<TaskQuery>[] = [
    { taskIds: ['one'] },
    { jobKeys: [job('web')], statuses: ['PENDING'] },
    { role: 'www', environment: 'prod', jobName: 'web' },
    { slaveHosts: ['h'] },
    { statuses: ['PENDING', 'KILLING'] },
    { role: 'www', statuses: ['RUNNING'] },
  ];
  for (const query of narrow)
    assert.equal(
      candidates(query, index).tasks?.map(({ assignedTask }) => assignedTask.taskId),
      ['one'],
      JSON.stringify(query),
    );
  assert.is(candidates({ statuses: ['RUNNING'] }, index).tasks, undefined);
  const instance = { jobKeys: [{ role: 'data', environment: 'prod', name: 'db' }], instanceIds: [7, 7, 200] };
  assert.is(candidates(instance, index).tasks?.length, 1, 'of one instance, not of the job');
});

test.run();
