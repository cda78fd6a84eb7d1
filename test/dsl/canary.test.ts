import { canary, Service, SimpleTask } from '../../src/dsl/index.ts';
import { renderJob } from '../../src/dsl/testing.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('canary');

const update = (updateConfig: ReturnType<typeof canary>) =>
  renderJob(
    Service({
      cluster: 'west',
      role: 'web',
      environment: 'prod',
      name: 'api',
      instances: 20,
      updateConfig,
      task: SimpleTask('api', 'sleep 1000'),
    }),
  ).update as Readonly<Record<string, unknown>>;

test('is a variable batch that pauses, and takes all the rest at last', () => {
  assert.equal(update(canary(1, 4)).updateStrategy, {
    varBatchStrategy: { groupSizes: [1, 4, 100_000], autopauseAfterBatch: true },
  });
});

test('takes other settings with `with`, and a size that is no size is a mistake with its place', () => {
  assert.is(update(canary(1).with({ watchSecs: 60 })).minWaitInInstanceRunningMs, 60_000);
  assert.throws(() => update(canary(0)), /batchSizes\[0\].*at least 1/s);
});

test.run();
