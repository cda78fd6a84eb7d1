import type { JobKey, JobUpdate, JobUpdateInstructions, ScheduledTask, Wire } from '../../api/index.ts';
import { refused } from '../jobs/job-refusal.ts';
import type { ReadStores } from '../storage/index.ts';
import { jobKeyText } from '../storage/keys.ts';
import { rangesOf } from './instances.ts';
import { configGroups } from './job-diff.ts';
import { type RequestRules, validRestartSettings } from './update-request.ts';

/** The tasks to restart: those of the given instances, or all active ones. Throws BAD_PARAMETER. */
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
 * The update as readers see it. A restart of instances with different configurations is stored with only one of these
 * as its initial state (see restartInstructions); readers get all instances.
 */
export function toldUpdate(update: JobUpdate): JobUpdate {
  const { initialState, restart } = update.instructions;
  if (!restart || restart.others.length === 0) return update;
  const all = [...initialState, ...restart.others];
  return { ...update, instructions: { ...update.instructions, initialState: all } };
}

/**
 * Stores a restart in the form of an update. One configuration with its instances is both the initial and the desired
 * state, so that a reader which does not know restarts finds nothing to do.
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
