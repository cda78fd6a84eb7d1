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

test('two thousand are full; there is room again when half of them are answered, which is told once', () => {
  const { launches, told } = setUp(2_000);
  assert.ok(launches.isFull());
  launches.answered(ids(0, 999));
  assert.is(told(), 0);
  launches.answered(['task-999']);
  assert.is(told(), 1);
  assert.not(launches.isFull());
  launches.answered(ids(1_000, 1_500));
  assert.is(told(), 1, 'nobody waits for room any more');
});

test('nobody is told of room who did not wait for it', () => {
  const { launches, told } = setUp(1_999);
  assert.not(launches.isFull());
  launches.answered(ids(0, 1_999));
  assert.is(told(), 0);
  assert.is(launches.size, 0);
});

test('whoever still asks sees that there is room before being told', () => {
  const { launches, told } = setUp(2_000);
  assert.ok(launches.isFull());
  launches.answered(['task-0']);
  assert.not(launches.isFull());
  launches.answered(ids(1, 2_000));
  assert.is(told(), 0);
});

test.run();
