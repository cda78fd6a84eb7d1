import fc from 'fast-check';
import { policyKind, requiredRunning, slaRefusal } from '../../../src/scheduler/sla/policy.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('SLA policies');

const percentage = (value: number) => ({ kind: 'percentage', percentage: value, durationSecs: 60 }) as const;
const count = (value: number) => ({ kind: 'count', count: value, durationSecs: 60 }) as const;

test('SLA: a percentage holds exactly at its boundary', () => {
  assert.is(slaRefusal(percentage(95), { total: 100, running: 95 }), undefined);
  assert.match(
    slaRefusal(percentage(95), { total: 100, running: 94 }) ?? '',
    /^94 of the other 99 tasks of the job have been RUNNING for 60 secs, and its SLA policy asks for 95$/,
  );
  assert.is(
    slaRefusal(percentage(90), { total: 10, running: 9 }),
    undefined,
    '0.9 of 10 is 9, whatever floating point says',
  );
});

test('SLA: a count holds exactly at its boundary', () => {
  assert.is(slaRefusal(count(5), { total: 10, running: 5 }), undefined);
  assert.ok(slaRefusal(count(5), { total: 10, running: 4 }));
});

test('SLA: threshold lowering: a policy that would keep every task lets one go', () => {
  for (const policy of [percentage(99), percentage(100), count(20), count(1000)]) {
    assert.is(requiredRunning(policy, 20), 19);
    assert.is(slaRefusal(policy, { total: 20, running: 19 }), undefined);
    assert.ok(slaRefusal(policy, { total: 20, running: 18 }));
  }
});

test('SLA: as many tasks may go at once as the policy says, never more, and always one', () => {
  const policies = fc.oneof(
    fc.integer({ min: 0, max: 100 }).map(percentage),
    fc.integer({ min: 0, max: 200 }).map(count),
  );
  fc.assert(
    fc.property(policies, fc.integer({ min: 1, max: 200 }), (policy, total) => {
      let gone = 0;
      while (gone < total && slaRefusal(policy, { total, running: total - gone - 1 }) === undefined) gone++;
      const wanted = policy.kind === 'count' ? policy.count : (total * policy.percentage) / 100;
      assert.is(gone, Math.max(1, Math.min(total, Math.floor(total - wanted + 1e-9))));
    }),
  );
});

test('the kinds of policies, with the defaults of a coordinator', () => {
  assert.is(policyKind(undefined), undefined);
  assert.equal(policyKind({ coordinatorSlaPolicy: { coordinatorUrl: 'http://a/', statusKey: '' } }), {
    kind: 'coordinator',
    url: 'http://a/',
    statusKey: 'drain',
  });
});

test.run();
