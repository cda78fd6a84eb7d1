import type { JobConfiguration, Wire } from '../../../api/index.ts';
import { RULES } from '../../../api/rules/values.ts';
import { AuroraError } from '../../../base/errors.ts';
import type { Cron } from '../../cron/cron.ts';
import { requiredJobKey } from '../../jobs/job-key.ts';
import { refused } from '../../jobs/job-refusal.ts';
import { validJob } from '../../jobs/validation.ts';
import { checkCronQuota } from '../../quota/quota.ts';
import type { WriteTransaction } from '../../storage/index.ts';
import { jobKeyText } from '../../storage/keys.ts';
import { changed, type Handlers, type Outcome, ok, okWithDetail, whileUpdating } from './outcome.ts';
import type { RpcSettings } from './rpc-settings.ts';

/**
 * Calls that change cron jobs; each replies when its write is durable. Source of the rules: the original's
 * SchedulerThriftInterface.
 */
export function cronWrites({ storage, validation }: RpcSettings, cron: Cron) {
  /** @throws AuroraError BAD_PARAMETER */
  const validCronJob = (description: Wire<'JobConfiguration'> | undefined): JobConfiguration => {
    if (!description) throw new AuroraError('API', 'a job configuration is needed');
    requiredJobKey(description.key);
    const job = validJob(description, validation);
    if (!description.cronSchedule) throw refused('A cron job needs a cronSchedule.');
    const policy = RULES.cronCollisionPolicy(job.cronCollisionPolicy ?? 'KILL_EXISTING');
    if (policy) throw refused(`The collision policy ${policy}.`);
    const schedule = cron.scheduleOf(job);
    if ('problem' in schedule) throw refused(`Cron job ${jobKeyText(job.key)}: ${schedule.problem}.`);
    return job;
  };
  const save = (tx: WriteTransaction, job: JobConfiguration): Outcome => {
    const most = validation.options.maxTasksPerJob;
    if (job.instanceCount > most)
      throw refused(`A job may have ${most} tasks at most; ${job.instanceCount} were asked for.`);
    checkCronQuota(tx, job);
    cron.save(tx, job);
    return changed(job.instanceCount);
  };
  return {
    scheduleCronJob({ description }) {
      const job = validCronJob(description);
      return storage.write((tx) => {
        const updating = whileUpdating(tx, job.key);
        if (updating) return updating;
        if (!tx.cronJobs.get(job.key) && tx.tasks.activeOf(job.key).length > 0)
          throw refused(`Job ${jobKeyText(job.key)} has active tasks and is no cron job; kill it first.`);
        return save(tx, job);
      });
    },
    replaceCronTemplate({ config }) {
      const job = validCronJob(config);
      return storage.write((tx) => {
        const updating = whileUpdating(tx, job.key);
        if (updating) return updating;
        if (!tx.cronJobs.get(job.key)) throw refused(`No cron job ${jobKeyText(job.key)} is scheduled.`);
        return save(tx, job);
      });
    },
    descheduleCronJob({ job }) {
      const key = requiredJobKey(job);
      return storage.write((tx) => {
        const updating = whileUpdating(tx, key);
        if (updating) return updating;
        return cron.remove(tx, key)
          ? ok()
          : okWithDetail(`Job ${jobKeyText(key)} is not scheduled with cron.`);
      });
    },
    startCronJob({ job }, { user }) {
      const key = requiredJobKey(job);
      return storage.write((tx) => {
        if (!cron.startNow(tx, key, user)) throw refused(`No cron job ${jobKeyText(key)} is scheduled.`);
        return ok();
      });
    },
  } satisfies Handlers;
}
