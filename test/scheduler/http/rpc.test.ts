import {
  CALLS,
  type CallName,
  decodeStruct,
  encodeStruct,
  isCallName,
  type Wire,
} from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { assert, count, suite } from '../../harness/index.ts';
import { JOB, mesosOffer, scalar, wireConfig, wireJob } from '../builders.ts';
import { type TestScheduler, testScheduler } from '../running.ts';

const test = suite('scheduler calls');

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

const detail = ({ details }: Wire<'Response'>) => details?.map(({ message }) => message).join('\n') ?? '';
const outcome = (response: Wire<'Response'>) => [response.responseCode, detail(response)];
const KEY = 'web/prod/hello';

withScheduler(
  'every reply carries server info and details',
  async ({ call }) => {
    const response = await call('getRoleSummary', {});
    assert.equal(response, {
      responseCode: 'OK',
      result: { roleSummaryResult: { summaries: [] } },
      serverInfo: { clusterName: 'west', statsUrlPrefix: 'http://viz/' },
      details: [],
    });
  },
  '-cluster_name=west',
  '-viz_job_url_prefix=http://viz/',
);

withScheduler(
  'of jobs of one name that come at once, large ones too, one is created whole',
  async ({ call, tasks }) => {
    const counts = [2_500, 1, 3_000];
    const replies = await Promise.all(
      counts.map((instanceCount) => call('createJob', { description: wireJob({ instanceCount }) })),
    );
    const created = counts.filter((_, at) => replies[at]?.responseCode === 'OK');
    const others = replies.filter(({ responseCode }) => responseCode !== 'OK').map(detail);
    assert.equal(others, [`Job already exists: ${KEY}`, `Job already exists: ${KEY}`]);
    const stored = await tasks();
    assert.equal([stored.length], created);
    assert.is(new Set(stored.map(({ assignedTask }) => assignedTask.taskId)).size, stored.length);
    const tooMany = await call('createJob', {
      description: wireJob({
        key: { ...JOB, name: 'other' },
        taskConfig: wireConfig({ job: { ...JOB, name: 'other' } }),
        instanceCount: 2_000_000_000,
      }),
    });
    assert.equal(outcome(tooMany), [
      'INVALID_REQUEST',
      'A job may have 4000 tasks at most; 2000000000 were asked for.',
    ]);
  },
);

withScheduler('a job is created once', async ({ call, tasks }) => {
  const description = wireJob({ instanceCount: 3 });
  assert.equal(outcome(await call('createJob', { description })), ['OK', '']);
  assert.equal(outcome(await call('createJob', { description })), [
    'INVALID_REQUEST',
    `Job already exists: ${KEY}`,
  ]);
  const stored = await tasks();
  assert.equal(stored.map(({ assignedTask }) => assignedTask.instanceId).sort(), [0, 1, 2]);
  const [{ assignedTask, taskEvents }] = stored as [(typeof stored)[0]];
  assert.match(assignedTask.taskId, /^web-prod-hello-\d-[0-9a-f-]{36}$/);
  assert.is(assignedTask.task.tier, 'preemptible');
  assert.is(assignedTask.task.production, false);
  assert.equal(assignedTask.task.container, { mesos: { volumes: [] } });
  assert.is(taskEvents[0]?.scheduler, 'scheduler.example.com');
});

const change = (config: Wire<'TaskConfig'>): Wire<'JobConfiguration'> =>
  wireJob({ taskConfig: wireConfig(config) });
const dedicated = (values: string[], negated = false) =>
  change({ constraints: [{ name: 'dedicated', constraint: { value: { negated, values } } }] });
const sla = (policy: Wire<'SlaPolicy'>, instanceCount: number): Wire<'JobConfiguration'> =>
  wireJob({ instanceCount, taskConfig: wireConfig({ tier: 'preferred', slaPolicy: policy }) });

const constrained = (name: string, constraint: Wire<'TaskConstraint'>) =>
  change({ constraints: [{ name, constraint }] });
const runs = (...processes: readonly object[]) =>
  change({
    executorConfig: { name: 'AuroraExecutor', data: JSON.stringify({ task: { processes } }) },
  });
const LONG = { ...JOB, name: 'n'.repeat(200) };

/** What breaks a rule, and a word of the refusal. */
const REFUSED: readonly (readonly [string, Wire<'JobConfiguration'>, RegExp])[] = [
  ['no task', wireJob({ taskConfig: undefined }), /task configuration/],
  ['no instances', wireJob({ instanceCount: 0 }), /Instance count must be positive/],
  ['too many instances', wireJob({ instanceCount: 4001 }), /4000 tasks at most; 4001/],
  ['no key', wireJob({ key: undefined }), /Job key is invalid/],
  ['bad role', wireJob({ key: { ...JOB, role: 'a b' } }), /Job key is invalid/],
  ['long name', wireJob({ key: { ...JOB, name: 'x'.repeat(256) } }), /Job key is invalid/],
  [
    'environment',
    wireJob({ key: { ...JOB, environment: 'production' } }),
    /environment production doesn't match/,
  ],
  ['owner', wireJob({ owner: { user: 'a/b' } }), /user contains illegal characters: a\/b/],
  ['tier characters', change({ tier: 'a b' }), /Tier contains illegal characters/],
  ['unknown tier', change({ tier: 'gold' }), /Invalid tier 'gold'; known are preferred, preemptible/],
  ['task key', change({ job: { role: '', environment: 'prod', name: 'x' } }), /invalid job key/],
  ['no executor', change({ executorConfig: undefined }), /executorConfig/],
  ['unknown executor', change({ executorConfig: { name: 'x', data: '' } }), /Executor 'x' is not configured/],
  ['dedicated to others', dedicated(['db/x']), /Only db may use hosts dedicated for that role/],
  ['dedicated twice', dedicated(['web/x', 'web/y']), /exactly one value/],
  ['dedicated negated', dedicated(['web/x'], true), /not be negated/],
  [
    'dedicated limit',
    change({ constraints: [{ name: 'dedicated', constraint: { limit: { limit: 1 } } }] }),
    /must be of value type/,
  ],
  [
    'limit of nothing',
    constrained('host', { limit: { limit: 0 } }),
    /The constraint host must be a limit of at least 1/,
  ],
  [
    'no values',
    constrained('rack', { value: { negated: false, values: [] } }),
    /must name at least one value/,
  ],
  ['no attribute', constrained('', { value: { negated: true, values: ['a'] } }), /must name an attribute/],
  ['ids of tasks', wireJob({ key: LONG, taskConfig: wireConfig({ job: LONG }) }), /Mesos takes 255 letters/],
  ['docker', change({ container: { docker: { image: 'x' } } }), /container type DOCKER/],
  [
    'cpus that Mesos does not count',
    change({ resources: [{ numCpus: 0.0004 }, { ramMb: 1 }, { diskMb: 1 }] }),
    /num_cpus must be at least 0.001, got 0.0004: Mesos counts in thousandths/,
  ],
  [
    'endless cpus',
    change({ resources: [{ numCpus: Number.POSITIVE_INFINITY }, { ramMb: 1 }, { diskMb: 1 }] }),
    /num_cpus must be at least 0.001, got Infinity/,
  ],
  [
    'a command of 3 MB',
    runs({ name: 'a', cmdline: 'x'.repeat(3_000_000) }),
    /at most 131071 bytes, has 3000000/,
  ],
  [
    'a name twice',
    runs({ name: 'a', cmdline: 'true' }, { name: 'a', cmdline: 'false' }),
    /The executor cannot run this task: two processes are called "a"/,
  ],
  ['a port nobody gives', runs({ name: 'a', cmdline: '{{thermos.ports[http]}}' }), /unbound references/],
  ['no cpu', change({ resources: [{ ramMb: 1 }, { diskMb: 1 }] }), /num_cpus must be greater than 0/],
  ['no ram', change({ resources: [{ numCpus: 1 }, { ramMb: 0 }, { diskMb: 1 }] }), /ram_mb must be/],
  ['no disk', change({ resources: [{ numCpus: 1 }, { ramMb: 1 }] }), /disk_mb must be/],
  [
    'twice',
    change({ resources: [{ numCpus: 1 }, { numCpus: 2 }, { ramMb: 1 }, { diskMb: 1 }] }),
    /Multiple resource/,
  ],
  ['gpu', change({ resources: [{ numCpus: 1 }, { ramMb: 1 }, { diskMb: 1 }, { numGpus: 1 }] }), /GPU/],
  ['fetcher', change({ mesosFetcherUris: [{ value: 'http://x' }] }), /fetcher .* disabled/],
  [
    'volumes',
    change({ container: { mesos: { volumes: [{ containerPath: '/a', hostPath: '/b', mode: 'RO' }] } } }),
    /volumes are not allowed/,
  ],
  ['service with cron', wireJob({ cronSchedule: '* * * * *' }), /service task may not be run on a cron/],
  [
    'cron',
    wireJob({ cronSchedule: '* * * * *', taskConfig: wireConfig({ isService: false }) }),
    /scheduleCronJob/,
  ],
  [
    'empty cron',
    wireJob({ cronSchedule: '', taskConfig: wireConfig({ isService: false }) }),
    /scheduleCronJob/,
  ],
  [
    'sla tier',
    change({ slaPolicy: { countSlaPolicy: { count: 1, durationSecs: 1 } } }),
    /'preemptible' does not support SlaPolicy/,
  ],
  ['small sla', sla({ countSlaPolicy: { count: 1, durationSecs: 1 } }, 19), /fewer than 20 instances/],
  ['full sla', sla({ countSlaPolicy: { count: 20, durationSecs: 1 } }, 20), /at least one instance/],
  [
    'strict sla',
    sla({ percentageSlaPolicy: { percentage: 96, durationSecs: 1 } }, 20),
    /at least one instance/,
  ],
  [
    'sla of 150%',
    sla({ percentageSlaPolicy: { percentage: 150, durationSecs: 1 } }, 20),
    /must be from 0 to 100, got 150/,
  ],
  ['long sla', sla({ countSlaPolicy: { count: 1, durationSecs: 7201 } }, 20), /7200 secs at most/],
  [
    'quota',
    change({ tier: 'preferred' }),
    /CPU quota exceeded by 1.00 core\(s\); RAM quota exceeded by 128.00 MB; disk/,
  ],
];

withScheduler(
  'what breaks a rule is refused with a sentence, and nothing is stored',
  async ({ call, tasks }) => {
    for (const [what, description, text] of REFUSED) {
      const response = await call('createJob', { description });
      assert.is(response.responseCode, 'INVALID_REQUEST', `${what}: ${detail(response)}`);
      assert.match(detail(response), text, what);
    }
    assert.equal(await tasks(), []);
    count('configurations refused', REFUSED.length);
  },
);

withScheduler(
  'what the flags allow is accepted',
  async ({ call }) => {
    const accepted = [
      change({ container: { docker: { image: 'x' } } }),
      change({ mesosFetcherUris: [{ value: 'http://x' }] }),
      change({ resources: [{ numCpus: 1 }, { ramMb: 1 }, { diskMb: 1 }, { numGpus: 1 }] }),
      dedicated(['*/x']),
      dedicated(['web/x']),
    ];
    for (const [at, job] of accepted.entries()) {
      const key = { ...JOB, name: `job${at}` };
      const description = { ...job, key, taskConfig: { ...job.taskConfig, job: key } };
      assert.equal(outcome(await call('createJob', { description })), ['OK', '']);
    }
    const response = await call('populateJobConfig', {
      description: accepted[0] as Wire<'JobConfiguration'>,
    });
    assert.equal(response.result?.populateJobResult?.taskConfig?.container?.docker?.parameters, [
      { name: 'net', value: 'host' },
    ]);
  },
  '-allowed_container_types=MESOS,DOCKER',
  '-enable_mesos_fetcher',
  '-allow_gpu_resource',
  '-default_docker_parameters=net=host',
);

withScheduler('populateJobConfig fills in and stores nothing; cron is fine', async ({ call, tasks }) => {
  const resources = [{ numCpus: 1 }, { ramMb: 1 }, { diskMb: 1 }, { namedPort: 'health' }];
  const description = wireJob({
    cronSchedule: '* * * * *',
    taskConfig: wireConfig({ isService: false, resources, tier: 'preferred', production: false }),
  });
  const config = (await call('populateJobConfig', { description })).result?.populateJobResult?.taskConfig;
  assert.is(config?.production, true);
  assert.equal(config?.taskLinks, { health: 'http://%host%:%port:health%' });
  assert.equal(await tasks(), []);
});

withScheduler('killing: some, all, none; pending tasks vanish at once', async ({ call, tasks }) => {
  await call('createJob', { description: wireJob({ instanceCount: 4 }) });
  assert.equal(outcome(await call('killTasks', { job: JOB, instances: [1, 2, 99] })), ['OK', '']);
  assert.equal((await tasks()).map(({ assignedTask }) => assignedTask.instanceId).sort(), [0, 3]);
  assert.equal(outcome(await call('killTasks', { job: JOB, instances: [], message: '' })), ['OK', '']);
  assert.equal(await tasks(), []);
  assert.equal(outcome(await call('killTasks', { job: JOB })), ['OK', 'No tasks to kill.']);
  assert.is((await call('killTasks', { job: { role: 'web' } })).responseCode, 'ERROR');
});

withScheduler('instances are added after the highest one', async ({ call, tasks }) => {
  await call('createJob', { description: wireJob({ instanceCount: 2 }) });
  const key = { jobKey: JOB, instanceId: 1 };
  assert.equal(outcome(await call('addInstances', { key, count: 2 })), ['OK', '']);
  assert.equal((await tasks()).map(({ assignedTask }) => assignedTask.instanceId).sort(), [0, 1, 2, 3]);
  assert.is((await call('addInstances', { key, count: 0 })).responseCode, 'INVALID_REQUEST');
  const missing = await call('addInstances', { key: { ...key, instanceId: 9 }, count: 1 });
  assert.equal(outcome(missing), ['INVALID_REQUEST', 'No active task found for a given instance ID.']);
  assert.match(detail(await call('addInstances', { key, count: 3997 })), /4000 tasks at most; 4001/);
});

withScheduler('restarting needs every instance to be active', async ({ call, mesos, tasks }) => {
  mesos.subscribe();
  mesos.offer(mesosOffer('a'));
  await call('createJob', { description: wireJob() });
  await mesos.next('ACCEPT');
  const refused = await call('restartShards', { job: JOB, shardIds: [0, 1] });
  assert.equal(outcome(refused), ['INVALID_REQUEST', 'Not all requested instances are active: 1']);
  assert.is((await call('restartShards', { job: JOB, shardIds: [] })).responseCode, 'ERROR');
  assert.equal(outcome(await call('restartShards', { job: JOB, shardIds: [0] })), ['OK', '']);
  const [task] = await tasks();
  assert.is(task?.status, 'RESTARTING');
  assert.is(task?.taskEvents.at(-1)?.message, 'Restarted by UNSECURE');
  await mesos.next('KILL');
});

withScheduler(
  'tasks are found by any restriction, in pages, with and without executor data',
  async ({ call }) => {
    await call('createJob', { description: wireJob({ instanceCount: 3 }) });
    const found = async (query: Wire<'TaskQuery'>) =>
      (await call('getTasksStatus', { query })).result?.scheduleStatusResult?.tasks?.length;
    assert.is(await found({}), 3);
    assert.is(await found({ role: 'web' }), 3);
    assert.is(await found({ role: '  ' }), 3);
    assert.is(await found({ role: 'other' }), 0);
    assert.is(await found({ jobName: '' }), 0);
    assert.is(await found({ jobKeys: [JOB], instanceIds: [1] }), 1);
    assert.is(await found({ statuses: ['RUNNING'] }), 0);
    assert.is(await found({ offset: 1 }), 2);
    assert.is(await found({ limit: 2 }), 2);
    assert.is(await found({ offset: 2, limit: 2 }), 1);
    assert.is(await found({ offset: -1, limit: 0 }), 3);
    const bare = await call('getTasksWithoutConfigs', { query: { role: 'web' } });
    const task = bare.result?.scheduleStatusResult?.tasks?.[0]?.assignedTask?.task;
    assert.equal(task?.executorConfig, { name: 'AuroraExecutor' });
    assert.is(task?.resources?.length, 3);
    assert.is((await call('getTasksStatus', {} as { query: Wire<'TaskQuery'> })).responseCode, 'ERROR');
  },
);

withScheduler('jobs, roles, summaries and groups', async ({ call }) => {
  await call('createJob', { description: wireJob({ instanceCount: 3 }) });
  const other = { role: 'db', environment: 'test', name: 'x' };
  await call('createJob', { description: { ...change({ job: other }), key: other } });
  const roles = (await call('getRoleSummary', {})).result?.roleSummaryResult?.summaries;
  assert.equal(
    [...(roles ?? [])].sort((a, b) => ((a.role ?? '') < (b.role ?? '') ? -1 : 1)),
    [
      { role: 'db', jobCount: 1, cronJobCount: 0 },
      { role: 'web', jobCount: 1, cronJobCount: 0 },
    ],
  );
  const jobs = await call('getJobs', { ownerRole: 'web' });
  const [job, ...more] = jobs.result?.getJobsResult?.configs ?? [];
  assert.is(more.length, 0);
  assert.equal(job?.key, JOB);
  assert.is(job?.instanceCount, 3);
  assert.is((await call('getJobs', {})).result?.getJobsResult?.configs?.length, 2);
  const summary = (await call('getJobSummary', { role: 'web' })).result?.jobSummaryResult?.summaries?.[0];
  assert.equal(summary?.stats, {
    activeTaskCount: 0,
    finishedTaskCount: 0,
    failedTaskCount: 0,
    pendingTaskCount: 3,
  });
  await call('killTasks', { job: JOB, instances: [1] });
  const groups = (await call('getConfigSummary', { job: JOB })).result?.configSummaryResult?.summary?.groups;
  assert.equal(groups?.[0]?.instances, [
    { first: 0, last: 0 },
    { first: 2, last: 2 },
  ]);
  const nobody = { ...JOB, name: 'nobody' };
  assert.equal(
    (await call('getConfigSummary', { job: nobody })).result?.configSummaryResult?.summary?.groups,
    [],
  );
  assert.is((await call('getConfigSummary', { job: { role: 'x' } })).responseCode, 'ERROR');
});

withScheduler('quota: zero, set, used, and never below what is used', async ({ call }) => {
  const zero = [{ numCpus: 0 }, { ramMb: 0 }, { diskMb: 0 }];
  const before = (await call('getQuota', { ownerRole: 'web' })).result?.getQuotaResult;
  assert.equal(before?.quota?.resources, zero);
  assert.equal(before?.nonProdDedicatedConsumption?.resources, zero);
  const set = (cpus: number) =>
    call('setQuota', {
      ownerRole: 'web',
      quota: { resources: [{ numCpus: cpus }, { ramMb: 1000 }, { diskMb: 1000 }] },
    });
  assert.equal(outcome(await set(2)), ['OK', '']);
  const preferred = wireConfig({ tier: 'preferred' });
  assert.equal(
    outcome(await call('createJob', { description: wireJob({ instanceCount: 2, taskConfig: preferred }) })),
    ['OK', ''],
  );
  const more = await call('addInstances', { key: { jobKey: JOB, instanceId: 0 }, count: 1 });
  assert.equal(outcome(more), [
    'INVALID_REQUEST',
    'Insufficient resource quota: CPU quota exceeded by 1.00 core(s)',
  ]);
  const after = (await call('getQuota', { ownerRole: 'web' })).result?.getQuotaResult;
  assert.equal(after?.prodSharedConsumption?.resources, [{ numCpus: 2 }, { ramMb: 256 }, { diskMb: 128 }]);
  assert.is((await set(1.5)).responseCode, 'INVALID_REQUEST');
  assert.is((await set(-1)).responseCode, 'INVALID_REQUEST');
  assert.match(detail(await set(0.0004)), /at least 0.001, got 0.0004, or 0; Mesos counts in thousandths/);
  const odd = await call('setQuota', { ownerRole: 'web', quota: { resources: [{ numCpus: 1 }] } });
  assert.is(odd.responseCode, 'ERROR');
  assert.is((await call('getQuota', { ownerRole: ' ' })).responseCode, 'ERROR');
});

/** A field of TBinary: its type, its number, its value. */
const field = (type: number, id: number, value: Buffer): Buffer =>
  Buffer.concat([Buffer.from([type, 0, id]), value]);
const double = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
};
const i64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};
const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
};

withScheduler(
  'clients of 0.12 to 0.17: resources in the fields that they had then',
  async ({ call, tasks }) => {
    const { resources: _, ...rest } = wireConfig();
    const without = encodeStruct('TaskConfig', rest).subarray(0, -1);
    const old = [
      field(4, 8, double(0.5)),
      field(10, 9, i64(256)),
      field(10, 10, i64(64)),
      field(14, 21, Buffer.concat([Buffer.from([11, 0, 0, 0, 1]), text('http')])),
    ];
    const bytes = Buffer.concat([without, ...old, Buffer.from([0])]);
    const taskConfig = decodeStruct('TaskConfig', bytes);
    assert.equal(outcome(await call('createJob', { description: wireJob({ taskConfig }) })), ['OK', '']);
    const [task] = await tasks();
    const stored = task?.assignedTask.task;
    assert.equal(stored?.resources, [
      { numCpus: 0.5 },
      { ramMb: 256 },
      { diskMb: 64 },
      { namedPort: 'http' },
    ]);
    assert.not('numCpus' in (stored ?? {}));
    assert.equal(stored?.taskLinks, { http: 'http://%host%:%port:http%' });

    // those in between say it twice, and the newer way counts
    const both = { ...taskConfig, resources: [{ numCpus: 1 }, { ramMb: 1 }, { diskMb: 1 }] };
    const { result } = await call('populateJobConfig', { description: wireJob({ taskConfig: both }) });
    assert.equal(result?.populateJobResult?.taskConfig?.resources, both.resources);

    const cpu = { ...taskConfig, numCpus: 0 };
    assert.match(
      detail(await call('createJob', { description: wireJob({ taskConfig: cpu }) })),
      /num_cpus must be/,
    );

    const quota = decodeStruct(
      'ResourceAggregate',
      Buffer.concat([
        field(4, 1, double(2)),
        field(10, 2, i64(512)),
        field(10, 3, i64(1024)),
        Buffer.from([0]),
      ]),
    );
    assert.equal(outcome(await call('setQuota', { ownerRole: 'web', quota })), ['OK', '']);
    const set = (await call('getQuota', { ownerRole: 'web' })).result?.getQuotaResult?.quota;
    assert.equal(set, { resources: [{ numCpus: 2 }, { ramMb: 512 }, { diskMb: 1024 }] });
  },
);

withScheduler('an owner without a user, as Go writes one that was not set', async ({ call, tasks }) => {
  const taskConfig = { ...wireConfig(), owner: {} };
  assert.equal(outcome(await call('createJob', { description: wireJob({ taskConfig }) })), ['OK', '']);
  assert.equal((await tasks())[0]?.assignedTask.task.owner, {});

  const settings = {
    updateGroupSize: 1,
    maxPerInstanceFailures: 0,
    maxFailedInstances: 0,
    minWaitInInstanceRunningMs: 0,
    rollbackOnFailure: true,
  };
  const request = { taskConfig: { ...taskConfig, priority: 5 }, instanceCount: 1, settings };
  assert.equal(outcome(await call('startJobUpdate', { request })), ['OK', '']);
});

withScheduler('why a task waits is the message of its last event', async ({ call, mesos }) => {
  mesos.subscribe();
  mesos.offer(
    mesosOffer('a', { resources: [scalar('cpus', 0.5), scalar('mem', 8192), scalar('disk', 8192)] }),
  );
  await call('createJob', { description: wireJob() });
  const reasons = async () =>
    (await call('getPendingReason', { query: {} })).result?.getPendingReasonResult?.reasons ?? [];
  while ((await reasons())[0]?.reason === '');
  const { result } = await call('getTasksWithoutConfigs', { query: { role: 'web' } });
  const [task] = result?.scheduleStatusResult?.tasks ?? [];
  assert.is(task?.taskEvents?.at(-1)?.message, 'Insufficient: CPU');
});

withScheduler('tiers', async ({ call }) => {
  const tiers = (await call('getTierConfigs', {})).result?.getTierConfigResult;
  assert.is(tiers?.defaultTierName, 'preemptible');
  assert.equal(tiers?.tiers?.find(({ name }) => name === 'revocable')?.settings, {
    preemptible: 'true',
    revocable: 'true',
  });
});

withScheduler('pending reasons are only for tasks without statuses and hosts', async ({ call }) => {
  await call('createJob', { description: wireJob() });
  const refused = await call('getPendingReason', { query: { statuses: ['PENDING'] } });
  assert.is(refused.responseCode, 'INVALID_REQUEST');
  assert.is(
    (await call('getPendingReason', { query: { slaveHosts: ['a'] } })).responseCode,
    'INVALID_REQUEST',
  );
  const [reason] =
    (await call('getPendingReason', { query: {} })).result?.getPendingReasonResult?.reasons ?? [];
  assert.is(reason?.reason, '');
});

withScheduler('pruning deletes what has ended and refuses what has not', async ({ call, mesos, tasks }) => {
  mesos.subscribe();
  mesos.offer(mesosOffer('a'));
  await call('createJob', { description: wireJob({ taskConfig: wireConfig({ isService: false }) }) });
  await mesos.next('ACCEPT');
  const [task] = await tasks();
  mesos.update(task?.assignedTask.taskId ?? '', 'TASK_FINISHED');
  await mesos.next('ACKNOWLEDGE');
  assert.is((await call('pruneTasks', { query: { statuses: ['RUNNING'] } })).responseCode, 'ERROR');
  assert.is((await tasks('FINISHED')).length, 1);
  assert.is((await call('pruneTasks', { query: { role: 'web' } })).responseCode, 'OK');
  assert.equal(await tasks(), []);
});

withScheduler('an administrator can force a state and take a snapshot', async ({ call, restart, tasks }) => {
  await call('createJob', { description: wireJob({ instanceCount: 2 }) });
  const [task] = await tasks();
  const taskId = task?.assignedTask.taskId ?? '';
  assert.is((await call('forceTaskState', { taskId, status: 'KILLING' })).responseCode, 'OK');
  assert.is((await call('snapshot', {})).responseCode, 'OK');
  await restart();
  assert.is((await tasks('PENDING')).length, 1);
});

const SUPPORTED: ReadonlySet<string> = new Set<CallName>([
  'startJobUpdate',
  'pauseJobUpdate',
  'resumeJobUpdate',
  'abortJobUpdate',
  'rollbackJobUpdate',
  'pulseJobUpdate',
  'planJobUpdate',
  'getJobUpdateSummaries',
  'getJobUpdateDetails',
  'getJobUpdateDiff',
  'getRoleSummary',
  'getJobSummary',
  'getTasksStatus',
  'getTasksWithoutConfigs',
  'getPendingReason',
  'getConfigSummary',
  'getJobs',
  'getQuota',
  'populateJobConfig',
  'getTierConfigs',
  'createJob',
  'killTasks',
  'restartShards',
  'addInstances',
  'setQuota',
  'forceTaskState',
  'pruneTasks',
  'triggerExplicitTaskReconciliation',
  'triggerImplicitTaskReconciliation',
  'snapshot',
  'performBackup',
  'listBackups',
  'stageRecovery',
  'queryRecovery',
  'deleteRecoveryTasks',
  'commitRecovery',
  'unloadRecovery',
  'restoreJob',
  'getTasksAt',
  'scheduleCronJob',
  'replaceCronTemplate',
  'descheduleCronJob',
  'startCronJob',
  'getCronJobStatus',
  'startMaintenance',
  'drainHosts',
  'slaDrainHosts',
  'maintenanceStatus',
  'getDrainStatus',
  'startJobRestart',
  'endMaintenance',
]);

withScheduler('what calls are about and return is counted', async ({ call, vars }) => {
  await call('createJob', { description: wireJob({ instanceCount: 3 }) });
  await call('createJob', { description: wireJob({ instanceCount: 3 }) });
  await call('addInstances', { key: { jobKey: JOB, instanceId: 0 }, count: 2 });
  await call('restartShards', { job: JOB, shardIds: [0, 1] });
  await call('getTasksStatus', { query: {} });
  await call('getTasksWithoutConfigs', { query: { instanceIds: [0] } });
  await call('getPendingReason', { query: {} });
  await call('getConfigSummary', { job: JOB });
  await call('getRoleSummary', {});
  await call('getJobSummary', {});
  await call('getJobs', {});
  await call('getTierConfigs', {});
  await call('killTasks', { job: JOB, instances: [0, 1, 77] });
  const shown = Object.entries(await vars()).filter(
    ([name, value]) => name.includes('workload') && value > 0,
  );
  assert.equal(Object.fromEntries(shown), {
    scheduler_thrift_workload_getConfigSummary: 1,
    scheduler_thrift_workload_getJobSummary: 1,
    scheduler_thrift_workload_getJobs: 1,
    scheduler_thrift_workload_getPendingReason: 5,
    scheduler_thrift_workload_getRoleSummary: 1,
    scheduler_thrift_workload_getTasksStatus: 5,
    scheduler_thrift_workload_getTasksWithoutConfigs: 1,
    thrift_workload_addInstances: 2,
    thrift_workload_createJob: 3,
    thrift_workload_killTasks: 2,
    thrift_workload_restartShards: 2,
  });
});

test('calls that change something are logged, without what the executor is told', async () => {
  const lines: object[] = [];
  const log = {
    ...silentLogger,
    info: (fields: object, text: string) => text === 'call' && lines.push(fields),
  };
  const scheduler = await testScheduler({ log });
  try {
    await scheduler.call('createJob', { description: wireJob() });
    await scheduler.call('getRoleSummary', {});
    await scheduler.call('killTasks', { job: JOB });
  } finally {
    await scheduler.stop();
  }
  const [created, killed, ...more] = lines as { args: { description: Wire<'JobConfiguration'> } }[];
  assert.equal(more, []);
  assert.equal(created?.args.description.taskConfig?.executorConfig, { name: 'BLANKED', data: 'BLANKED' });
  assert.is(created?.args.description.instanceCount, 1);
  assert.equal(killed, { method: 'killTasks', user: 'UNSECURE', code: 'OK', args: { job: JOB } } as never);
});

withScheduler('calls that are not built yet say so', async ({ call }) => {
  for (const method of Object.keys(CALLS)) {
    if (!isCallName(method) || SUPPORTED.has(method)) continue;
    const response = await call(method, {} as never);
    assert.equal(outcome(response), ['ERROR', `${method} is not supported by this version.`]);
  }
});

test.run();
