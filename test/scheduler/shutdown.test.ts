import { silentLogger } from '../../src/base/log.ts';
import { shutdown } from '../../src/scheduler/shutdown.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('shutdown of a scheduler');

test('things are closed by stage, whatever order they were opened in, each when the one before is done', async () => {
  const order: string[] = [];
  const ending = shutdown(silentLogger, () => order.push('begin'));
  const slowly = (name: string) => async () => {
    await Promise.resolve();
    order.push(name);
  };
  for (const stage of ['http', 'candidacy', 'state', 'announcement', 'mesos', 'parts'] as const)
    ending.on(stage, slowly(stage));
  assert.not(ending.begun());
  await ending.end(false, 'stopped');
  assert.ok(ending.begun());
  assert.equal(order, ['begin', 'announcement', 'parts', 'mesos', 'http', 'state', 'candidacy']);
  assert.equal(await ending.finished, { failed: false, reason: 'stopped' });
});

test('the first reason is told, and nothing is closed twice', async () => {
  let closed = 0;
  const ending = shutdown(silentLogger, () => {});
  ending.on('http', () => closed++);
  await Promise.all([ending.end(true, 'the log failed'), ending.end(false, 'stopped')]);
  assert.is(closed, 1);
  assert.equal(await ending.finished, { failed: true, reason: 'the log failed' });
});

test('what does not close does not keep the rest open, and is logged', async () => {
  const said: object[] = [];
  const log = { ...silentLogger, error: (fields: object) => said.push(fields) };
  const ending = shutdown(log, () => {});
  let closed = false;
  ending.on('mesos', () => {
    throw new Error('no');
  });
  ending.on('state', () => {
    closed = true;
  });
  await ending.end(false, 'stopped');
  assert.ok(closed);
  assert.equal(said, [{ stage: 'mesos', error: 'no' }]);
});

test('what is opened too late is closed at once', async () => {
  const ending = shutdown(silentLogger, () => {});
  await ending.end(false, 'stopped');
  let closed = false;
  ending.on('mesos', () => {
    closed = true;
  });
  assert.ok(closed);
});

test.run();
