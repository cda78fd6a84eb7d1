import {
  ACTIVE_STATES,
  type JobConfiguration,
  type JobKey,
  type Range,
  type ScheduledTask,
  type ScheduleStatus,
  type TaskConfig,
  toNumber,
  type Wire,
} from '../../../api/index.ts';
import { AuroraError } from '../../../base/errors.ts';
import { yieldTurn } from '../../../base/turns.ts';
import { requiredJobKey } from '../../jobs/job-key.ts';
import { validJob } from '../../jobs/validation.ts';
import { aggregateOf, consumptionOfRole, quotaAggregate, quotaOfRole } from '../../quota/quota.ts';
import type { ReadStores, Storage } from '../../storage/index.ts';
import { jobKeyText } from '../../storage/keys.ts';
import { type Handlers, ok } from './outcome.ts';
import type { RpcSettings } from './rpc-settings.ts';

/** Which count of JobStats each status belongs to. */
const STATS: Readonly<Record<ScheduleStatus, 'pending' | 'active' | 'finished' | 'failed'>> = {
  INIT: 'pending',
  PENDING: 'pending',
  THROTTLED: 'pending',
  ASSIGNED: 'active',
  STARTING: 'active',
  RUNNING: 'active',
  KILLING: 'active',
  RESTARTING: 'active',
  DRAINING: 'active',
  PREEMPTING: 'active',
  PARTITIONED: 'active',
  KILLED: 'finished',
  FINISHED: 'finished',
  LOST: 'failed',
  FAILED: 'failed',
};

function statsOf(tasks: readonly ScheduledTask[]): Wire<'JobStats'> {
  const counts = { pending: 0, active: 0, finished: 0, failed: 0 };
  for (const { status } of tasks) counts[STATS[status]]++;
  return {
    pendingTaskCount: counts.pending,
    activeTaskCount: counts.active,
    finishedTaskCount: counts.finished,
    failedTaskCount: counts.failed,
  };
}

const lastEventMs = ({ taskEvents }: ScheduledTask): number => toNumber(taskEvents.at(-1)?.timestamp ?? 0);

/**
 * The task whose configuration represents the job: the one with the latest event, preferring active tasks to ended
 * ones.
 */
function spokesman(tasks: readonly ScheduledTask[]): ScheduledTask | undefined {
  const active = tasks.filter(({ status }) => ACTIVE_STATES.has(status));
  const from = active.length > 0 ? active : tasks;
  return from.reduce<ScheduledTask | undefined>(
    (best, task) => (best && lastEventMs(best) >= lastEventMs(task) ? best : task),
    undefined,
  );
}

/** A job configuration derived from the job's tasks; undefined when there are none. */
function synthesized(key: JobKey, tasks: readonly ScheduledTask[]): Wire<'JobConfiguration'> | undefined {
  const config = spokesman(tasks)?.assignedTask.task;
  return config && { key, owner: config.owner, taskConfig: config, instanceCount: tasks.length };
}

/** Ascending closed ranges. */
function rangesOf(ids: readonly number[]): Range[] {
  const ranges: { first: number; last: number }[] = [];
  for (const id of [...ids].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && id === last.last + 1) last.last = id;
    else ranges.push({ first: id, last: id });
  }
  return ranges;
}

/** Keys of the jobs that have tasks, of one role or (without a role) of all. */
const jobsOf = (stores: ReadStores, role: string | undefined): Iterable<JobKey> =>
  role?.trim() ? stores.tasks.jobsOfRole(role) : stores.tasks.jobs();

const cronJobsOf = (stores: ReadStores, role: string | undefined): JobConfiguration[] =>
  [...stores.cronJobs.all()].filter(({ key }) => !role?.trim() || key.role === role);

/** Tasks to look at before other work gets its turn. */
const SLICE_TASKS = 5000;

interface ShownJob {
  readonly job: Wire<'JobConfiguration'>;
  /** The stored cron job, if the job is one. */
  readonly cron?: JobConfiguration;
  /** The tasks that `tasksOf` gave for the job. */
  readonly tasks: readonly ScheduledTask[];
}

/**
 * Jobs by their key as text. A stored cron job takes precedence over what its tasks show. Each job is read at one
 * moment, but in a large cluster different jobs may be read at different moments.
 */
async function jobsByKey(
  storage: Pick<Storage, 'read'>,
  role: string | undefined,
  tasksOf: (stores: ReadStores, key: JobKey) => readonly ScheduledTask[],
): Promise<ReadonlyMap<string, ShownJob>> {
  const jobs = new Map<string, ShownJob>();
  let seen = 0;
  for (const key of storage.read((stores) => [...jobsOf(stores, role)])) {
    const tasks = storage.read((stores) => tasksOf(stores, key));
    const job = synthesized(key, tasks);
    if (job) jobs.set(jobKeyText(key), { job, tasks });
    seen += tasks.length + 1;
    if (seen < SLICE_TASKS) continue;
    seen = 0;
    await yieldTurn();
  }
  for (const job of storage.read((stores) => cronJobsOf(stores, role))) {
    const text = jobKeyText(job.key);
    jobs.set(text, { job, cron: job, tasks: jobs.get(text)?.tasks ?? [] });
  }
  return jobs;
}

function configGroups(active: readonly ScheduledTask[]): Wire<'ConfigGroup'>[] {
  const instances = new Map<TaskConfig, number[]>();
  for (const { assignedTask } of active) {
    const known = instances.get(assignedTask.task);
    if (known) known.push(assignedTask.instanceId);
    else instances.set(assignedTask.task, [assignedTask.instanceId]);
  }
  return [...instances].map(([config, ids]) => ({ config, instances: rangesOf(ids) }));
}

function roleSummaries(stores: ReadStores): Wire<'RoleSummary'>[] {
  const roles = new Map<string, { role: string; jobCount: number; cronJobCount: number }>();
  const of = (role: string) => {
    const known = roles.get(role) ?? { role, jobCount: 0, cronJobCount: 0 };
    roles.set(role, known);
    return known;
  };
  for (const { role } of stores.tasks.jobs()) of(role).jobCount++;
  for (const { key } of stores.cronJobs.all()) of(key.role).cronJobCount++;
  return [...roles.values()];
}

/** Calls that read jobs, roles, quotas and tiers. */
export function jobReads({ storage, validation, nextCronRunMs }: RpcSettings) {
  return {
    getRoleSummary: () => ok({ roleSummaryResult: { summaries: storage.read(roleSummaries) } }),
    async getJobSummary({ role }) {
      const jobs = await jobsByKey(storage, role, (stores, key) => stores.tasks.ofJob(key));
      const summaries = [...jobs.values()].map(({ job, cron, tasks }) => {
        const nextMs = cron && nextCronRunMs(cron);
        return { job, stats: statsOf(tasks), ...(nextMs === undefined ? {} : { nextCronRunMs: nextMs }) };
      });
      return ok({ jobSummaryResult: { summaries } });
    },
    async getJobs({ ownerRole }) {
      const jobs = await jobsByKey(storage, ownerRole, (stores, key) => stores.tasks.activeOf(key));
      return ok({ getJobsResult: { configs: [...jobs.values()].map(({ job }) => job) } });
    },
    getConfigSummary({ job }) {
      const key = requiredJobKey(job);
      const groups = storage.read((stores) => configGroups(stores.tasks.activeOf(key)));
      return ok({ configSummaryResult: { summary: { key, groups } } });
    },
    getQuota({ ownerRole }) {
      if (!ownerRole?.trim()) throw new AuroraError('API', 'a role is needed');
      return storage.read((stores) => {
        const used = consumptionOfRole(stores, ownerRole);
        return ok({
          getQuotaResult: {
            quota: quotaAggregate(quotaOfRole(stores, ownerRole)),
            prodSharedConsumption: aggregateOf(used.prodShared),
            nonProdSharedConsumption: aggregateOf(used.nonProdShared),
            prodDedicatedConsumption: aggregateOf(used.prodDedicated),
            nonProdDedicatedConsumption: aggregateOf(used.nonProdDedicated),
          },
        });
      });
    },
    getTierConfigs: () =>
      ok({
        getTierConfigResult: {
          defaultTierName: validation.tiers.defaultName,
          tiers: [...validation.tiers.byName].map(([name, { preemptible, revocable }]) => ({
            name,
            settings: { preemptible: String(preemptible), revocable: String(revocable) },
          })),
        },
      }),
    populateJobConfig({ description }) {
      if (!description) throw new AuroraError('API', 'a job configuration is needed');
      return ok({ populateJobResult: { taskConfig: validJob(description, validation).taskConfig } });
    },
  } satisfies Handlers;
}
