import { ACTIVE_JOB_UPDATE_STATES, type EnumValue, type I64, type Wire } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { type ClusterJobKey, wireJobKey } from './job-key.ts';
import { requireOk } from './response.ts';
import type { SchedulerClient } from './scheduler-client.ts';
import type { Session } from './session.ts';

export type UpdateStatus = EnumValue<'JobUpdateStatus'>;
export type UpdateSummary = Wire<'JobUpdateSummary'>;

/** The key of an update of a job. */
export interface UpdateKey {
  readonly job: ClusterJobKey;
  readonly id: string;
}

/** The update as the scheduler knows it. */
export const wireUpdateKey = ({ job, id }: UpdateKey): Wire<'JobUpdateKey'> => ({ job: wireJobKey(job), id });

/** The summaries in an answer. */
export const summariesIn = ({ result }: Wire<'Response'>): readonly UpdateSummary[] =>
  result?.getJobUpdateSummariesResult?.updateSummaries ?? [];

/** Whether an update with this status can still change instances. */
export const isActive = (status: UpdateStatus | undefined): boolean =>
  status !== undefined && ACTIVE_JOB_UPDATE_STATES.has(status);

/**
 * The active update of a job. Throws BAD_PARAMETER when there is none, in words that scripts look for, and API when the
 * scheduler refuses or reports several.
 */
export async function activeUpdate(
  { log }: Pick<Session, 'log'>,
  scheduler: SchedulerClient,
  job: ClusterJobKey,
): Promise<UpdateKey> {
  const response = await scheduler.query('getJobUpdateSummaries', {
    jobUpdateQuery: { jobKey: wireJobKey(job), updateStatuses: [...ACTIVE_JOB_UPDATE_STATES] },
  });
  const [summary, ...others] = summariesIn(requireOk(response, log));
  if (!summary) throw new AuroraError('BAD_PARAMETER', 'No active update found for this job.');
  if (others.length > 0)
    throw new AuroraError('API', 'The scheduler returned multiple active updates for this job.');
  return { job, id: summary.key?.id ?? '' };
}

/** The update with that id; without an id, the active update. */
export const updateMeant = async (
  session: Pick<Session, 'log'>,
  scheduler: SchedulerClient,
  job: ClusterJobKey,
  id: string | undefined,
): Promise<UpdateKey> => (id === undefined ? activeUpdate(session, scheduler, job) : { job, id });

/** `2014-09-22T16:55:27` in UTC, without the zone: the original's format, which scripts read. */
export const utcText = (epochMs: I64 | undefined): string =>
  new Date(Number(epochMs ?? 0)).toISOString().slice(0, 19);

/** `2014-09-22T16:55:27.123Z`; undefined for an unknown time. */
export const isoText = (epochMs: I64 | undefined): string | undefined =>
  epochMs === undefined ? undefined : new Date(Number(epochMs)).toISOString();

/** The address of an update's page. */
export const updatePage = (scheduler: SchedulerClient, { job, id }: UpdateKey): Promise<string | undefined> =>
  scheduler.page(job.role, job.environment, job.name, 'update', id);
