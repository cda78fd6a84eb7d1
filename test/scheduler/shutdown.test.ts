import { silentLogger } from '../../src/base/log.ts';
import { manualClock } from '../../src/base/manual-clock.ts';
import { shutdown } from '../../src/scheduler/shutdown.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('shutdown of a scheduler');

test('things are closed by stage, whatever order they were opened in, each when the one before is done', async () => {
  const order: string[] = [];
  const ending = shutdown(manualClock(), silentLogger, () => order.push('begin'));
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
  const ending = shutdown(manualClock(), silentLogger, () => {});
  ending.on('http', () => closed++);
  await Promise.all([ending.end(true, 'the log failed'), ending.end(false, 'stopped')]);
  assert.is(closed, 1);
  assert.equal(await ending.finished, { failed: true, reason: 'the log failed' });
});

test('what does not close does not keep the rest open, and is logged', async () => {
  const said: object[] = [];
  const log = { ...silentLogger, error: (fields: object) => said.push(fields) };
  const ending = shutdown(manualClock(), log, () => {});
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
  const ending = shutdown(manualClock(), silentLogger, () => {});
  await ending.end(false, 'stopped');
  let closed = false;
  ending.on('mesos', () => {
    closed = true;
  });
  assert.ok(closed);
});

test('every stage has a deadline, after which the end goes on', async () => {
  const stages = ['announcement', 'parts', 'mesos', 'http', 'state', 'candidacy'] as const;
  const said: { stage?: string }[] = [];
  const clock = manualClock();
  const ending = shutdown(clock, { ...silentLogger, error: (fields) => said.push(fields) }, () => {});
  const begun: string[] = [];
  for (const stage of stages)
    ending.on(stage, () => {
      begun.push(stage);
      return new Promise(() => {});
    });
  let over = false;
  void ending.end(false, 'stopped').then(() => {
    over = true;
  });
  for (let ms = 0; !over && ms < 60_000; ms += 1_000) {
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(over, 'within a minute');
  assert.equal(begun, stages);
  assert.equal(
    said.map(({ stage }) => stage),
    stages,
  );
});

test.run();
