import {
  type JobConfiguration,
  type JobKey,
  type ScheduledTask,
  SLAVE_ASSIGNED_STATES,
} from '../../../api/index.ts';
import { AuroraError } from '../../../base/errors.ts';
import { sharedTurns } from '../../../base/turns.ts';
import { requiredJobKey } from '../../jobs/job-key.ts';
import { refused } from '../../jobs/job-refusal.ts';
import { checkTaskIds } from '../../jobs/task-rules.ts';
import { validJob } from '../../jobs/validation.ts';
import { checkQuota } from '../../quota/quota.ts';
import type { ReadStores } from '../../storage/index.ts';
import { jobKeyText } from '../../storage/keys.ts';
import { changed, type Handlers, invalidRequest, okWithDetail, whileUpdating } from './outcome.ts';
import { restartWithinSla } from './restart-within-sla.ts';
import type { RpcSettings } from './rpc-settings.ts';

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, at) => from + at);

/** Large jobs are created in turns of about this many tasks, a few milliseconds each. */
const TASKS_OF_TURN = 500;

/** Calls that change the tasks of jobs; each replies when its write is durable. */
export function jobWrites(settings: RpcSettings) {
  const { storage, state, validation } = settings;
  const checkTaskLimit = (count: number) => {
    const most = validation.options.maxTasksPerJob;
    if (count > most) throw refused(`A job may have ${most} tasks at most; ${count} were asked for.`);
  };
  const turn = sharedTurns(TASKS_OF_TURN);
  /** Why the job cannot be created now, as an outcome or as an error that it throws; undefined when it can. */
  const refusal = (stores: ReadStores, { key, taskConfig, instanceCount }: JobConfiguration) => {
    const updating = whileUpdating(stores, key);
    if (updating) return updating;
    if (stores.cronJobs.get(key) || stores.tasks.activeOf(key).length > 0)
      throw refused(`Job already exists: ${jobKeyText(key)}`);
    checkTaskLimit(instanceCount);
    checkQuota(stores, taskConfig, instanceCount);
    return undefined;
  };
  /** Makes the tasks of a job, in turns when there are many. Undefined when a large job would be refused anyway. */
  const preparedTasks = async (job: JobConfiguration): Promise<readonly ScheduledTask[] | undefined> => {
    const { taskConfig, instanceCount } = job;
    if (instanceCount > TASKS_OF_TURN && storage.read((stores) => refusal(stores, job))) return undefined;
    const prepared: ScheduledTask[] = [];
    for (let from = 0; from < instanceCount; from += TASKS_OF_TURN) {
      const instances = range(from, Math.min(TASKS_OF_TURN, instanceCount - from));
      await turn(instances.length);
      const made = storage.read((stores) => state.preparePendingTasks(stores, taskConfig, instances));
      for (const task of made) prepared.push(task);
    }
    if (instanceCount > TASKS_OF_TURN) await turn(TASKS_OF_TURN);
    return prepared;
  };
  const countActive = (job: JobKey): number => storage.read(({ tasks }) => tasks.activeOf(job).length);
  return {
    async createJob({ description }) {
      if (!description) throw new AuroraError('API', 'a job configuration is needed');
      const job = validJob(description, validation);
      if (description.cronSchedule !== undefined)
        return invalidRequest('Cron jobs are created and changed with scheduleCronJob only.');
      const prepared = await preparedTasks(job);
      return storage.write((tx) => {
        const refusedAs = refusal(tx, job);
        if (refusedAs) return refusedAs;
        const { key, taskConfig, instanceCount } = job;
        if (prepared) state.insertPreparedTasks(tx, key, prepared);
        else state.insertPendingTasks(tx, taskConfig, range(0, instanceCount));
        return changed(instanceCount);
      });
    },
    async killTasks({ job, instances, message }, { user }) {
      const key = requiredJobKey(job);
      const only = instances?.length ? new Set(instances) : undefined;
      const text = `Killed by ${user}${message ? `.\n${message}` : ''}`;
      await turn(only?.size ?? countActive(key));
      return storage.write((tx) => {
        const updating = whileUpdating(tx, key);
        if (updating) return updating;
        const targets = tx.tasks
          .activeOf(key)
          .filter(({ assignedTask }) => only?.has(assignedTask.instanceId) ?? true);
        const results = targets.map(({ assignedTask }) =>
          state.changeState(tx, { taskId: assignedTask.taskId, to: 'KILLING', message: text }),
        );
        // Clients take a detail on an OK reply to mean that nothing was killed.
        const killed = results.filter((result) => result === 'SUCCESS').length;
        return killed > 0 ? changed(killed) : okWithDetail('No tasks to kill.');
      });
    },
    restartShards({ job, shardIds, slaAware }, { user }) {
      const key = requiredJobKey(job);
      if (!shardIds?.length) throw new AuroraError('API', 'at least one instance is needed');
      if (slaAware) return restartWithinSla(settings, key, [...new Set(shardIds)], user);
      return storage.write((tx) => {
        const updating = whileUpdating(tx, key);
        if (updating) return updating;
        const tasks = shardIds.map((id) => tx.tasks.activeInstance(key, id));
        const missing = shardIds.filter((_, at) => !tasks[at]);
        if (missing.length > 0)
          throw refused(`Not all requested instances are active: ${missing.join(', ')}`);
        for (const task of tasks) {
          if (!task || !SLAVE_ASSIGNED_STATES.has(task.status)) continue;
          const { taskId } = task.assignedTask;
          state.changeState(tx, { taskId, to: 'RESTARTING', message: `Restarted by ${user}` });
        }
        return changed(tasks.length);
      });
    },
    addInstances({ key, count = 0 }) {
      const job = requiredJobKey(key?.jobKey);
      if (count <= 0) return invalidRequest('Instance count must be positive.');
      return storage.write((tx) => {
        if (tx.cronJobs.get(job)) throw refused('Instances may not be added to cron jobs.');
        const updating = whileUpdating(tx, job);
        if (updating) return updating;
        const template = tx.tasks.activeInstance(job, key?.instanceId ?? 0);
        if (!template) throw refused('No active task found for a given instance ID.');
        const active = tx.tasks.activeOf(job);
        const highest = Math.max(...active.map(({ assignedTask }) => assignedTask.instanceId));
        const config = template.assignedTask.task;
        checkTaskLimit(active.length + count);
        const executor = validation.executors.get(config.executorConfig?.name ?? '');
        checkTaskIds(config, highest + 1 + count, executor?.idPrefix ?? '');
        checkQuota(tx, config, count);
        state.insertPendingTasks(tx, config, range(highest + 1, count));
        return changed(count);
      });
    },
  } satisfies Handlers;
}
