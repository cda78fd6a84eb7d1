import { codecErrorKind, normalise, type Wire } from '../../src/api/index.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('normalise');
const KEY = { role: 'web', environment: 'prod', name: 'site' };

const kindOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return [codecErrorKind(error), (error as { where?: string }).where];
  }
};

test('fills primitives, collections and the default; leaves optional structs, unions and texts unset', () => {
  assert.equal(
    normalise('TaskConfig', { job: KEY, mesosFetcherUris: [{ value: 'u' }], partitionPolicy: {} }),
    {
      isService: false,
      priority: 0,
      maxTaskFailures: 0,
      production: false,
      constraints: [],
      taskLinks: {},
      metadata: [],
      job: KEY,
      container: { mesos: { volumes: [] } },
      resources: [],
      mesosFetcherUris: [{ value: 'u', extract: false, cache: false }],
      partitionPolicy: { reschedule: false, delaySecs: 0 },
    },
  );
});

test('fields whose absence means something stay absent', () => {
  assert.equal(normalise('ExplicitReconciliationSettings', {}), {});
  const summary = normalise('JobUpdateSummary', { user: 'u', key: { job: KEY, id: '1' } });
  assert.equal(summary, { user: 'u', key: { job: KEY, id: '1' }, metadata: [] });
});

test('refuses what has no meaning when it is absent, and names it', () => {
  const run = () => normalise('AssignedTask', { taskId: 't', task: { job: { role: 'r', name: 'n' } } });
  assert.equal(kindOf(run), ['missing-field', 'AssignedTask.task.job.environment']);
  const empty = { job: KEY, resources: [{}] };
  assert.equal(
    kindOf(() => normalise('TaskConfig', empty)),
    ['bad-union', 'TaskConfig.resources[0]'],
  );
  const nameless = { statuses: [99] };
  assert.equal(
    kindOf(() => normalise('TaskQuery', nameless)),
    ['bad-value', 'TaskQuery.statuses[0]'],
  );
});

test('drops keys of no field and does not touch its argument', () => {
  const wire = Object.freeze({ ...KEY, colour: 'red' }) as Wire<'JobKey'>;
  assert.equal(normalise('JobKey', wire), KEY);
});

test.run();
