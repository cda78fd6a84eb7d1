import type { Wire } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { type ClusterJobKey, jobKeyText } from './job-key.ts';
import { requireOk } from './response.ts';
import type { SchedulerClient } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { activeQuery, instancesOf, instancesText, type ListedTask, tasksIn } from './tasks.ts';

/** The active tasks of a job. Throws BAD_PARAMETER when the scheduler refuses. */
export async function activeTasks(
  { log }: Session,
  scheduler: SchedulerClient,
  job: ClusterJobKey,
): Promise<readonly ListedTask[]> {
  const response = await scheduler.query('getTasksWithoutConfigs', { query: activeQuery(job) });
  return tasksIn(requireOk(response, log, { code: 'BAD_PARAMETER' }));
}

/** Whether a task's SLA policy counts instances; such a policy no longer fits when some instances are gone for good. */
export const hasSizedSla = ({ assignedTask }: ListedTask): boolean => {
  const policy: Wire<'SlaPolicy'> = assignedTask?.task?.slaPolicy ?? {};
  return policy.countSlaPolicy !== undefined || policy.percentageSlaPolicy !== undefined;
};

/** Throws BAD_PARAMETER when one of the instances is not active. */
export async function requireActive(
  session: Session,
  scheduler: SchedulerClient,
  job: ClusterJobKey,
  instances: readonly number[],
): Promise<void> {
  const active = new Set(instancesOf(await activeTasks(session, scheduler, job)));
  const strangers = instances.filter((instance) => !active.has(instance));
  if (strangers.length === 0) return;
  throw new AuroraError('BAD_PARAMETER', `Invalid instance parameter: ${instancesText(strangers)}`, {
    next: `these are not active; see 'aurora job status ${jobKeyText(job)}'`,
  });
}
