import type { Wire } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { type ConfigFlags, type JobOfFile, loadJob } from './job-config.ts';
import { type ClusterInstanceKey, jobKeyText } from './job-key.ts';
import { rangesOf } from './ranges.ts';
import { requireOk } from './response.ts';
import type { SchedulerClient } from './scheduler-client.ts';
import type { Session } from './session.ts';

export type UpdateDiff = Wire<'GetJobUpdateDiffResult'>;

/**
 * The request for the update that a file describes. Source of the ranges: the original, which sends null for all
 * instances.
 */
export function updateRequestOf(
  { jobConfiguration, updateSettings }: JobOfFile,
  instances: readonly number[] | undefined,
): Wire<'JobUpdateRequest'> {
  const { taskConfig, instanceCount } = jobConfiguration;
  const only = instances && { updateOnlyTheseInstances: rangesOf(instances) };
  return { taskConfig, instanceCount, settings: { ...updateSettings, ...only } };
}

/** Reads the job for an update. Throws COMMAND_FAILED for a cron job, and whatever loading throws. */
export async function loadForUpdate(
  session: Session,
  scheduler: () => SchedulerClient,
  { job }: ClusterInstanceKey,
  file: string,
  config: ConfigFlags,
): Promise<JobOfFile> {
  const converted = await loadJob(session, scheduler, job, file, config);
  if (!converted.jobConfiguration.cronSchedule) return converted;
  throw new AuroraError('COMMAND_FAILED', `${jobKeyText(job)} is a cron job`, {
    next: "give it to 'aurora cron schedule'",
  });
}

/** Asks the scheduler what an update would do. Throws COMMAND_FAILED when it refuses. */
export async function diffOf(
  { log }: Session,
  scheduler: SchedulerClient,
  request: Wire<'JobUpdateRequest'>,
): Promise<UpdateDiff> {
  const response = await scheduler.query('getJobUpdateDiff', { request });
  const header = 'Error getting diff info from scheduler';
  const { result } = requireOk(response, log, { header, code: 'COMMAND_FAILED' });
  return result?.getJobUpdateDiffResult ?? {};
}
