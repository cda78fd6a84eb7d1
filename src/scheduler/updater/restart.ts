import type { JobKey, JobUpdate, JobUpdateInstructions, ScheduledTask, Wire } from '../../api/index.ts';
import { refused } from '../jobs/job-refusal.ts';
import type { ReadStores } from '../storage/index.ts';
import { jobKeyText } from '../storage/keys.ts';
import { rangesOf } from './instances.ts';
import { configGroups } from './job-diff.ts';
import { type RequestRules, validRestartSettings } from './update-request.ts';

/** The tasks that are meant: those of the instances, or all that are active. Throws BAD_PARAMETER. */
function restartedTasks(
  { cronJobs, tasks }: ReadStores,
  job: JobKey,
  instances: readonly number[],
): readonly ScheduledTask[] {
  if (cronJobs.get(job)) throw refused('Cron jobs are run again with startCronJob only.');
  if (instances.length === 0) {
    const all = tasks.activeOf(job);
    if (all.length === 0) throw refused(`No active tasks of job ${jobKeyText(job)}.`);
    return all;
  }
  const found = instances.map((id) => tasks.activeInstance(job, id));
  const missing = instances.filter((_, at) => !found[at]);
  if (missing.length > 0) throw refused(`Not all requested instances are active: ${missing.join(', ')}`);
  return found as ScheduledTask[];
}

/**
 * The update as it is told to readers. A restart of instances with several configurations is stored with one of them as
 * its state before and after, see restartInstructions; readers are shown all instances that it is about.
 */
export function toldUpdate(update: JobUpdate): JobUpdate {
  const { initialState, restart } = update.instructions;
  if (!restart || restart.others.length === 0) return update;
  const all = [...initialState, ...restart.others];
  return { ...update, instructions: { ...update.instructions, initialState: all } };
}

/**
 * What a restart is told to do, as an update is: the instances of one configuration are its state before and after, so
 * that a reader who does not know restarts finds nothing to do.
 * @throws AuroraError BAD_PARAMETER, API
 */
export function restartInstructions(
  stores: ReadStores,
  job: JobKey,
  { instances = [], settings }: Wire<'JobRestartRequest'>,
  rules: RequestRules,
): JobUpdateInstructions {
  const tasks = restartedTasks(stores, job, [...new Set(instances)]);
  if (tasks.some(({ assignedTask }) => !assignedTask.task.isService))
    throw refused('Restarts are not supported for non-service tasks.');
  const byInstance = tasks.map((task) => [task.assignedTask.instanceId, task] as const);
  const groups = configGroups(byInstance).map(({ config, ids }) => ({
    task: config,
    instances: rangesOf(ids),
  }));
  const [first, ...others] = groups as [(typeof groups)[number], ...typeof groups];
  return {
    initialState: [first],
    desiredState: first,
    settings: validRestartSettings(settings, first.task, tasks.length, rules),
    restart: { taskIds: tasks.map(({ assignedTask }) => assignedTask.taskId), others },
  };
}
