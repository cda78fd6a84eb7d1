import { AuroraError } from '../base/errors.ts';
import { hooked } from './hooks/call-hooks.ts';
import { type ConfigFlags, loadJob } from './job-config.ts';
import { type ClusterJobKey, jobKeyText, wireJobKey } from './job-key.ts';
import { requireOk } from './response.ts';
import { type SchedulerClient, schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { showJobPage } from './show-page.ts';

/**
 * Schedules the cron job of a file, or replaces it. Throws COMMAND_FAILED for a job without a schedule, API when the
 * scheduler refuses, and whatever loading throws.
 */
export async function scheduleCron(
  session: Session,
  job: ClusterJobKey,
  file: string,
  config: ConfigFlags,
): Promise<void> {
  let known: SchedulerClient | undefined;
  const connect = () => (known ??= schedulerOf(session, job.cluster));
  const { jobConfiguration } = await loadJob(session, connect, job, file, config);
  if (!jobConfiguration.cronSchedule) {
    throw new AuroraError('COMMAND_FAILED', `${jobKeyText(job)} is no cron job`, {
      next: "give it to 'aurora job create'",
    });
  }
  session.log.info({}, `Registering job ${job.name} with cron`);
  const response = await connect().once('scheduleCronJob', { description: jobConfiguration });
  requireOk(response, session.log, { header: `Error scheduling cron job ${jobKeyText(job)}:` });
  const page = await connect().page(job.role, job.environment, job.name);
  session.give?.({ job: jobKeyText(job), schedule: jobConfiguration.cronSchedule, url: page });
  session.print(`Cron job scheduled, status can be viewed at ${page}\n`);
}

/** Removes the schedule of a cron job; tasks that run go on. Throws API. */
export async function descheduleCron(session: Session, job: ClusterJobKey): Promise<void> {
  session.log.info({}, `Removing cron schedule for job ${jobKeyText(job)}`);
  const response = await schedulerOf(session, job.cluster).once('descheduleCronJob', {
    job: wireJobKey(job),
  });
  requireOk(response, session.log, { header: `Error descheduling cron job ${jobKeyText(job)}:` });
  session.print('Cron descheduling succeeded.\n');
  session.give?.({ job: jobKeyText(job) });
}

export interface StartCron {
  /** The file whose job is passed to hooks; it must load, but its content has no other effect. */
  readonly configFile?: string | undefined;
  readonly config: ConfigFlags;
  readonly openBrowser: boolean;
}

/** Runs a cron job now, in addition to its schedule. Throws API. */
export async function startCron(
  session: Session,
  job: ClusterJobKey,
  { configFile, config, openBrowser }: StartCron,
): Promise<void> {
  const scheduler = schedulerOf(session, job.cluster);
  const file =
    configFile === undefined ? undefined : await loadJob(session, () => scheduler, job, configFile, config);
  session.log.info({}, `Starting cron job: ${jobKeyText(job)}`);
  const response = await hooked(session, { method: 'start_cronjob', job, file, about: {} }, () =>
    scheduler.once('startCronJob', { job: wireJobKey(job) }),
  );
  requireOk(response, session.log, { header: `Error starting cron job ${jobKeyText(job)}:` });
  session.give?.({ job: jobKeyText(job) });
  if (openBrowser) await showJobPage(session, scheduler, job);
}

/**
 * Prints the schedule of a cron job in the original's words, followed by its next and last runs when the scheduler
 * reports them. Throws BAD_PARAMETER when there is no such job or the scheduler refuses.
 */
export async function showCron(
  session: Session,
  job: ClusterJobKey,
  { json = false }: { readonly json?: boolean } = {},
): Promise<void> {
  session.log.info({}, `Retrieving jobs for role ${job.role}`);
  const scheduler = schedulerOf(session, job.cluster);
  const response = await scheduler.query('getJobs', { ownerRole: job.role });
  const header = `Error getting cron status for ${jobKeyText(job)} from server`;
  const { result } = requireOk(response, session.log, { header, code: 'BAD_PARAMETER' });
  const found = (result?.getJobsResult?.configs ?? []).find(
    ({ key }) => key?.environment === job.environment && key.name === job.name,
  );
  if (!found?.cronSchedule)
    throw new AuroraError('BAD_PARAMETER', `No cron entry found for job ${jobKeyText(job)}`);
  const answer = await scheduler.queryIfKnown('getCronJobStatus', { job: wireJobKey(job) });
  const status = answer?.responseCode === 'OK' ? answer.result?.cronJobStatusResult?.status : undefined;
  const { cronJson, cronLines } = await import('./cron-text.ts');
  if (json) return session.print(`${JSON.stringify(cronJson(job, found.cronSchedule, status))}\n`);
  session.print(`${jobKeyText(job)}\t ${found.cronSchedule}\n`);
  if (status) session.print(cronLines(status, session.clock.nowMs()).join(''));
}
