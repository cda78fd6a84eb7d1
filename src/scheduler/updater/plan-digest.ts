import { createHash } from 'node:crypto';
import type { JobUpdateSummary } from '../../api/index.ts';
import { canonicalText, configKey } from '../storage/canonical.ts';
import type { ReadStores } from '../storage/index.ts';
import { rangesOf } from './instances.ts';
import { configGroups } from './job-diff.ts';
import type { UpdateRequest } from './update-request.ts';

/** Hashes of the parts that a plan depends on, kept apart so that we can say which of them changed. */
interface Parts {
  readonly request: string;
  readonly job: string;
  readonly last: string;
}

const VERSION = 'p1';
const SEPARATOR = '.';
/** Characters of base64url for about 128 bits. */
const PART_CHARS = 22;

const hash = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, PART_CHARS);

/** The update of the job that started last, in any status. */
export function lastUpdateOf(
  { jobUpdates }: ReadStores,
  request: UpdateRequest,
): JobUpdateSummary | undefined {
  const all = jobUpdates.ofJob(request.config.job);
  const startedMs = ({ state }: JobUpdateSummary) => Number(state?.createdTimestampMs ?? 0);
  return all.reduce<JobUpdateSummary | undefined>(
    (last, one) => (last && startedMs(last) > startedMs(one) ? last : one),
    undefined,
  );
}

function partsOf(stores: ReadStores, request: UpdateRequest): Parts {
  const { config, instanceCount, settings } = request;
  const active = stores.tasks
    .activeOf(config.job)
    .map((task) => [task.assignedTask.instanceId, task] as const);
  const groups = configGroups(active).map(({ config: has, ids }) => [configKey(has), rangesOf(ids)] as const);
  groups.sort(([a], [b]) => (a < b ? -1 : 1));
  const last = lastUpdateOf(stores, request);
  return {
    request: hash(
      JSON.stringify([configKey(config), instanceCount, canonicalText('JobUpdateSettings', settings)]),
    ),
    job: hash(JSON.stringify(groups)),
    last: hash(last ? JSON.stringify([last.key.id, last.state?.status]) : ''),
  };
}

/** A digest of the request and of everything about the job that its plan depends on. */
export function planDigest(stores: ReadStores, request: UpdateRequest): string {
  const { request: asked, job, last } = partsOf(stores, request);
  return [VERSION, asked, job, last].join(SEPARATOR);
}

/** Why the plan with this digest is out of date, one sentence per difference; empty when it is still valid. */
export function staleness(stores: ReadStores, request: UpdateRequest, digest: string): string[] {
  const [version, asked, job, last, ...more] = digest.split(SEPARATOR);
  if (version !== VERSION || last === undefined || more.length > 0)
    return ['This is no digest of a plan that this scheduler makes.'];
  const now = partsOf(stores, request);
  const reasons: string[] = [];
  if (asked !== now.request)
    reasons.push('The request is not the planned one: configuration, instance count or settings differ.');
  if (job !== now.job)
    reasons.push(
      "The job's instances, or their configurations, are not what they were when the plan was made.",
    );
  if (last !== now.last) {
    const update = lastUpdateOf(stores, request);
    reasons.push(
      update
        ? `Since the plan was made, update ${update.key.id} of the job became ${update.state?.status}.`
        : 'The update that was the last of the job when the plan was made is forgotten.',
    );
  }
  return reasons;
}
