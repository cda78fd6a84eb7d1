import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuroraError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import type { SchedulerCall } from '../../../src/mesos/index.ts';
import { frameworkCredentials } from '../../../src/scheduler/mesos/credentials.ts';
import { driverCalls } from '../../../src/scheduler/mesos/driver-calls.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { assert, suite } from '../../harness/index.ts';
import { posting } from '../../harness/posting.ts';

const test = suite('calls to Mesos');

function setUp(answer: () => Promise<void> = async () => {}, subscribed = true) {
  const sent: SchedulerCall[] = [];
  const warnings: object[] = [];
  const clock = manualClock();
  const send = (call: SchedulerCall) => {
    sent.push(call);
    return answer();
  };
  const calls = driverCalls(
    { subscribed: () => subscribed, send, post: posting(send) },
    {
      clock,
      log: { ...silentLogger, warn: (fields) => warnings.push(fields) },
      counters: counters(),
      declineFilterMs: 5000,
    },
  );
  /** Whether the tasks may run. */
  const accept = (offerIds: readonly string[]) =>
    new Promise<boolean>((settled) => calls.accept(offerIds, [task], settled));
  return { accept, calls, clock, sent, warnings };
}
const task = { name: 'x', task_id: { value: 't' }, agent_id: { value: 'a' } };

test('each call has the form that Mesos wants', async () => {
  const { accept, calls, sent } = setUp();
  assert.is(await accept(['o1', 'o2']), true);
  calls.decline(['o3']);
  calls.kill({ taskId: 't', agentId: 'a' });
  calls.kill({ taskId: 't', agentId: undefined });
  calls.acknowledge({ taskId: 't', agentId: 'a', uuid: 'u' });
  calls.acknowledge({ taskId: 't', agentId: 'a', uuid: undefined });
  calls.acknowledge({ taskId: 't', agentId: undefined, uuid: 'u' });
  calls.reconcile([{ taskId: 't', agentId: 'a' }]);
  calls.acceptInverseOffers(['i']);
  assert.is(await calls.suppress(), true);
  assert.is(await calls.revive(), true);
  assert.equal(sent, [
    {
      type: 'ACCEPT',
      accept: {
        offer_ids: [{ value: 'o1' }, { value: 'o2' }],
        operations: [{ type: 'LAUNCH', launch: { task_infos: [task] } }],
        filters: { refuse_seconds: 0 },
      },
    },
    { type: 'DECLINE', decline: { offer_ids: [{ value: 'o3' }], filters: { refuse_seconds: 5 } } },
    { type: 'KILL', kill: { task_id: { value: 't' }, agent_id: { value: 'a' } } },
    { type: 'KILL', kill: { task_id: { value: 't' } } },
    { type: 'ACKNOWLEDGE', acknowledge: { task_id: { value: 't' }, agent_id: { value: 'a' }, uuid: 'u' } },
    { type: 'RECONCILE', reconcile: { tasks: [{ task_id: { value: 't' }, agent_id: { value: 'a' } }] } },
    { type: 'ACCEPT_INVERSE_OFFERS', accept_inverse_offers: { inverse_offer_ids: [{ value: 'i' }] } },
    { type: 'SUPPRESS', suppress: {} },
    { type: 'REVIVE', revive: {} },
  ]);
});

test('without a session nothing is sent, and a launch is known to have failed', async () => {
  const { accept, calls, sent } = setUp(undefined, false);
  calls.decline(['o']);
  assert.is(await accept(['o']), false);
  assert.equal(sent, []);
});

test('a refused launch has failed for certain, an unanswered one has not', async () => {
  const refused = new AuroraError('MESOS', 'no', { cause: { status: 400, text: 'no' } });
  const one = setUp(() => Promise.reject(refused));
  assert.is(await one.accept(['o']), false);
  const sentAfterwards = one.sent.slice(1);
  assert.equal(
    sentAfterwards,
    [{ type: 'DECLINE', decline: { offer_ids: [{ value: 'o' }], filters: { refuse_seconds: 5 } } }],
    'the offers are given back: the master holds them as ours',
  );
  const unanswered = new AuroraError('MESOS', 'no answer');
  const other = setUp(() => Promise.reject(unanswered));
  assert.is(await other.accept(['o']), true);
  assert.is(other.sent.length, 1);
});

test('a thousand calls that fail for one reason are one line of the log', async () => {
  const lost = new AuroraError('MESOS', 'no answer to a call: the connection was closed by the server');
  const { accept, calls, clock, warnings } = setUp(() => Promise.reject(lost));
  const accepts = Array.from({ length: 1_000 }, () => accept(['o']));
  calls.decline(['p']);
  await Promise.all(accepts);
  assert.equal(warnings, []);
  clock.advance(0);
  assert.equal(
    warnings.map((fields) => [(fields as { call: string }).call, (fields as { calls: number }).calls]),
    [
      ['ACCEPT', 1_000],
      ['DECLINE', 1],
    ],
  );
  assert.is(await accept(['o']), true);
  clock.advance(0);
  assert.is(warnings.length, 3, 'later failures are told, too');
});

test('credentials are read from a properties file, and what is missing is named', () => {
  const directory = mkdtempSync(join(tmpdir(), 'aurora-credentials-'));
  const file = join(directory, 'auth.properties');
  try {
    writeFileSync(
      file,
      '# who\naurora_authentication_principal = aurora\naurora_authentication_secret: s=1\n',
    );
    assert.equal(frameworkCredentials(file), { principal: 'aurora', secret: 's=1' });
    writeFileSync(file, 'aurora_authentication_principal=aurora\n');
    assert.throws(
      () => frameworkCredentials(file),
      /has no aurora_authentication_secret \(.*auth.properties\)/,
    );
    assert.throws(() => frameworkCredentials(join(directory, 'none')), /cannot be read \(.*none\)/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test.run();
