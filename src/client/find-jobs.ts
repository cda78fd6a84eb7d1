import type { ErrorCode } from '../base/errors.ts';
import { clusterNamed, loadClusters } from './clusters.ts';
import { hasGlob, matchesGlob } from './glob.ts';
import { type ClusterJobKey, jobKeyText } from './job-key.ts';
import { requireOk } from './response.ts';
import { type SchedulerClient, schedulerClient } from './scheduler-client.ts';
import type { Session } from './session.ts';

/** An existing job and the scheduler that has it. */
export interface FoundJob {
  readonly job: ClusterJobKey;
  readonly scheduler: SchedulerClient;
}

/**
 * The schedulers that a key refers to: `*` means every known cluster, anything else is a cluster's name. Throws
 * UNKNOWN_CLUSTER.
 */
export function schedulersOf(session: Session, { cluster }: ClusterJobKey): readonly SchedulerClient[] {
  const clusters = loadClusters(session);
  const meant = cluster === '*' ? clusters.all : [clusterNamed(clusters, cluster)];
  return meant.map((one) => schedulerClient(session, one));
}

/**
 * The jobs that match a key with wildcards, in the order of the schedulers' answers. A refusal throws an error with
 * `code`.
 */
export async function findJobs(
  session: Session,
  pattern: ClusterJobKey,
  code: ErrorCode = 'COMMAND_FAILED',
): Promise<readonly FoundJob[]> {
  const found: FoundJob[] = [];
  const role = hasGlob(pattern.role) ? undefined : pattern.role;
  for (const scheduler of schedulersOf(session, pattern)) {
    session.log.info({}, `Retrieving jobs for role ${role ?? 'None'}`);
    const { result } = requireOk(await scheduler.query('getJobs', { ownerRole: role }), session.log, {
      code,
    });
    for (const { key } of result?.getJobsResult?.configs ?? []) {
      const job: ClusterJobKey = {
        cluster: scheduler.cluster,
        role: key?.role ?? '',
        environment: key?.environment ?? '',
        name: key?.name ?? '',
      };
      if (fits(job, pattern)) found.push({ job, scheduler });
    }
  }
  return found;
}

const fits = (job: ClusterJobKey, pattern: ClusterJobKey): boolean =>
  (['role', 'environment', 'name'] as const).every((part) => matchesGlob(pattern[part], job[part]));

/** Prints the keys of all jobs that match, one a line. */
export async function listJobs(session: Session, pattern: ClusterJobKey): Promise<void> {
  const keys = (await findJobs(session, pattern)).map(({ job }) => jobKeyText(job));
  session.print(keys.map((key) => `${key}\n`).join(''));
  session.give?.(keys);
}
