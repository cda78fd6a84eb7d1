import type { Wire } from '../../../src/api/index.ts';
import { parseSchedulerFlags } from '../../../src/scheduler/flags/parse.ts';
import { BUILT_IN_TIERS } from '../../../src/scheduler/tiers.ts';
import { validRequest } from '../../../src/scheduler/updater/update-request.ts';
import { assert, suite } from '../../harness/index.ts';
import { JOB, mesosOffer, scalar, wireConfig, wireJob } from '../builders.ts';
import { type TestScheduler, testScheduler } from '../running.ts';

const test = suite('update calls');

function withScheduler(name: string, body: (scheduler: TestScheduler) => Promise<void>, ...flags: string[]) {
  test(name, async () => {
    const scheduler = await testScheduler({}, flags);
    try {
      await body(scheduler);
    } finally {
      await scheduler.stop();
    }
  });
}

const QUEUE = { queueStrategy: { groupSize: 1 } };
const requestOf = (
  change: Wire<'JobUpdateRequest'> = {},
  settings: Wire<'JobUpdateSettings'> = {},
): Wire<'JobUpdateRequest'> => ({
  taskConfig: wireConfig({ contactEmail: 'new' }),
  instanceCount: 3,
  settings: { updateStrategy: QUEUE, rollbackOnFailure: true, ...settings },
  ...change,
});
const detail = ({ details }: Wire<'Response'>) => details?.map(({ message }) => message).join('\n') ?? '';
const started = ({ result }: Wire<'Response'>) => result?.startJobUpdateResult;
const ok = (response: Wire<'Response'>) => {
  assert.is(response.responseCode, 'OK', detail(response));
  return response;
};

/** A rule of Update start: what breaks it, the code, and a word of the refusal. */
const REFUSED: readonly (readonly [string, Wire<'JobUpdateRequest'>, string, RegExp])[] = [
  ['no task', requestOf({ taskConfig: undefined }), 'ERROR', /needs a task configuration and settings/],
  ['no settings', requestOf({ settings: undefined }), 'ERROR', /needs a task configuration and settings/],
  [
    'no service',
    requestOf({ taskConfig: wireConfig({ isService: false }) }),
    'INVALID_REQUEST',
    /non-service/,
  ],
  [
    'a group of nothing',
    requestOf({}, { updateStrategy: { varBatchStrategy: { groupSizes: [1, 0] } } }),
    'INVALID_REQUEST',
    /Every group .* positive/,
  ],
  [
    'no groups',
    requestOf({}, { updateStrategy: { varBatchStrategy: { groupSizes: [] } } }),
    'INVALID_REQUEST',
    /at least one instance/,
  ],
  [
    'legacy size',
    requestOf({}, { updateStrategy: undefined, updateGroupSize: 0 }),
    'INVALID_REQUEST',
    /one instance/,
  ],
  ['failures', requestOf({}, { maxPerInstanceFailures: -1 }), 'INVALID_REQUEST', /maxPerInstanceFailures/],
  ['failed instances', requestOf({}, { maxFailedInstances: -1 }), 'INVALID_REQUEST', /maxFailedInstances/],
  ['many failures', requestOf({}, { maxPerInstanceFailures: 6_667 }), 'INVALID_REQUEST', /more than 20000/],
  [
    'failures beyond 32 bits',
    requestOf({}, { maxPerInstanceFailures: 1_431_655_766 }),
    'INVALID_REQUEST',
    /more than 20000/,
  ],
  [
    'wait',
    requestOf({}, { minWaitInInstanceRunningMs: -1 }),
    'INVALID_REQUEST',
    /minWaitInInstanceRunningMs/,
  ],
  ['pulse', requestOf({}, { blockIfNoPulsesAfterMs: -1 }), 'INVALID_REQUEST', /blockIfNoPulsesAfterMs/],
  [
    'start timeout',
    requestOf({}, { instanceStartTimeoutMs: -1 }),
    'INVALID_REQUEST',
    /instanceStartTimeoutMs/,
  ],
  ['sla', requestOf({}, { slaAware: true }), 'INVALID_REQUEST', /slaAware needs an slaPolicy/],
  ['task rules', requestOf({ taskConfig: wireConfig({ tier: 'gold' }) }), 'INVALID_REQUEST', /Invalid tier/],
  ['no instances', requestOf({ instanceCount: 0 }), 'INVALID_REQUEST', /must be positive/],
  ['too many instances', requestOf({ instanceCount: 4_001 }), 'INVALID_REQUEST', /4000 tasks at most; 4001/],
  [
    'backward scope',
    requestOf({}, { updateOnlyTheseInstances: [{ first: 4, last: 2 }] }),
    'INVALID_REQUEST',
    /4-2 end before they begin/,
  ],
  [
    'quota',
    requestOf({ taskConfig: wireConfig({ tier: 'preferred' }) }),
    'INVALID_REQUEST',
    /CPU quota exceeded by 3.00 core/,
  ],
];

withScheduler(
  'Update start: every validation rule refuses with a sentence, and nothing is stored',
  async ({ call }) => {
    for (const [what, request, code, text] of REFUSED) {
      const response = await call('startJobUpdate', { request });
      assert.is(response.responseCode, code, what);
      assert.match(detail(response), text, what);
    }
    const { result } = ok(await call('getJobUpdateSummaries', { jobUpdateQuery: {} }));
    assert.equal(result?.getJobUpdateSummariesResult?.updateSummaries, []);
  },
);

withScheduler('Update start: scope outside job', async ({ call }) => {
  ok(await call('createJob', { description: wireJob({ instanceCount: 5 }) }));
  const scoped = (first: number, last: number) =>
    call('startJobUpdate', { request: requestOf({}, { updateOnlyTheseInstances: [{ first, last }] }) });
  const beyond = await scoped(4, 6);
  assert.equal(
    [beyond.responseCode, detail(beyond)],
    ['INVALID_REQUEST', 'Instances that neither job hello nor the update has: 5, 6'],
  );
  const endless = await scoped(0, 2_147_483_647);
  assert.is(endless.responseCode, 'INVALID_REQUEST');
  assert.match(detail(endless), /104, \.\.\./);
  // Of the job, though not of the update: it is removed.
  ok(await scoped(4, 4));
});

test('Update start: every validation rule: a strategy that this version does not know is refused', () => {
  const options = parseSchedulerFlags([]);
  const validation = { options, tiers: BUILT_IN_TIERS, executors: new Map() };
  const request = requestOf({}, { updateStrategy: {} });
  assert.throws(
    () => validRequest(request, { validation, flags: options }),
    /JobUpdateStrategy needs exactly one/,
  );
});

withScheduler('Update start: no-op: a job that is so already is no update', async ({ call }) => {
  ok(await call('createJob', { description: wireJob({ instanceCount: 2 }) }));
  const request = requestOf({ taskConfig: wireConfig(), instanceCount: 2 });
  const response = await call('startJobUpdate', { request });
  assert.equal([response.responseCode, detail(response)], ['OK', 'Job is unchanged by proposed update.']);
  assert.is(response.result, undefined);
});

withScheduler('Update start: every validation rule: a cron job is not updated', async ({ call }) => {
  const description = wireJob({ cronSchedule: '0 0 1 1 *', taskConfig: wireConfig({ isService: false }) });
  ok(await call('scheduleCronJob', { description }));
  const response = await call('startJobUpdate', { request: requestOf() });
  assert.is(response.responseCode, 'INVALID_REQUEST');
  assert.match(detail(response), /Cron jobs/);
});

withScheduler('Update start: existing update returns its key, and no second one begins', async ({ call }) => {
  const metadata = [{ key: 'k', value: 'v' }];
  const first = ok(await call('startJobUpdate', { request: requestOf({ metadata }) }));
  const { key, updateSummary } = started(first) ?? {};
  assert.equal(updateSummary, { key, user: 'UNSECURE', metadata });
  assert.match(key?.id ?? '', /^[0-9a-f-]{36}$/);
  const second = await call('startJobUpdate', { request: requestOf({ instanceCount: 4 }) });
  assert.is(second.responseCode, 'INVALID_REQUEST');
  assert.equal(started(second)?.key, key);
  assert.is(started(second)?.updateSummary?.state?.status, 'ROLLING_FORWARD');
  assert.equal(started(second)?.updateSummary?.metadata, metadata);
});

withScheduler(
  'an active update, a paused one too, refuses other changes of the job and names itself',
  async (s) => {
    const { call } = s;
    const { key } = started(ok(await call('startJobUpdate', { request: requestOf() }))) ?? {};
    ok(await call('pauseJobUpdate', { key: key! }));
    const cron = wireJob({ cronSchedule: '* * * * *', taskConfig: wireConfig({ isService: false }) });
    const answers = [
      await call('createJob', { description: wireJob() }),
      await call('killTasks', { job: JOB }),
      await call('restartShards', { job: JOB, shardIds: [0] }),
      await call('addInstances', { key: { jobKey: JOB, instanceId: 0 }, count: 1 }),
      await call('scheduleCronJob', { description: cron }),
      await call('replaceCronTemplate', { config: cron }),
      await call('descheduleCronJob', { job: JOB }),
    ];
    for (const answer of answers)
      assert.equal(
        [answer.responseCode, detail(answer)],
        ['JOB_UPDATING_ERROR', `Job web/prod/hello is currently updating (update ${key?.id})`],
      );
    ok(await call('abortJobUpdate', { key: key!, message: 'enough' }));
    ok(await call('killTasks', { job: JOB }));
  },
);

withScheduler('steering: each call, what it records, and what makes no sense', async ({ call }) => {
  const { key } = started(ok(await call('startJobUpdate', { request: requestOf(), message: 'go' }))) ?? {};
  const own = key!;
  ok(await call('pauseJobUpdate', { key: own, message: 'lunch' }));
  ok(await call('pauseJobUpdate', { key: own }));
  ok(await call('resumeJobUpdate', { key: own }));
  ok(await call('rollbackJobUpdate', { key: own, message: 'no' }));
  const { result } = ok(await call('getJobUpdateDetails', { query: { key: own } }));
  const [details] = result?.getJobUpdateDetailsResult?.detailsList ?? [];
  assert.equal(
    details?.updateEvents?.map(({ status, user, message }) => [status, user, message]).slice(0, 4),
    [
      ['ROLLING_FORWARD', 'UNSECURE', 'go'],
      ['ROLL_FORWARD_PAUSED', 'UNSECURE', 'lunch'],
      ['ROLLING_FORWARD', 'UNSECURE', undefined],
      ['ROLLING_BACK', 'UNSECURE', 'no'],
    ],
  );
  const other = { job: JOB, id: 'nobody' };
  const missing = await call('pauseJobUpdate', { key: other });
  assert.equal(
    [missing.responseCode, detail(missing)],
    ['INVALID_REQUEST', 'Update does not exist: web/prod/hello/nobody'],
  );
  const bad = { job: { ...JOB, role: 'a b' }, id: 'x' };
  assert.is((await call('pauseJobUpdate', { key: bad })).responseCode, 'ERROR');
  const long = await call('pauseJobUpdate', { key: own, message: 'x'.repeat(1025) });
  assert.match(detail(long), /1024 characters at most; this one has 1025/);
  const { result: pulsed } = ok(await call('pulseJobUpdate', { key: other }));
  assert.is(pulsed?.pulseJobUpdateResult?.status, 'FINISHED');
  assert.is((await call('pulseJobUpdate', { key: { job: JOB, id: ' ' } })).responseCode, 'ERROR');
});

withScheduler('an ended update goes nowhere, and the answer names both statuses', async ({ call }) => {
  const { key } = started(ok(await call('startJobUpdate', { request: requestOf() }))) ?? {};
  ok(await call('abortJobUpdate', { key: key! }));
  ok(await call('abortJobUpdate', { key: key! }));
  const back = await call('rollbackJobUpdate', { key: key! });
  assert.equal(
    [back.responseCode, detail(back)],
    ['INVALID_REQUEST', 'Cannot transition update from ABORTED to ROLLING_BACK'],
  );
  assert.is((await call('resumeJobUpdate', { key: key! })).responseCode, 'INVALID_REQUEST');
});

withScheduler('queries: by job, role, user, status and key, the latest change first', async ({ call }) => {
  const keys: Wire<'JobUpdateKey'>[] = [];
  for (const name of ['one', 'two', 'three']) {
    const taskConfig = wireConfig({ job: { ...JOB, name } });
    keys.push(started(ok(await call('startJobUpdate', { request: requestOf({ taskConfig }) })))!.key!);
  }
  ok(await call('abortJobUpdate', { key: keys[0]! }));
  const found = async (query: Wire<'JobUpdateQuery'>) => {
    const { result } = ok(await call('getJobUpdateSummaries', { jobUpdateQuery: query }));
    return result?.getJobUpdateSummariesResult?.updateSummaries?.map(({ key }) => key?.job?.name);
  };
  assert.equal((await found({}))?.sort(), ['one', 'three', 'two']);
  assert.is((await found({}))?.[0], 'one');
  assert.equal(await found({ jobKey: { ...JOB, name: 'two' } }), ['two']);
  assert.equal(await found({ key: keys[2] }), ['three']);
  assert.equal(await found({ updateStatuses: ['ABORTED'] }), ['one']);
  assert.equal(await found({ updateStatuses: [99] }), []);
  assert.equal(await found({ role: '' }), []);
  assert.equal(await found({ role: 'web', user: 'nobody' }), []);
  assert.is((await found({ limit: 2 }))?.length, 2);
  assert.is((await found({ offset: 2 }))?.length, 1);
  const old = await call('getJobUpdateDetails', { key: keys[0] });
  assert.is(old.result?.getJobUpdateDetailsResult?.details?.update?.summary?.state?.status, 'ABORTED');
  assert.match(detail(old), /deprecated/);
  assert.is((await call('getJobUpdateDetails', {})).responseCode, 'ERROR');
});

withScheduler(
  'a restart of several configurations is told with all its instances',
  async ({ call, mesos, tasks }) => {
    mesos.subscribe();
    ok(await call('createJob', { description: wireJob({ instanceCount: 3 }) }));
    const only = { updateOnlyTheseInstances: [{ first: 1, last: 1 }] };
    const update = started(ok(await call('startJobUpdate', { request: requestOf({}, only) })));
    const versions = async () => (await tasks('PENDING')).map((task) => task.assignedTask.task.contactEmail);
    while (!(await versions()).includes('new')) await new Promise((done) => setImmediate(done));
    ok(await call('abortJobUpdate', { key: update!.key! }));
    const request = { job: JOB, settings: { updateGroupSize: 1 } };
    const { key } = started(ok(await call('startJobRestart', { request }))) ?? {};
    for (const asked of [{ query: { key } }, { key }]) {
      const { result } = ok(await call('getJobUpdateDetails', asked as never));
      const { details, detailsList } = result!.getJobUpdateDetailsResult!;
      const { initialState, restart } = (details ?? detailsList?.[0])?.update?.instructions ?? {};
      const shown = initialState?.map(({ task, instances }) => [task?.contactEmail ?? 'old', instances]);
      assert.equal(shown, [
        [
          'old',
          [
            { first: 0, last: 0 },
            { first: 2, last: 2 },
          ],
        ],
        ['new', [{ first: 1, last: 1 }]],
      ]);
      assert.is(restart?.taskIds?.length, 3);
    }
  },
);

withScheduler('diff: what would be added, replaced, removed, and what stays', async ({ call }) => {
  ok(await call('createJob', { description: wireJob({ instanceCount: 4 }) }));
  const diff = async (request: Wire<'JobUpdateRequest'>) => {
    const { result } = ok(await call('getJobUpdateDiff', { request }));
    const { add, update, remove, unchanged } = result!.getJobUpdateDiffResult!;
    const shown = (groups: typeof add) =>
      groups?.map(({ config, instances }) => [config?.contactEmail ?? 'old', instances]);
    return { add: shown(add), update: shown(update), remove: shown(remove), unchanged: shown(unchanged) };
  };
  assert.equal(await diff(requestOf({ instanceCount: 2 })), {
    add: [],
    update: [['old', [{ first: 0, last: 1 }]]],
    remove: [['old', [{ first: 2, last: 3 }]]],
    unchanged: [],
  });
  const only = {
    updateOnlyTheseInstances: [
      { first: 1, last: 1 },
      { first: 5, last: 5 },
    ],
  };
  assert.equal(await diff(requestOf({ instanceCount: 6 }, only)), {
    add: [['new', [{ first: 5, last: 5 }]]],
    update: [['old', [{ first: 1, last: 1 }]]],
    remove: [],
    unchanged: [
      [
        'old',
        [
          { first: 0, last: 0 },
          { first: 2, last: 3 },
        ],
      ],
    ],
  });
});

const planOf = async (call: TestScheduler['call'], request: Wire<'JobUpdateRequest'>) =>
  ok(await call('planJobUpdate', { request })).result!.planJobUpdateResult!.plan!;

withScheduler('plan: batches in their order, and the time that they take at least', async ({ call }) => {
  ok(await call('createJob', { description: wireJob({ instanceCount: 3 }) }));
  const settings = {
    updateStrategy: { varBatchStrategy: { groupSizes: [1, 2], autopauseAfterBatch: true } },
    minWaitInInstanceRunningMs: 1_000,
  };
  const first = await planOf(call, requestOf({ instanceCount: 4 }, settings));
  assert.equal(first.batches, [
    { create: [{ first: 3, last: 3 }], replace: [], remove: [], inFlight: 1, pausesAfter: true },
    { create: [], replace: [{ first: 0, last: 1 }], remove: [], inFlight: 2, pausesAfter: true },
    { create: [], replace: [{ first: 2, last: 2 }], remove: [], inFlight: 1, pausesAfter: false },
  ]);
  assert.is(first.leastMs, 3_000);
  assert.equal(first.refusals, []);
  assert.is(first.activeUpdate, undefined);
  assert.is(first.taskConfig?.tier, 'preemptible');
  const prod = await planOf(call, requestOf({ taskConfig: wireConfig({ tier: 'preferred' }) }));
  assert.match(prod.refusals?.[0] ?? '', /CPU quota exceeded/);
  const queue = await planOf(
    call,
    requestOf({ instanceCount: 1 }, { updateStrategy: { queueStrategy: { groupSize: 2 } } }),
  );
  assert.equal(queue.batches, [
    {
      create: [],
      replace: [{ first: 0, last: 0 }],
      remove: [{ first: 1, last: 2 }],
      inFlight: 2,
      pausesAfter: false,
    },
  ]);
});

const room = (agent: string, cpus: number) =>
  mesosOffer(agent, { resources: [scalar('cpus', cpus), scalar('mem', 8192), scalar('disk', 8192)] });

withScheduler('plan: how many new instances have a place now, and a funnel for the others', async (s) => {
  const { call, mesos } = s;
  mesos.subscribe();
  ok(await call('createJob', { description: wireJob({ instanceCount: 3 }) }));
  const none = (await planOf(call, requestOf({ instanceCount: 4 }))).forecast;
  assert.equal([none?.wanted, none?.fitting, none?.inPlace], [4, 0, 0]);
  assert.match(none?.funnel?.text ?? '', /none fits/);

  // An instance takes 1.25 cpus, its executor's included.
  mesos.offer(room('a', 3.8));
  await mesos.next('ACCEPT');
  mesos.offer(room('b', 2.6));
  const some = (await planOf(call, requestOf({ instanceCount: 4 }))).forecast;
  assert.equal([some?.wanted, some?.fitting, some?.inPlace], [4, 4, 2]);
  assert.is(some?.funnel, undefined);
  const larger = wireConfig({ resources: [{ numCpus: 2 }, { ramMb: 128 }, { diskMb: 64 }] });
  const big = (await planOf(call, requestOf({ instanceCount: 4, taskConfig: larger }))).forecast;
  assert.equal([big?.wanted, big?.fitting, big?.inPlace], [4, 1, 0]);
});

withScheduler('a plan that is stale is refused with what differs, and nothing of it is done', async (s) => {
  const { call, tasks } = s;
  ok(await call('createJob', { description: wireJob({ instanceCount: 3 }) }));
  const digestOf = async (request: Wire<'JobUpdateRequest'>) => (await planOf(call, request)).digest!;
  const start = (request: Wire<'JobUpdateRequest'>, planDigest: string) =>
    call('startJobUpdate', { request: { ...request, planDigest } });
  const refusedFor = async (request: Wire<'JobUpdateRequest'>, planDigest: string, why: RegExp) => {
    const before = await tasks();
    const response = await start(request, planDigest);
    assert.is(response.responseCode, 'INVALID_REQUEST');
    assert.match(detail(response), why);
    assert.is(response.result?.planJobUpdateResult?.plan?.digest, await digestOf(request));
    assert.equal(await tasks(), before);
    return response;
  };
  const request = requestOf();
  const digest = await digestOf(request);
  assert.is(
    await digestOf(requestOf({ metadata: [{ key: 'a', value: 'b' }] })),
    digest,
    'metadata plans nothing',
  );

  await refusedFor(requestOf({ instanceCount: 2 }), digest, /^The request is not the planned one/);
  await refusedFor(requestOf({}, { maxFailedInstances: 1 }), digest, /^The request is not the planned one/);
  await refusedFor(request, 'nonsense', /no digest of a plan/);

  ok(await call('addInstances', { key: { jobKey: JOB, instanceId: 0 }, count: 1 }));
  await refusedFor(request, digest, /^The job's instances, or their configurations/);

  const next = await digestOf(request);
  const other = await call('startJobUpdate', { request: requestOf({ instanceCount: 5 }) });
  const { key } = started(ok(other)) ?? {};
  const busy = await start(request, next);
  assert.equal(started(busy)?.key, key, 'an active update is in the way first of all');
  ok(await call('abortJobUpdate', { key: key! }));
  const response = await refusedFor(request, next, /update [0-9a-f-]+ of the job became ABORTED/);
  assert.match(detail(response), new RegExp(key!.id!));

  const good = ok(await start(request, await digestOf(request)));
  const { result } = ok(await call('getJobUpdateDetails', { query: { key: started(good)!.key } }));
  const [begun] = result!.getJobUpdateDetailsResult!.detailsList!;
  assert.equal(begun?.update?.instructions?.desiredState?.instances, [{ first: 0, last: 2 }]);
});

withScheduler('a plan for a job that has become so by itself is stale, too', async ({ call }) => {
  ok(await call('createJob', { description: wireJob({ instanceCount: 1 }) }));
  const request = requestOf({ taskConfig: wireConfig(), instanceCount: 2 });
  const { digest } = await planOf(call, request);
  ok(await call('addInstances', { key: { jobKey: JOB, instanceId: 0 }, count: 1 }));
  const response = await call('startJobUpdate', { request: { ...request, planDigest: digest } });
  assert.is(response.responseCode, 'INVALID_REQUEST');
});

test.run();
