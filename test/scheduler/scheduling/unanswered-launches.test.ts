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

test('a thousand are full; when half of them are answered, that is told once', () => {
  const { launches, told } = setUp(1_000);
  assert.ok(launches.isFull());
  launches.answered(ids(0, 499));
  assert.not(launches.isFull());
  assert.is(told(), 0);
  launches.answered(['task-499']);
  assert.is(told(), 1);
  launches.answered(ids(500, 1_000));
  assert.is(told(), 1);
  assert.is(launches.size, 0);
});

test('it is told again of those that came after it was told', () => {
  const { launches, told } = setUp(1_000);
  launches.answered(ids(0, 750));
  for (const id of ids(1_000, 1_750)) launches.add(id);
  assert.ok(launches.isFull());
  launches.answered(ids(1_000, 1_750));
  assert.is(told(), 2);
});

test('while few are on their way nobody is told of anything', () => {
  const { launches, told } = setUp(500);
  launches.answered(ids(0, 500));
  launches.answered(ids(0, 500));
  assert.is(told(), 0);
});

test.run();
