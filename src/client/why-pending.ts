import { funnelText } from './funnel-text.ts';
import { type ClusterJobKey, jobKeyText, wireJobKey } from './job-key.ts';
import { rangesOf, rangesText } from './ranges.ts';
import { requireOk } from './response.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { instancesOf, jobQuery, tasksIn } from './tasks.ts';

/**
 * Prints why instances of a job are pending: how many agents each rule excludes, and the nearest fit. The original's
 * scheduler has no such funnel; from it the reason for each task is printed. Throws API when it refuses.
 */
export async function whyPending(
  session: Session,
  job: ClusterJobKey,
  { json }: { readonly json: boolean },
): Promise<void> {
  const scheduler = schedulerOf(session, job.cluster);
  const asked = await scheduler.query('getTasksWithoutConfigs', {
    query: { ...jobQuery(job), statuses: ['PENDING'] },
  });
  const pending = tasksIn(requireOk(asked, session.log));
  const response = await scheduler.query('getPendingReason', { query: { jobKeys: [wireJobKey(job)] } });
  const { reasons = [], funnels = [] } =
    requireOk(response, session.log).result?.getPendingReasonResult ?? {};
  const instances = (taskIds: readonly string[]) =>
    instancesOf(pending.filter(({ assignedTask }) => taskIds.includes(assignedTask?.taskId ?? '')));
  const groups =
    funnels.length > 0
      ? funnels.map(({ taskIds = [], ...funnel }) => ({ instances: instances(taskIds), ...funnel }))
      : reasons.map(({ taskId = '', reason = '' }) => ({ instances: instances([taskId]), text: reason }));
  if (json) {
    session.print(`${JSON.stringify({ job: jobKeyText(job), pending: pending.length, groups }, null, 2)}\n`);
    return;
  }
  if (pending.length === 0) session.print(`${jobKeyText(job)}: no instance is pending\n`);
  for (const group of groups)
    session.print(`instances ${rangesText(rangesOf(group.instances))} have no place:\n${funnelText(group)}`);
}
