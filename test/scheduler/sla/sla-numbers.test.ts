import fc from 'fast-check';
import { ACTIVE_STATES, type ScheduledTask, type ScheduleStatus, toNumber } from '../../../src/api/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { sampleConfig } from '../storage/sample.ts';
import { JOB, numbersScene, REFRESH_MS } from './numbers-scene.ts';

const test = suite('SLA numbers');

test('SLA metrics: each algorithm on hand-made histories, under the names of the original', async () => {
  const { assign, change, clock, insert, names, numbers, value } = await numbersScene();
  numbers.start();
  const taskId = await insert();
  clock.advance(1_000);
  await assign(taskId);
  clock.advance(2_000);
  await change({ taskId, to: 'STARTING' });
  clock.advance(7_000);
  await change({ taskId, to: 'RUNNING' });
  clock.advance(50_000);
  for (const percentile of [50, 75, 90, 95, 99])
    assert.is(value(`sla_${JOB}_job_uptime_${percentile}.00_sec`), 50);
  assert.is(value(`sla_${JOB}_platform_uptime_percent`), 100);
  assert.is(value('sla_cluster_platform_uptime_percent'), 100);
  for (const group of [
    `sla_${JOB}_`,
    'sla_cluster_',
    'sla_cpu_small_',
    'sla_ram_small_',
    'sla_disk_small_',
  ]) {
    assert.is(value(`${group}mtta_ms`), 1_000, group);
    assert.is(value(`${group}mtts_ms`), 3_000, group);
    assert.is(value(`${group}mttr_ms`), 10_000, group);
  }
  assert.is(names().length, 5 + 1 + 1 + 5 * 3);
  clock.advance(REFRESH_MS);
  assert.is(value(`sla_${JOB}_mttr_ms`), 0, 'nothing new in this window');
  numbers.close();
});

test('SLA metrics: restarts by user vs by platform: what the owner does costs the platform nothing', async () => {
  const { active, assign, change, clock, numbers, taskIn, value } = await numbersScene();
  numbers.start();
  const first = await taskIn(['ASSIGNED', 'RUNNING']);
  // Long enough for its end to be no sign of flapping.
  clock.advance(10 * REFRESH_MS);
  clock.advance(15_000);
  await change({ taskId: first, to: 'LOST' });
  clock.advance(15_000);
  const second = active()?.assignedTask.taskId as string;
  await assign(second);
  await change({ taskId: second, to: 'RUNNING' });
  clock.advance(30_000);
  assert.is(value(`sla_${JOB}_platform_uptime_percent`), 75, 'a quarter of a minute was lost');
  await change({ taskId: second, to: 'RESTARTING' });
  clock.advance(REFRESH_MS);
  assert.is(value(`sla_${JOB}_platform_uptime_percent`), 100, 'a restart by the owner');
  numbers.close();
});

test('SLA metrics: a job that is gone has no numbers any more', async () => {
  const { change, clock, names, numbers, state, storage, taskIn } = await numbersScene();
  numbers.start();
  const taskId = await taskIn(['ASSIGNED', 'RUNNING']);
  clock.advance(REFRESH_MS);
  assert.ok(names().some((name) => name.startsWith(`sla_${JOB}`)));
  await change({ taskId, to: 'KILLING' });
  await change({ taskId, to: 'KILLED' });
  await storage.write((tx) => state.deleteTasks(tx, [taskId]));
  clock.advance(REFRESH_MS);
  assert.equal(
    names().filter((name) => name.startsWith(`sla_${JOB}`)),
    [],
  );
  numbers.close();
});

test('SLA metrics: non-prod suffix: such jobs are shown when asked for, tasks that are no services never', async () => {
  const { clock, names, numbers, taskIn } = await numbersScene({ prod: [], nonProd: ['JOB_UPTIMES'] });
  numbers.start();
  await taskIn(['ASSIGNED', 'RUNNING'], sampleConfig('loose', { tier: 'preemptible' }));
  await taskIn(['ASSIGNED', 'RUNNING'], sampleConfig('batch', { tier: 'preemptible', isService: false }));
  await taskIn(['ASSIGNED', 'RUNNING'], sampleConfig('firm'));
  clock.advance(REFRESH_MS);
  assert.equal(
    names(),
    [50, 75, 90, 95, 99].map((percentile) => `sla_www/prod/loose_job_uptime_${percentile}.00_sec_nonprod`),
  );
  numbers.close();
});

test('SLA metrics: a leader that takes over knows what its predecessor knew', async () => {
  const { change, clock, numbers, taskIn, value } = await numbersScene();
  const taskId = await taskIn(['ASSIGNED', 'RUNNING']);
  clock.advance(600_000);
  numbers.start();
  clock.advance(30_000);
  await change({ taskId, to: 'LOST' });
  clock.advance(30_000);
  assert.is(value(`sla_${JOB}_platform_uptime_percent`), 50);
  numbers.close();
});

type Class = 'UP' | 'DOWN' | 'REMOVED';
/** The classes by a second hand, from the original's SlaAlgorithm. */
function nextClass(now: Class, status: ScheduleStatus): Class {
  if (['RUNNING', 'PARTITIONED'].includes(status)) return 'UP';
  if (['LOST', 'DRAINING', 'PREEMPTING'].includes(status)) return 'DOWN';
  if (['PENDING', 'ASSIGNED', 'STARTING'].includes(status)) return now === 'DOWN' ? 'DOWN' : 'REMOVED';
  if (status === 'KILLED') return now === 'UP' ? 'DOWN' : now;
  return 'REMOVED';
}

interface Happening {
  readonly taskId: string;
  readonly atMs: number;
  readonly status: ScheduleStatus;
}

/** What happened to each instance, in order. */
type Happened = ReadonlyMap<number, readonly Happening[]>;

/**
 * Everything computed anew from all events, as the original does; but from those that happened: the history of a task forgets
 * its last return from a partition when it is partitioned again.
 */
function reference(tasks: readonly ScheduledTask[], happened: Happened, fromMs: number, toMs: number) {
  let [up, down] = [0, 0];
  for (const events of happened.values()) {
    let now: Class = 'REMOVED';
    let sinceMs = 0;
    const close = (atMs: number) => {
      const lengthMs = Math.max(0, Math.min(atMs, toMs) - Math.max(sinceMs, fromMs));
      if (now === 'UP') up += lengthMs;
      if (now === 'DOWN') down += lengthMs;
      sinceMs = atMs;
    };
    for (const { atMs, status } of events) {
      close(atMs);
      now = nextClass(now, status);
    }
    close(toMs);
  }
  const uptimes = tasks
    .filter(({ status }) => status === 'RUNNING')
    .map(({ taskEvents }) => toNumber(taskEvents.at(-1)?.timestamp ?? 0))
    .map((sinceMs) => (toMs - sinceMs) / 1000)
    .sort((a, b) => a - b);
  const quantile = (percent: number) => {
    const at = ((uptimes.length - 1) * percent) / 100;
    const [low = 0, high = 0] = [uptimes[Math.floor(at)], uptimes[Math.ceil(at)]];
    return uptimes.length === 0 ? 0 : low + (high - low) * (at - Math.floor(at));
  };
  const waits = tasks
    .filter(({ status }) => ACTIVE_STATES.has(status))
    .flatMap(({ assignedTask }) => {
      let pendingMs = 0;
      let waitMs: number | undefined;
      for (const { atMs, status, taskId } of happened.get(assignedTask.instanceId) ?? []) {
        if (taskId !== assignedTask.taskId) continue;
        if (status === 'PENDING') pendingMs = atMs;
        else if (status === 'RUNNING' && atMs >= fromMs && atMs < toMs) waitMs ??= atMs - pendingMs;
      }
      return waitMs === undefined ? [] : [waitMs];
    })
    .sort((a, b) => a - b);
  const mttr =
    waits.length === 0 ? 0 : ((waits[(waits.length - 1) >> 1] ?? 0) + (waits[waits.length >> 1] ?? 0)) / 2;
  return {
    platform: up + down > 0 ? (up / (up + down)) * 100 : 100,
    p95: quantile(5),
    p50: quantile(50),
    mttr,
  };
}

const STEPS = fc.array(
  fc.record({
    instance: fc.integer({ min: 0, max: 3 }),
    to: fc.constantFrom<ScheduleStatus>(
      'ASSIGNED',
      'STARTING',
      'RUNNING',
      'LOST',
      'FAILED',
      'FINISHED',
      'KILLING',
      'KILLED',
      'RESTARTING',
      'DRAINING',
      'PARTITIONED',
    ),
    waitMs: fc.integer({ min: 1, max: 20_000 }),
  }),
  { maxLength: 80, size: 'large' },
);

test('SLA metrics: kept up as tasks move, the numbers are those that all events of all tasks give', async () => {
  let windows = 0;
  await fc.assert(
    fc.asyncProperty(STEPS, async (steps) => {
      const { assign, change, clock, events, numbers, state, storage, value } = await numbersScene();
      numbers.start();
      const config = sampleConfig();
      const happened = new Map<number, Happening[]>();
      events.subscribe((event) => {
        if (event.kind !== 'taskStateChanged') return;
        const { assignedTask, status, taskEvents } = event.task;
        const before = happened.get(assignedTask.instanceId) ?? [];
        const atMs = toNumber(taskEvents.at(-1)?.timestamp ?? 0);
        happened.set(assignedTask.instanceId, [...before, { taskId: assignedTask.taskId, atMs, status }]);
      });
      await storage.write((tx) => state.insertPendingTasks(tx, config, [0, 1, 2, 3]));
      const startMs = clock.nowMs();
      let passedMs = 0;
      const pass = async (ms: number) => {
        const edgeMs = (Math.floor(passedMs / REFRESH_MS) + 1) * REFRESH_MS;
        clock.advance(Math.min(ms, edgeMs - passedMs));
        if (passedMs + ms >= edgeMs) {
          const tasks = storage.read((stores) => stores.tasks.ofJob(config.job));
          const wanted = reference(tasks, happened, startMs + edgeMs - REFRESH_MS, startMs + edgeMs);
          const close = (name: string, want: number) =>
            assert.ok(
              Math.abs(Number(value(`sla_${JOB}_${name}`)) - want) < 1e-6,
              `${name}: ${value(`sla_${JOB}_${name}`)} for ${want}`,
            );
          close('platform_uptime_percent', wanted.platform);
          close('job_uptime_95.00_sec', wanted.p95);
          close('job_uptime_50.00_sec', wanted.p50);
          close('mttr_ms', wanted.mttr);
          windows++;
        }
        const leftMs = passedMs + ms - edgeMs;
        passedMs = Math.min(passedMs + ms, edgeMs);
        if (leftMs > 0) await pass(leftMs);
      };
      for (const { instance, to, waitMs } of steps) {
        await pass(waitMs);
        const task = storage.read(({ tasks }) => tasks.activeInstance(config.job, instance));
        if (!task) continue;
        const { taskId } = task.assignedTask;
        if (to === 'ASSIGNED') await assign(taskId);
        else if (!['PENDING', 'THROTTLED'].includes(task.status)) await change({ taskId, to });
      }
      await pass(REFRESH_MS);
      numbers.close();
    }),
    {
      numRuns: 400,
      // A partition of a task that is still starting, twice, then its end.
      examples: [
        [
          (['ASSIGNED', 'STARTING', 'PARTITIONED', 'STARTING', 'PARTITIONED', 'KILLING'] as const).map(
            (to) => ({
              instance: 3,
              to,
              waitMs: 1,
            }),
          ),
        ],
        // A return from a partition at the edge of a window, another partition just after it, and another return.
        [
          (
            [
              [0, 'ASSIGNED', 1],
              [3, 'ASSIGNED', 1],
              [3, 'RUNNING', 1],
              [3, 'PARTITIONED', 10_000],
              [3, 'RUNNING', REFRESH_MS - 10_003],
              [3, 'PARTITIONED', 1],
              [3, 'RUNNING', 5_000],
              [0, 'RUNNING', 5_000],
            ] as const
          ).map(([instance, to, waitMs]) => ({ instance, to, waitMs })),
        ],
      ],
    },
  );
  assert.ok(windows >= 400);
}, 60_000);

test.run();
