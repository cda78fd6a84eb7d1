import { normalise, type ScheduledTask, type TaskConfig } from '../../../src/api/index.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { type Attempt, taskGroups } from '../../../src/scheduler/scheduling/task-groups.ts';
import { assert, suite } from '../../harness/index.ts';
import { taskConfig } from '../builders.ts';

const test = suite('task groups');

const task = (taskId: string, config: TaskConfig): ScheduledTask =>
  ({
    ...normalise('ScheduledTask', {
      status: 'PENDING',
      ancestorId: '',
      assignedTask: { taskId, task: config, instanceId: 0 },
    }),
    assignedTask: { taskId, task: config, instanceId: 0, assignedPorts: {} },
  }) as ScheduledTask;

/**
 * `answer` decides which ids of an attempt are placed. Random draws are all zero, so that backoff is the initial wait;
 * with `draw` of 1 it doubles.
 */
function setUp(
  answer: (attempt: Attempt) => string[],
  change: {
    perSec?: number;
    offers?: () => boolean;
    mostInTime?: number;
    draw?: number;
    perRound?: number;
  } = {},
) {
  const clock = manualClock();
  const rounds: string[][][] = [];
  const arrived = { last: 1 };
  const groups = taskGroups({
    clock,
    random: { next: () => change.draw ?? 0 },
    counters: counters(),
    firstDelayMs: 1,
    initialPenaltyMs: 1000,
    maxPenaltyMs: 60_000,
    maxTasksPerAttempt: 2,
    maxAttemptsPerSec: change.perSec ?? 1000,
    maxAttemptsPerRound: change.perRound ?? 3,
    arrivals: () => arrived.last,
    canPlace: change.offers ?? (() => true),
    place(attempts) {
      rounds.push(attempts.map(({ taskIds }) => [...taskIds]));
      return attempts.slice(0, change.mostInTime).map((attempt) => new Set(answer(attempt)));
    },
  });
  /** An offer came. */
  const arrive = () => {
    arrived.last++;
    groups.wake();
  };
  return { arrive, clock, groups, rounds };
}
const everything = ({ taskIds }: Attempt) => [...taskIds];

test('equal tasks share a group, tried after the first delay, a few at a time', () => {
  const { clock, groups, rounds } = setUp(everything);
  const config = taskConfig();
  for (const id of ['a', 'b', 'c']) groups.add(task(id, config));
  groups.add(task('x', taskConfig({ priority: 1 })));
  assert.equal(rounds, []);
  clock.advance(1);
  assert.equal(rounds, [[['a', 'b'], ['x']]]);
  clock.advance(1);
  assert.equal(rounds[1], [['c']]);
  assert.equal(groups.all(), []);
  assert.is(clock.pending(), 0);
});

test('a group that places nothing waits longer and longer', () => {
  const { clock, groups, rounds } = setUp(() => []);
  groups.add(task('a', taskConfig()));
  clock.advance(1);
  assert.is(rounds.length, 1);
  assert.is(groups.all()[0]?.penaltyMs, 1000);
  clock.advance(999);
  assert.is(rounds.length, 1);
  clock.advance(1);
  assert.is(rounds.length, 2);
});

test('what came since is shown to a group before a long penalty is over, but not at once', () => {
  const sinces: (number | undefined)[] = [];
  const { arrive, clock, groups, rounds } = setUp(
    ({ since }) => {
      sinces.push(since);
      return [];
    },
    { draw: 1 },
  );
  groups.add(task('a', taskConfig()));
  clock.advance(1);
  assert.is(groups.all()[0]?.penaltyMs, 2000);
  groups.wake();
  clock.advance(1500);
  assert.is(rounds.length, 1, 'nothing came');
  arrive();
  clock.advance(0);
  assert.is(rounds.length, 2);
  arrive();
  clock.advance(100);
  assert.is(rounds.length, 2, 'less than the initial penalty since the last look');
  assert.is(groups.all()[0]?.penaltyMs, 2000, 'which is no reason to wait longer');
  clock.advance(400);
  assert.is(rounds.length, 3, 'the whole attempt comes in its time');
  assert.is(groups.all()[0]?.penaltyMs, 4000);
  arrive();
  clock.advance(1000);
  assert.is(rounds.length, 4);
  assert.equal(sinces, [undefined, 1, undefined, 3]);
  clock.advance(2999);
  assert.is(rounds.length, 4);
  clock.advance(1);
  assert.is(rounds.length, 5);
});

test('a group that finds a place in what came waits no longer', () => {
  const { arrive, clock, groups, rounds } = setUp(
    ({ since, taskIds }) => (since === undefined ? [] : [...taskIds]),
    { draw: 1 },
  );
  const config = taskConfig();
  for (const id of ['a', 'b', 'c']) groups.add(task(id, config));
  clock.advance(1);
  clock.advance(1000);
  arrive();
  clock.advance(0);
  assert.equal(rounds.at(-1), [['a', 'b']]);
  assert.is(groups.all()[0]?.penaltyMs, 0);
  clock.advance(1);
  assert.equal(rounds.at(-1), [['c']]);
  assert.is(groups.all()[0]?.penaltyMs, 2000);
});

test('many groups are shown what came a few at a time, those first that wait longest', () => {
  const { arrive, clock, groups, rounds } = setUp(() => [], { draw: 1, perRound: 100 });
  for (let group = 0; group < 50; group++) groups.add(task(`t${group}`, taskConfig({ priority: group })));
  clock.advance(1);
  clock.advance(1000);
  rounds.length = 0;
  arrive();
  clock.advance(0);
  const names = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `t${from + at}`);
  assert.equal(rounds.flat(2), names(0, 20));
  clock.advance(99);
  assert.is(rounds.length, 1);
  clock.advance(1);
  assert.equal(rounds[1]?.flat(), names(20, 40));
  clock.advance(100);
  assert.equal(rounds[2]?.flat(), names(40, 50));
  clock.advance(500);
  assert.is(rounds.length, 3, 'every group has seen it');
});

test('one success ends the penalty of the whole group', () => {
  let first = true;
  const { clock, groups, rounds } = setUp(({ taskIds }) => {
    if (!first) return [taskIds[0] as string];
    first = false;
    return [];
  });
  const config = taskConfig();
  for (const id of ['a', 'b']) groups.add(task(id, config));
  clock.advance(1001);
  assert.is(rounds.length, 2);
  assert.is(groups.all()[0]?.penaltyMs, 0);
  clock.advance(1);
  assert.equal(rounds[2], [['b']]);
});

test('a task that is gone is not tried; an empty group is forgotten', () => {
  const { clock, groups, rounds } = setUp(everything);
  const config = taskConfig();
  groups.add(task('a', config));
  groups.add(task('b', config));
  groups.remove(task('a', config));
  clock.advance(1);
  assert.equal(rounds, [[['b']]]);
  groups.add(task('c', config));
  groups.remove(task('c', config));
  assert.is(clock.pending(), 0);
});

test('without offers groups wait for them instead of paying penalties', () => {
  let offers = false;
  const { clock, groups, rounds } = setUp(everything, { offers: () => offers });
  groups.add(task('a', taskConfig()));
  clock.advance(60_000);
  assert.equal(rounds, []);
  offers = true;
  groups.wake();
  clock.advance(0);
  assert.equal(rounds, [[['a']]]);
});

test('attempts are limited by the second', () => {
  const { clock, groups, rounds } = setUp(everything, { perSec: 2 });
  for (let i = 0; i < 5; i++) groups.add(task(`t${i}`, taskConfig({ priority: i })));
  clock.advance(1);
  assert.is(rounds.flat().length, 2);
  clock.advance(500);
  assert.is(rounds.flat().length, 3);
  clock.advance(1000);
  assert.is(rounds.flat().length, 5);
});

test('a startup delay holds a new group back', () => {
  const { clock, groups, rounds } = setUp(everything);
  groups.add(task('a', taskConfig()), 5000);
  clock.advance(4999);
  assert.equal(rounds, []);
  clock.advance(1);
  assert.is(rounds.length, 1);
});

test('closing leaves no timer', () => {
  const { clock, groups } = setUp(() => []);
  groups.add(task('a', taskConfig()));
  clock.advance(1);
  groups.close();
  assert.is(clock.pending(), 0);
});

test('what a round had no time for comes first in the next', () => {
  const { clock, groups, rounds } = setUp(everything, { mostInTime: 2 });
  for (const [at, id] of ['a', 'b', 'c', 'd', 'e'].entries())
    groups.add(task(id, taskConfig({ priority: at })));
  clock.advance(1);
  assert.equal(rounds, [[['a'], ['b'], ['c']], [['c'], ['d'], ['e']], [['e']]]);
  assert.equal(groups.all(), []);
});

test.run();
