import type { JobKey, ScheduledTask, TaskConfig } from '../../api/index.ts';
import { refused } from '../jobs/job-refusal.ts';
import { type ValidationSettings, validJob } from '../jobs/validation.ts';
import { checkCronQuota, checkQuota } from '../quota/quota.ts';
import type { StateManager } from '../state/index.ts';
import type { ReadStores, WriteTransaction } from '../storage/index.ts';
import { jobKeyText } from '../storage/keys.ts';
import { rangesText } from './instance-ranges.ts';

export interface RestoreJobSettings {
  readonly state: Pick<StateManager, 'insertPendingTasks'>;
  readonly validation: ValidationSettings;
}

export interface RestoredJob {
  /** How many tasks and templates were created. */
  readonly changes: number;
  /** What was done, for the user. */
  readonly text: string;
}

const count = (instances: number): string => (instances === 1 ? '1 instance' : `${instances} instances`);

/** Groups instances by configuration; equal configurations are the same object. */
function byConfig(tasks: readonly ScheduledTask[]): ReadonlyMap<TaskConfig, number[]> {
  const groups = new Map<TaskConfig, number[]>();
  for (const { assignedTask } of tasks) {
    const group = groups.get(assignedTask.task);
    if (group) group.push(assignedTask.instanceId);
    else groups.set(assignedTask.task, [assignedTask.instanceId]);
  }
  return groups;
}

/** Restores a cron template. A run that was under way is not restarted; the next one comes at its time. */
function restoreTemplate(
  tx: WriteTransaction,
  backup: ReadStores,
  job: JobKey,
  { validation }: RestoreJobSettings,
): RestoredJob | undefined {
  const template = backup.cronJobs.get(job);
  if (!template) return undefined;
  const name = jobKeyText(job);
  if (tx.cronJobs.get(job)) return { changes: 0, text: `The cron job ${name} is scheduled already.` };
  if (tx.tasks.activeOf(job).length > 0)
    throw refused(`${name} has active tasks and is not a cron job now; kill them first.`);
  const valid = validJob(template, validation);
  checkCronQuota(tx, valid);
  tx.cronJobs.save(valid);
  return { changes: 1, text: `Restored the cron template of ${name}.` };
}

/**
 * Restores a job from a backup: a new PENDING task, with its own configuration, for each instance that was active in
 * the backup and is not active now; or the template of a cron job. The rules for new jobs apply.
 * @throws AuroraError BAD_PARAMETER when the backup does not have the job, or a rule is broken; nothing is changed then
 */
export function restoreJob(
  tx: WriteTransaction,
  backup: ReadStores,
  job: JobKey,
  settings: RestoreJobSettings,
): RestoredJob {
  const { state, validation } = settings;
  const name = jobKeyText(job);
  const restored = restoreTemplate(tx, backup, job, settings);
  if (restored) return restored;
  const then = backup.tasks.activeOf(job);
  if (then.length === 0) throw refused(`The backup has neither active tasks nor a cron template of ${name}.`);
  if (tx.cronJobs.get(job)) throw refused(`${name} is a cron job now; deschedule it first.`);
  const missing = then.filter(({ assignedTask }) => !tx.tasks.activeInstance(job, assignedTask.instanceId));
  if (missing.length === 0)
    return { changes: 0, text: `All ${count(then.length)} of ${name} in the backup are active.` };
  const total = tx.tasks.activeOf(job).length + missing.length;
  const most = validation.options.maxTasksPerJob;
  if (total > most) throw refused(`A job may have ${most} tasks at most; it would have ${total}.`);
  for (const [taskConfig, instances] of byConfig(missing)) {
    const valid = validJob({ key: job, taskConfig, instanceCount: then.length }, validation).taskConfig;
    checkQuota(tx, valid, instances.length);
    state.insertPendingTasks(
      tx,
      valid,
      instances.sort((a, b) => a - b),
    );
  }
  const ranges = rangesText(missing.map(({ assignedTask }) => assignedTask.instanceId));
  const rest = then.length - missing.length;
  const others = rest > 0 ? `; ${count(rest)} of the backup ${rest === 1 ? 'is' : 'are'} active already` : '';
  return {
    changes: missing.length,
    text: `Restored ${count(missing.length)} of ${name}: ${ranges}${others}.`,
  };
}
