import {
  type JobUpdateKey,
  type JobUpdateQuery,
  type JobUpdateSummary,
  normalise,
  toNumber,
  type Wire,
} from '../../../api/index.ts';
import { AuroraError } from '../../../base/errors.ts';
import { requiredJobKey } from '../../jobs/job-key.ts';
import type { ReadStores } from '../../storage/index.ts';
import { jobKeyText } from '../../storage/keys.ts';

/** @throws AuroraError API when the key lacks a valid job or an id. */
export function requiredUpdateKey(key: Wire<'JobUpdateKey'> | undefined): JobUpdateKey {
  const job = requiredJobKey(key?.job);
  if (!key?.id?.trim()) throw new AuroraError('API', 'the id of an update is needed');
  return { job, id: key.id };
}

/**
 * Drops statuses that this version does not know. If none is left, the query must match nothing rather than everything.
 */
const known = (query: Wire<'JobUpdateQuery'>): JobUpdateQuery => {
  const { updateStatuses = [], ...rest } = query;
  const names = updateStatuses.filter((status) => typeof status === 'string');
  const isNone = updateStatuses.length > 0 && names.length === 0;
  return {
    ...normalise('JobUpdateQuery', { ...rest, updateStatuses: names }),
    ...(isNone ? { role: '' } : {}),
  };
};

function candidates({ jobUpdates }: ReadStores, { key, jobKey }: JobUpdateQuery): Iterable<JobUpdateSummary> {
  if (key) {
    const found = jobUpdates.summary(key);
    return found ? [found] : [];
  }
  return jobKey ? jobUpdates.ofJob(jobKey) : jobUpdates.summaries();
}

const modifiedMs = ({ state }: JobUpdateSummary): number => toNumber(state?.lastModifiedTimestampMs ?? 0);

/**
 * Updates that match every restriction of the query, the last changed first, with offset and limit applied.
 * Source: the original's JobUpdateStore queries.
 */
export function findUpdates(stores: ReadStores, wire: Wire<'JobUpdateQuery'>): JobUpdateSummary[] {
  const query = known(wire);
  const { role, user, jobKey, updateStatuses, offset, limit } = query;
  const found: JobUpdateSummary[] = [];
  for (const summary of candidates(stores, query)) {
    const { job } = summary.key;
    const fits =
      (role === undefined || job.role === role) &&
      (user === undefined || summary.user === user) &&
      (jobKey === undefined || jobKeyText(job) === jobKeyText(jobKey)) &&
      (updateStatuses.length === 0 || (summary.state && updateStatuses.includes(summary.state.status)));
    if (fits) found.push(summary);
  }
  found.sort((a, b) => modifiedMs(b) - modifiedMs(a));
  const from = Math.max(0, offset);
  return limit > 0 ? found.slice(from, from + limit) : found.slice(from);
}
