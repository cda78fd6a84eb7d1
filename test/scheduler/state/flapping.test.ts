import type { ScheduledTask, ScheduleStatus } from '../../../src/api/index.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { flappingPenaltyMs, penaltyMessage, penaltyOfMs } from '../../../src/scheduler/state/flapping.ts';
import { assert, suite } from '../../harness/index.ts';
import { sampleTask } from '../storage/sample.ts';

const test = suite('flapping');

const SETTINGS = {
  flappingTaskThresholdMs: 300_000,
  initialFlappingTaskDelayMs: 30_000,
  maxFlappingTaskDelayMs: 300_000,
};

/** A task that was RUNNING for so long and then took this way out. */
const ended = (
  taskId: string,
  livedMs: number,
  way: ScheduleStatus[],
  ancestorId?: string,
): ScheduledTask => ({
  ...sampleTask(taskId, 0, way.at(-1)),
  ...(ancestorId === undefined ? {} : { ancestorId }),
  taskEvents: [
    { timestamp: 0, status: 'PENDING' },
    { timestamp: 10_000_000, status: 'RUNNING' },
    ...way.map((status) => ({ timestamp: 10_000_000 + livedMs, status })),
  ],
});

const penalty = (task: ScheduledTask, ancestors: ScheduledTask[] = [], seed = 7) => {
  const stored = new Map(ancestors.map((ancestor) => [ancestor.assignedTask.taskId, ancestor]));
  return flappingPenaltyMs({ get: (id) => stored.get(id) }, task, SETTINGS, seededRandom(seed));
};

test('the first flap is penalised, with one step of backoff', () => {
  const ms = penalty(ended('a', 1_000, ['FAILED']));
  assert.ok(ms >= 30_000 && ms <= 60_000, String(ms));
});

test('a task that lived for the threshold does not flap; one a millisecond younger does', () => {
  assert.is(penalty(ended('a', 300_000, ['FAILED'])), 0);
  assert.ok(penalty(ended('a', 299_999, ['LOST'])) > 0);
});

test('a partition before the loss does not make a long life short, nor a short one long', () => {
  const lived = (
    runMs: number,
    partitionedMs: number,
    ...more: ScheduledTask['taskEvents']
  ): ScheduledTask => ({
    ...sampleTask('a', 0, 'LOST'),
    taskEvents: [
      { timestamp: 0, status: 'PENDING' },
      { timestamp: 1_000, status: 'RUNNING' },
      { timestamp: 1_000 + runMs, status: 'PARTITIONED' },
      ...more,
      { timestamp: 1_000 + runMs + partitionedMs, status: 'LOST' },
    ],
  });
  const seven = 7 * 60_000;
  assert.is(penalty(lived(seven, 1_000)), 0);
  assert.ok(penalty(lived(10_000, 1_000)) > 0);
  assert.ok(penalty(lived(10_000, seven)) > 0, 'it was not seen to run in between');
  assert.is(penalty(lived(10_000, seven + 1, { timestamp: 11_000 + seven, status: 'RUNNING' })), 0);
});

test('a task that never ran counts from its last step, which a partition is none', () => {
  const events = (...steps: [number, ScheduleStatus][]): ScheduledTask => ({
    ...sampleTask('a', 0, 'LOST'),
    taskEvents: steps.map(([timestamp, status]) => ({ timestamp, status })),
  });
  assert.ok(penalty(events([0, 'PENDING'], [400_000, 'ASSIGNED'], [410_000, 'LOST'])) > 0);
  assert.is(penalty(events([0, 'PENDING'], [1, 'ASSIGNED'], [300_000, 'PARTITIONED'], [300_001, 'LOST'])), 0);
});

test('a task that we restarted, killed, drained or preempted does not flap', () => {
  for (const status of ['RESTARTING', 'KILLING', 'DRAINING', 'PREEMPTING'] as const) {
    assert.is(penalty(ended('a', 1_000, [status, 'KILLED'])), 0, status);
  }
});

test('every flapped ancestor adds a step, up to the longest penalty', () => {
  const line = Array.from({ length: 12 }, (_, age) => ended(`t${age}`, 10, ['FAILED'], `t${age + 1}`));
  let last = 0;
  for (let generations = 1; generations <= 12; generations++) {
    const ms = penalty(line[0]!, line.slice(1, generations));
    assert.ok(ms >= last, `${generations} generations: ${ms}`);
    last = ms;
  }
  assert.is(last, 300_000);
});

test('the line ends at an ancestor that lived, and at one that is not stored any more', () => {
  const task = ended('a', 10, ['FAILED'], 'b');
  const alone = penalty(task);
  assert.is(penalty(task, [ended('b', 900_000, ['FAILED'], 'c'), ended('c', 10, ['FAILED'])]), alone);
  assert.is(penalty(task, [ended('c', 10, ['FAILED'])]), alone);
});

test('the penalty that is served is the one in the message', () => {
  const task = sampleTask('a', 0, 'THROTTLED');
  const throttled = {
    ...task,
    taskEvents: [{ timestamp: 1, status: 'THROTTLED' as const, message: penaltyMessage(45_678) }],
  };
  assert.is(penaltyOfMs(throttled), 45_678);
  assert.is(penaltyOfMs(task), 0);
});

test.run();
