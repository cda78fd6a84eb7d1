import { canary, Service, SimpleTask, UpdateConfig } from '../../src/dsl/index.ts';
import { renderJob } from '../../src/dsl/testing.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('canary');

const update = (updateConfig: ReturnType<typeof canary> | UpdateConfig) =>
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

test('an update can give a limit to the start of an instance, and has none otherwise', () => {
  assert.is(update(UpdateConfig({ startTimeoutSecs: 300 })).instanceStartTimeoutMs, 300_000);
  assert.not('instanceStartTimeoutMs' in update(UpdateConfig({})));
  for (const startTimeoutSecs of [0, -1, 2_147_484])
    assert.throws(
      () => update(UpdateConfig({ startTimeoutSecs })),
      /startTimeoutSecs.*from 1 to 2147483 seconds/s,
    );
});

test.run();
