import { ACTIVE_STATES, type JobKey, type ScheduledTask, type TaskConfig } from '../../../api/index.ts';
import type { JobReply, WaitShown } from '../../../api/views/job.ts';
import { jobKeyText } from '../../storage/keys.ts';
import { configShown } from './config-shown.ts';
import { cronShown } from './cron-shown.ts';
import { funnelShown } from './funnel-shown.ts';
import { instanceColumns } from './instance-columns.ts';
import { uptimePercentiles } from './job-uptimes-shown.ts';
import { sentRow } from './jobs.ts';
import { jobValues } from './link-values.ts';
import { listed, matcher } from './list-query.ts';
import { requiredJob } from './required-names.ts';
import { endedTask, madeMs, sinceMs } from './task-times.ts';
import { updateRow } from './update-rows.ts';
import { notFound } from './view-refusal.ts';
import type { View, ViewWorld } from './view-settings.ts';

/** Most updates in one reply. */
const MOST_UPDATES = 50;
/** Most configurations whose funnel is computed: each costs a look at every offer. */
const MOST_WAITS = 5;

/** Keys of the role's jobs that resemble a key that does not exist. */
export function nearJobs({ storage }: ViewWorld, { role, name }: JobKey): string[] {
  const near = matcher(name.slice(0, 4));
  const own = storage.read(({ tasks }) => [...tasks.jobsOfRole(role)]);
  return own
    .filter((key) => near(key.name))
    .slice(0, 5)
    .map(jobKeyText);
}

async function waits({ pending }: ViewWorld, active: readonly ScheduledTask[]): Promise<WaitShown[]> {
  const groups = new Map<TaskConfig, ScheduledTask[]>();
  for (const task of active) {
    if (task.status !== 'PENDING') continue;
    const known = groups.get(task.assignedTask.task);
    if (known) known.push(task);
    else groups.set(task.assignedTask.task, [task]);
  }
  const shown: WaitShown[] = [];
  for (const [config, tasks] of [...groups].slice(0, MOST_WAITS))
    shown.push({
      count: tasks.length,
      sinceMs: tasks.reduce((oldest, task) => Math.min(oldest, madeMs(task)), Number.POSITIVE_INFINITY),
      reasons: pending.reasons(config),
      funnel: funnelShown(await pending.funnel(config)),
    });
  return shown;
}

const ENDED_COLUMNS = {
  ended: ({ endedMs }: ReturnType<typeof endedTask>) => endedMs,
  instance: ({ instance }: ReturnType<typeof endedTask>) => instance,
};

/** Everything on a job's first screen. `cursor` pages through its ended tasks. */
export const jobView: View = async (world, query, caller): Promise<JobReply> => {
  const { clock, storage } = world;
  const key = requiredJob(query);
  const row = world.rows.of(key);
  const { cron, tasks, updates } = storage.read((stores) => ({
    cron: stores.cronJobs.get(key),
    tasks: stores.tasks.ofJob(key),
    updates: stores.jobUpdates.ofJob(key),
  }));
  if (!row && updates.length === 0)
    throw notFound(`There is no job ${jobKeyText(key)}.`, nearJobs(world, key));
  const active = tasks
    .filter(({ status }) => ACTIVE_STATES.has(status))
    .sort((a, b) => a.assignedTask.instanceId - b.assignedTask.instanceId);
  const ended = tasks
    .filter(({ status }) => !ACTIVE_STATES.has(status))
    .sort((a, b) => sinceMs(b) - sinceMs(a));
  const { columns, configs } = instanceColumns(active);
  const ids = configs.map((): number[] => []);
  for (const [at, config] of columns.config.entries()) ids[config]?.push(columns.id[at] as number);
  const latest = updates
    .sort((a, b) => Number(b.state?.createdTimestampMs ?? 0) - Number(a.state?.createdTimestampMs ?? 0))
    .slice(0, MOST_UPDATES);
  const config = cron?.taskConfig ?? (active[0] ?? ended[0])?.assignedTask.task;
  const running = row?.kind === 'service' ? world.history.of(key) : undefined;
  const endedRows = ended.map(endedTask);
  const shownConfigs = configs.map((one, at) => configShown(one, ids[at] ?? []));
  return {
    role: key.role,
    ...world.links.of('job', jobValues(world, key)),
    row: row
      ? sentRow(world, row)
      : {
          ...{ environment: key.environment, name: key.name, kind: 'service', tier: '', production: false },
          ...{ instances: 0, counts: {}, failed: 0, finished: 0, changedMs: 0 },
        },
    ...(config?.owner?.user ? { owner: config.owner.user } : {}),
    ...(config?.contactEmail ? { contact: config.contactEmail } : {}),
    instances: columns,
    configs: shownConfigs.length > 0 || !cron ? shownConfigs : [configShown(cron.taskConfig, [])],
    ended: listed(endedRows, ENDED_COLUMNS, query),
    updates: storage.read((stores) => latest.flatMap((one) => updateRow(stores, one.key) ?? [])),
    updatesTotal: updates.length,
    ...(cron ? { cron: await cronShown(world, cron, caller) } : {}),
    waits: await waits(world, active),
    ...(running ? { running } : {}),
    uptimes: row?.kind === 'service' ? uptimePercentiles(active, clock.nowMs()) : [],
  };
};
