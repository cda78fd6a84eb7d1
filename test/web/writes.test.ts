/** What the page's buttons say, and what they send. */

import { decodePlainArgs, isCallName } from '../../src/api/index.ts';
import type { UpdateRow } from '../../src/api/views/updates.ts';
import { parseRanges, rangesText } from '../../src/web/text/ranges.ts';
import { activateWrite, drainSeveralWrite, drainWrite } from '../../src/web/writes/host-writes.ts';
import {
  addWrite,
  cronStartWrite,
  descheduleWrite,
  killWrite,
  restartWrite,
} from '../../src/web/writes/job-writes.ts';
import { quotaWrite } from '../../src/web/writes/quota-writes.ts';
import { requestOf, runAgainWrite } from '../../src/web/writes/run-again.ts';
import { updateWrites } from '../../src/web/writes/update-writes.ts';
import type { Answers, Write } from '../../src/web/writes/write.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('writes of the page');

const job = { cluster: 'west', job: 'web/prod/api', ids: Array.from({ length: 20 }, (_, id) => id) };
const KEY = { role: 'web', environment: 'prod', name: 'api' };

/** What it amounts to; its arguments are those of the call. */
function asked(write: Write, answers: Answers = {}) {
  const given = {
    ...Object.fromEntries((write.fields ?? []).map(({ name, value }) => [name, value])),
    ...answers,
  };
  const result = write.ask(given);
  if ('problem' in result) return assert.unreachable(result.problem) as never;
  assert.ok(isCallName(write.call));
  decodePlainArgs(write.call as 'killTasks', new TextEncoder().encode(JSON.stringify(result.args)));
  return result;
}
const problem = (write: Write, answers: Answers) => {
  const result = write.ask(answers);
  return 'problem' in result ? result.problem : assert.unreachable();
};

test('lists of instances are read and written', () => {
  assert.equal(parseRanges('7, 0-2,1'), [0, 1, 2, 7]);
  for (const bad of ['', 'a', '3-1', '1-', '-1', '1,,2', '0-99999999'])
    assert.is(parseRanges(bad), undefined, bad);
  assert.is(rangesText([0, 1, 2, 7, 9, 10]), '0-2,7,9-10');
  assert.is(rangesText([]), '');
});

test('a restart of a few is made, of many the command does it in batches', () => {
  const few = asked(restartWrite(job), { instances: '3,4' });
  assert.equal(few.args, { job: KEY, shardIds: [3, 4] });
  assert.is(few.command, 'aurora job restart west/web/prod/api/3-4');
  assert.is(few.instead, undefined);
  const all = asked(restartWrite(job));
  assert.match(all.instead ?? '', /batches/);
  assert.is(all.command, 'aurora job restart west/web/prod/api');
  assert.is(asked(restartWrite({ ...job, ids: [5] })).instead, undefined, 'a job of one has no smaller part');
  assert.is(problem(restartWrite(job), { instances: '19-21' }), 'Instances 20-21 is not active.');
  assert.is(problem(restartWrite(job), { instances: '' }), 'Say which instances, such as 0-4,7.');
});

test('a kill names what goes on; of all, the name has to be typed', () => {
  const some = asked(killWrite(job), { instances: '0-4', message: "it's old" });
  assert.is(some.effect, '5 instances of 20 stop and do not come back; 15 go on.');
  assert.is(some.command, "aurora job kill west/web/prod/api/0-4 --message='it'\\''s old'");
  assert.equal(some.args, { job: KEY, instances: [0, 1, 2, 3, 4], message: "it's old" });
  assert.is(some.type, undefined);
  const all = asked(killWrite(job), { instances: '0-19' });
  assert.is(all.type, 'web/prod/api');
  assert.is(all.command, 'aurora job killall west/web/prod/api');
  const one = asked(killWrite({ ...job, ids: [7], isPart: true }, '7'));
  assert.is(one.type, undefined, 'one instance, seen alone, is not the whole job');
});

test('instances are added like one that is there', () => {
  const added = asked(addWrite(job), { count: '5', like: '3' });
  assert.equal(added.args, { key: { jobKey: KEY, instanceId: 3 }, count: 5 });
  assert.is(added.command, 'aurora job add west/web/prod/api/3 5');
  assert.is(problem(addWrite(job), { count: '0', like: '3' }), 'Say how many, 1 or more.');
  assert.is(problem(addWrite(job), { count: '1', like: '77' }), 'Instance 77 is not active.');
});

test('cron jobs run now and lose their schedule', () => {
  const run = asked(cronStartWrite('west', 'web/prod/api', 2, 'CANCEL_NEW'));
  assert.match(run.effect, /the new run is cancelled/);
  assert.equal(run.args, { job: KEY });
  assert.is(asked(descheduleWrite('west', 'web/prod/api')).type, 'web/prod/api');
});

const row: UpdateRow = {
  job: 'web/prod/api',
  id: 'u1',
  status: 'ROLLING_FORWARD',
  user: 'ana',
  createdMs: 1,
  modifiedMs: 2,
  done: 3,
  total: 10,
  failed: 0,
};

test('an update offers what its status allows', () => {
  const verbs = (status: string, active = true) =>
    updateWrites('west', { ...row, status }, active).map(({ verb }) => verb);
  assert.equal(verbs('ROLLING_FORWARD'), ['Pause', 'Roll back', 'Abort']);
  assert.equal(verbs('ROLL_FORWARD_PAUSED'), ['Resume', 'Roll back', 'Abort']);
  assert.equal(verbs('ROLL_FORWARD_AWAITING_PULSE'), ['Send a pulse', 'Pause', 'Roll back', 'Abort']);
  assert.equal(verbs('ROLLING_BACK'), ['Pause', 'Abort']);
  assert.equal(verbs('ROLLED_FORWARD', false), []);
  for (const write of updateWrites('west', row, true)) {
    const { args } = asked(write, { message: 'wait' });
    assert.equal((args as { key: unknown }).key, { job: KEY, id: 'u1' });
  }
});

test('an earlier version comes back with what would change', () => {
  const task = { job: KEY, priority: 3 };
  const earlier = {
    desiredState: { task, instances: [{ first: 0, last: 4 }] },
    settings: { updateGroupSize: 2, maxFailedInstances: 1 },
  };
  assert.equal(requestOf(earlier), { taskConfig: task, instanceCount: 5, settings: earlier.settings });
  const again = asked(
    runAgainWrite('west', row, earlier, {
      update: [{ instances: [{ first: 0, last: 2 }] }],
      remove: [{ instances: [{ first: 5, last: 5 }] }],
    }),
  );
  assert.match(again.effect, /^3 instances change, 1 instance is removed, /);
  assert.is(
    problem(runAgainWrite('west', row, earlier, { unchanged: [{ instances: [{ first: 0, last: 4 }] }] }), {}),
    'All instances have this version already.',
  );
});

test('hosts are drained and come back', () => {
  assert.equal(asked(drainWrite('west', 'host-1', 3)).args, { hosts: { hostNames: ['host-1'] } });
  const several = asked(drainSeveralWrite('west'), { hosts: ' host-1,host-2\nhost-1' });
  assert.equal(several.args, { hosts: { hostNames: ['host-1', 'host-2'] } });
  assert.is(several.type, 'host-1');
  assert.is(problem(drainSeveralWrite('west'), { hosts: ' ' }), 'Say which hosts.');
  assert.ok(activateWrite('west', 'host-1').atOnce);
});

test('a quota below what is used has to be typed', () => {
  const amounts = { cpus: 4, ramMb: 1024, diskMb: 2048 };
  const nothing = { cpus: 0, ramMb: 0, diskMb: 0 };
  const quota = quotaWrite('west', {
    role: 'web',
    quota: { ...amounts, cpus: 8 },
    used: amounts,
    production: { dedicated: nothing },
    others: { shared: nothing, dedicated: nothing },
  });
  const more = asked(quota, { cpus: '10.5' });
  assert.equal(more.args, {
    ownerRole: 'web',
    quota: { resources: [{ numCpus: 10.5 }, { ramMb: 1024 }, { diskMb: 2048 }] },
  });
  assert.is(more.type, undefined);
  assert.is(asked(quota, { cpus: '2' }).type, 'web');
  assert.is(problem(quota, { cpus: 'many', ramMb: '1', diskMb: '1' }), 'Give three numbers, 0 or more.');
});

test.run();
