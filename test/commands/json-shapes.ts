/** What `--json` prints, verb by verb. docs/json-output.schema.json is made of this, and outputs are held against it. */
import { z } from 'zod';

const key = z
  .string()
  .regex(/^[^/]+\/[^/]+\/[^/]+\/[^/]+$/)
  .describe('CLUSTER/ROLE/ENV/NAME');
const moment = z.iso.datetime().describe('ISO 8601, UTC');
const instances = z.array(z.int().nonnegative());
const url = z.string().optional().describe('page of the job; absent when it cannot be known');
const waitedFor = z.enum(['PENDING', 'RUNNING', 'FINISHED']);

/** A task as the API has it. */
const task = z.looseObject({
  status: z.string().optional(),
  failureCount: z.int().optional(),
  assignedTask: z
    .looseObject({
      taskId: z.string().optional(),
      instanceId: z.int().optional(),
      slaveHost: z.string().optional(),
      task: z
        .looseObject({ isService: z.boolean().optional(), production: z.boolean().optional() })
        .optional(),
    })
    .optional(),
  taskEvents: z
    .array(z.looseObject({ timestamp: moment.optional(), status: z.string().optional() }))
    .optional(),
});
const status = z.array(z.strictObject({ job: key, active: z.array(task), inactive: z.array(task) }));
const fields = z.array(z.looseObject({ name: z.string(), before: z.unknown(), after: z.unknown() }));
const updateOf = { job: key, id: z.string() };
const changed = z.strictObject({ ...updateOf, change: z.enum(['pause', 'resume', 'abort', 'rollback']) });
const ended = z.strictObject({ ...updateOf, status: z.string() });
/** What the scheduler said to a call that has no other result. */
const answer = z.strictObject({ responseCode: z.string(), messages: z.array(z.string()) });
const count = z.int().nonnegative();
const amounts = z.record(
  z.enum(['numCpus', 'ramMb', 'diskMb', 'namedPort', 'numGpus']),
  z.unknown().optional(),
);
const summary = { active: count, pending: count, finished: count, failed: count };
const modes = z.array(
  z.strictObject({ host: z.string(), mode: z.enum(['NONE', 'SCHEDULED', 'DRAINING', 'DRAINED']) }),
);
/** How a job would stand without a host. */
const forecast = z.strictObject({
  host: z.string(),
  job: key,
  percentage: z.number(),
  durationSecs: z.number(),
  isSafe: z.boolean(),
  safeInSecs: z.number().optional(),
});
const wrapped = z.looseObject({
  cluster: z.string(),
  jobConfiguration: z.looseObject({}),
  updateSettings: z.unknown(),
});
const plan = z.looseObject({
  type: z.literal('aurora-update-plan'),
  version: z.literal(1),
  job: key,
  madeAt: moment,
  groups: z.array(
    z.looseObject({ action: z.enum(['add', 'update', 'remove', 'keep']), instances: z.string() }),
  ),
});
/** One object a line. */
const watched = z.union([
  z.looseObject({
    at: moment,
    type: z.literal('progress'),
    status: z.string(),
    updated: count,
    instances: count,
  }),
  z.looseObject({
    at: moment,
    type: z.literal('instance'),
    instance: count,
    action: z.string(),
    reason: z.string(),
    output: z
      .union([
        z.object({ stream: z.enum(['stdout', 'stderr']), lines: z.array(z.string()) }),
        z.object({ unread: z.string() }),
      ])
      .optional(),
  }),
  z.looseObject({ at: moment, type: z.literal('end'), status: z.string(), exit: count }),
]);

/** One object a line: a line of a log, what is said about the tasks, and the end. */
const logged = z.union([
  z.strictObject({
    type: z.literal('line'),
    at: moment.describe('when it came here'),
    instance: count,
    task: z.string(),
    process: z.string(),
    run: count,
    stream: z.enum(['stdout', 'stderr']),
    line: z.string(),
  }),
  z.looseObject({ type: z.literal('note'), at: moment, text: z.string() }),
  z.strictObject({ type: z.literal('end'), exit: count }),
]);
const used = z.strictObject({
  task: z.string(),
  instance: count,
  status: z.string(),
  host: z.string().optional(),
  cpu: z.number().optional().describe('cores'),
  cpuSeconds: z.number().optional(),
  at: moment.optional(),
  ramBytes: z.number().optional(),
  diskBytes: z.number().optional(),
  problem: z.string().optional().describe('why it is not known'),
});
const entry = z.strictObject({
  name: z.string(),
  isDirectory: z.boolean(),
  size: z.int().optional(),
  modified: moment.optional(),
});
const audited = z.strictObject({
  at: moment,
  kind: z.enum(['write', 'denial']),
  user: z.string(),
  by: z.string(),
  from: z.string().optional(),
  what: z.string(),
  job: z.string().optional(),
  about: z.looseObject({}).optional(),
  result: z.string(),
  why: z.string().optional(),
  traceId: z.string().optional(),
});
const cronRun = z.looseObject({
  outcome: z.string().optional(),
  tick: moment.optional(),
  decided: moment.optional(),
  started: moment.optional(),
});

/** A command that failed, whichever it was. */
export const FAILURE = z.strictObject({
  error: z.strictObject({
    cause: z.string().describe('of docs/errors.md'),
    exit: z.int(),
    text: z.string(),
    where: z.string().optional(),
    next: z.string().optional().describe('what can be done'),
  }),
});

export const SHAPES: Readonly<Record<string, z.ZodType>> = {
  'admin audit': audited,
  'admin hash_password': z.strictObject({ hash: z.string() }),
  'admin force_task_state': answer,
  'admin get_cluster_config': z.looseObject({ name: z.string() }),
  'admin get_scheduler': z.strictObject({ leader: z.string() }),
  'admin host_activate': z.union([answer, modes]),
  'admin host_deactivate': z.union([answer, modes]),
  'admin host_drain': z.strictObject({ hosts: z.array(z.string()), left: z.array(z.string()) }),
  'admin host_status': modes,
  'admin increase_quota': answer,
  'admin prune_tasks': z.strictObject({ pruned: z.boolean() }),
  'admin query': z.array(task),
  'admin reconcile_tasks': answer,
  'admin restore_job': answer,
  'admin scheduler_backup_now': answer,
  'admin scheduler_commit_recovery': answer,
  'admin scheduler_delete_recovery_tasks': answer,
  'admin scheduler_list_backups': z.strictObject({ backups: z.array(z.string()) }),
  'admin scheduler_print_recovery_tasks': z.strictObject({ tasks: z.array(task) }),
  'admin scheduler_snapshot': answer,
  'admin scheduler_stage_recovery': answer,
  'admin scheduler_unload_recovery': answer,
  'admin set_quota': answer,
  'admin sla_host_drain': answer,
  'admin sla_list_safe_domain': z.array(z.union([forecast, z.strictObject({ host: z.string() })])),
  'admin sla_probe_hosts': z.array(forecast),
  'admin state': status,
  'cluster list': z.array(z.strictObject({ name: z.string(), scheduler: z.string().optional() })),
  'cluster check': z.strictObject({
    cluster: z.string(),
    ok: z.boolean(),
    checks: z.array(
      z.strictObject({
        name: z.string(),
        ok: z.boolean(),
        text: z.string(),
        next: z.string().optional(),
      }),
    ),
  }),
  completion: z.strictObject({ shell: z.string(), script: z.string() }),
  'config check': z.strictObject({
    file: z.string(),
    jobs: z.array(key),
    mistakes: z.array(z.looseObject({ text: z.string() })),
    warnings: z.array(z.strictObject({ job: key, text: z.string() })),
  }),
  'config list': z.strictObject({ file: z.string(), jobs: z.array(key) }),
  'cron deschedule': z.strictObject({ job: key }),
  'cron schedule': z.strictObject({ job: key, schedule: z.string(), url }),
  'cron show': z.strictObject({
    job: key,
    schedule: z.string(),
    timeZone: z.string().optional(),
    next: z.array(moment).optional(),
    runs: z.array(cronRun).optional(),
    waiting: cronRun.optional(),
    missedTicks: count.optional(),
  }),
  'cron start': z.strictObject({ job: key }),
  init: z.strictObject({ files: z.array(z.string()) }),
  'job add': z.strictObject({ job: key, added: instances, waitedFor }),
  'job create': z.strictObject({ job: key, url, waitedFor }),
  'job diff': z.strictObject({
    job: key,
    add: instances.optional(),
    remove: instances.optional(),
    update: instances.optional(),
    unchanged: instances.optional(),
    changes: z.array(z.strictObject({ instances, fields })),
  }),
  'job inspect': z.union([
    wrapped,
    z.looseObject({ name: z.string(), role: z.string(), task: z.looseObject({}) }),
  ]),
  'job kill': z.strictObject({ job: key, killed: instances }),
  'job killall': z.strictObject({ job: key, killed: z.union([instances, z.literal('all')]) }),
  'job list': z.array(key),
  'job logs': logged,
  'job open': z.strictObject({ url }),
  'job restart': z.strictObject({ job: key, restarted: instances }),
  'job status': status,
  'job summary': z.array(z.strictObject({ job: key, ...summary, nextRun: moment.optional() })),
  'job try': z.strictObject({
    job: key,
    instance: count,
    state: z.string(),
    sandbox: z.string().optional().describe('where it is kept'),
  }),
  'job why': z.strictObject({
    job: key,
    pending: count,
    groups: z.array(z.looseObject({ instances, text: z.string().optional() })),
  }),
  migrate: z.strictObject({
    files: z.array(
      z.strictObject({
        source: z.string(),
        target: z.string(),
        asked: z.boolean(),
        places: z.array(
          z.strictObject({
            where: z.string(),
            line: count,
            original: z.string(),
            reason: z.string(),
            weight: z.enum(['open', 'note']),
          }),
        ),
      }),
    ),
    same: count.optional().describe('jobs that are what they are compared with'),
    different: count.optional(),
  }),
  'quota get': z.strictObject({
    role: z.string(),
    quota: amounts,
    prodSharedConsumption: amounts,
    nonProdSharedConsumption: amounts,
    prodDedicatedConsumption: amounts,
    nonProdDedicatedConsumption: amounts,
  }),
  'role summary': z.array(z.strictObject({ role: z.string(), jobs: count, cronJobs: count })),
  'sla get-job-uptime': z.strictObject({
    job: key,
    instances: count,
    uptimes: z.array(z.strictObject({ percentile: z.number(), secs: z.number() })),
  }),
  'sla get-task-up-count': z.strictObject({
    job: key,
    instances: count,
    shares: z.array(z.strictObject({ upForSecs: z.number(), percent: z.number() })),
  }),
  'task files': z.strictObject({ task: z.string(), path: z.string(), entries: z.array(entry) }),
  'task run': z.array(
    z.strictObject({
      instance: count,
      host: z.string(),
      status: count,
      stdout: z.string(),
      stderr: z.string(),
    }),
  ),
  'task scp': z.strictObject({ status: count }),
  'task ssh': z.strictObject({ status: count }),
  'task top': z.strictObject({ tasks: z.array(used) }),
  'update abort': changed,
  'update info': z.looseObject({
    ...updateOf,
    update: z.looseObject({}).optional(),
    updateEvents: z
      .array(z.looseObject({ status: z.string().optional(), timestamp: moment.optional() }))
      .optional(),
    instanceEvents: z
      .array(z.looseObject({ instanceId: z.int().optional(), timestamp: moment.optional() }))
      .optional(),
  }),
  'update list': z.array(
    z.strictObject({
      job: key,
      id: z.string(),
      user: z.string(),
      status: z.string(),
      started: moment.optional(),
      last_modified: moment.optional(),
    }),
  ),
  'update pause': changed,
  'update plan': plan,
  'update pulse': z.strictObject({ ...updateOf, pulsed: z.boolean(), status: z.string().optional() }),
  'update resume': changed,
  'update rollback': z.union([changed, ended]),
  'update start': z.union([
    z.strictObject({ ...updateOf, url }),
    ended,
    z.strictObject({ job: key, message: z.string() }).describe('nothing is to be updated'),
    plan,
  ]),
  'update wait': ended,
  'update watch': watched,
  'admin drain': z.looseObject({ at: moment, hosts: z.array(z.looseObject({})) }),
  'admin unit-files': z.strictObject({ files: z.array(z.string()) }),
  version: z.strictObject({ version: z.string() }),
};

/** All of it as one JSON schema: a definition for each verb, and `failure`. */
export const schemaPage = (): string => {
  const plain = (type: z.ZodType): object => {
    const { $schema: _, ...schema } = z.toJSONSchema(type) as Record<string, unknown>;
    return schema;
  };
  const all = Object.fromEntries(Object.entries(SHAPES).map(([verb, type]) => [verb, plain(type)]));
  const page = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'What --json prints, by command',
    $comment:
      'Made of test/commands/json-shapes.ts. `admin audit`, `admin drain`, `job logs`, `task top --watch` and `update watch` print one such object a line.',
    $defs: { ...all, failure: plain(FAILURE) },
  };
  return `${JSON.stringify(page, null, 2)}\n`;
};
