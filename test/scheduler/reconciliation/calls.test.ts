import type { Wire } from '../../../src/api/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { mesosOffer, wireJob } from '../builders.ts';
import { testScheduler } from '../running.ts';

const test = suite('reconciliation on request');

test('an administrator starts either kind; the explicit one with a batch size of choice', async () => {
  const scheduler = await testScheduler();
  try {
    const { call, mesos } = scheduler;
    mesos.subscribe();
    await call('createJob', { description: wireJob({ instanceCount: 3 }) });
    mesos.offer(mesosOffer('a'));
    await mesos.next('ACCEPT');
    await call('triggerImplicitTaskReconciliation', {});
    assert.equal((await mesos.next('RECONCILE')).reconcile?.tasks, []);
    const answer = await call('triggerExplicitTaskReconciliation', { settings: { batchSize: 2 } });
    assert.is(answer.responseCode, 'OK');
    const { reconcile } = await mesos.next('RECONCILE');
    assert.is(reconcile?.tasks?.length, 2);
    assert.equal(reconcile?.tasks?.[0]?.agent_id, { value: 'a' });
  } finally {
    await scheduler.stop();
  }
});

test('settings are needed, and a batch has a task at least', async () => {
  const scheduler = await testScheduler();
  try {
    const { call, mesos } = scheduler;
    mesos.subscribe();
    const codeOf = async (settings: Wire<'ExplicitReconciliationSettings'>) =>
      (await call('triggerExplicitTaskReconciliation', { settings })).responseCode;
    const without = await call('triggerExplicitTaskReconciliation', {} as never);
    assert.is(without.responseCode, 'ERROR');
    assert.is(await codeOf({ batchSize: 0 }), 'INVALID_REQUEST');
    assert.is(await codeOf({ batchSize: -1 }), 'INVALID_REQUEST');
    assert.is(await codeOf({}), 'OK');
  } finally {
    await scheduler.stop();
  }
});

test.run();
