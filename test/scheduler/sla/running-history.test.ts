import { runningHistory } from '../../../src/scheduler/sla/running-history.ts';
import { assert, suite } from '../../harness/index.ts';
import { sampleConfig } from '../storage/sample.ts';
import { numbersScene } from './numbers-scene.ts';

const test = suite('history of what ran');
const JOB = { role: 'www', environment: 'prod', name: 'web' };
const STEP_MS = 300_000;

const seen = async () => {
  const world = await numbersScene();
  const history = runningHistory(world);
  const service = sampleConfig('web', { isService: true });
  return { ...world, history, percents: () => history.of(JOB)?.percents, service };
};

test('a sample every five minutes says which share ran, rounded down; a day back at most', async () => {
  const { assign, change, clock, history, percents, service, state, storage, taskIn } = await seen();
  assert.is(history.of(JOB), undefined, 'nothing before it begins');
  const first = await taskIn(['ASSIGNED', 'RUNNING'], service);
  for (const taskId of await storage.write((tx) => state.insertPendingTasks(tx, service, [1, 2]))) {
    await assign(taskId);
    await change({ taskId, to: 'RUNNING' });
  }
  history.start?.();
  assert.equal(percents(), [100]);
  await change({ taskId: first, to: 'FAILED' });
  clock.advance(STEP_MS);
  assert.equal(percents(), [100, 66], 'its successor is pending');
  assert.is(Number(history.of(JOB)?.endMs) % STEP_MS, 0);
  for (let step = 0; step < 400; step++) clock.advance(STEP_MS);
  assert.is(percents()?.length, 288);
  assert.equal(new Set(percents()), new Set([66]));
  history.close?.();
});

test('where the job was not there is a gap, and after a day without it nothing is kept', async () => {
  const { change, clock, history, percents, service, taskIn } = await seen();
  history.start?.();
  assert.is(percents(), undefined);
  const taskId = await taskIn(['ASSIGNED', 'RUNNING'], service);
  clock.advance(STEP_MS);
  await change({ taskId, to: 'KILLING' });
  await change({ taskId, to: 'KILLED' });
  clock.advance(STEP_MS);
  assert.equal(percents(), [100, -1]);
  clock.advance(STEP_MS);
  await taskIn(['ASSIGNED', 'RUNNING'], service);
  clock.advance(STEP_MS);
  assert.equal(percents(), [100, -1, -1, 100]);
  history.close?.();
  clock.advance(10 * STEP_MS);
  assert.equal(percents(), [100, -1, -1, 100], 'it has ended');
});

test('jobs that are no services have none', async () => {
  const { history, percents, taskIn } = await seen();
  await taskIn(['ASSIGNED', 'RUNNING'], sampleConfig('web', { isService: false }));
  history.start?.();
  assert.is(percents(), undefined);
  history.close?.();
});

test.run();
