import { unansweredLaunches } from '../../../src/scheduler/scheduling/unanswered-launches.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('launches that Mesos has not answered');

const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, nth) => `task-${from + nth}`);

function setUp(launching: number) {
  let told = 0;
  const launches = unansweredLaunches(() => told++);
  for (const id of ids(0, launching)) launches.add(id);
  return { launches, told: () => told };
}

test('two thousand are full; when half of them are answered, that is told once', () => {
  const { launches, told } = setUp(2_000);
  assert.ok(launches.isFull());
  launches.answered(ids(0, 999));
  assert.not(launches.isFull());
  assert.is(told(), 0);
  launches.answered(['task-999']);
  assert.is(told(), 1);
  launches.answered(ids(1_000, 2_000));
  assert.is(told(), 1);
  assert.is(launches.size, 0);
});

test('it is told again of those that came after it was told', () => {
  const { launches, told } = setUp(2_000);
  launches.answered(ids(0, 1_500));
  for (const id of ids(2_000, 3_500)) launches.add(id);
  assert.ok(launches.isFull());
  launches.answered(ids(2_000, 3_500));
  assert.is(told(), 2);
});

test('while few are on their way nobody is told of anything', () => {
  const { launches, told } = setUp(1_000);
  launches.answered(ids(0, 1_000));
  launches.answered(ids(0, 1_000));
  assert.is(told(), 0);
});

test.run();
