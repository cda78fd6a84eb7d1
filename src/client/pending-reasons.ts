import type { JobKey } from '../api/index.ts';
import type { SchedulerClient } from './scheduler-client.ts';
import type { ListedTask } from './tasks.ts';

/**
 * Why tasks of a job are pending, by instance; empty when the scheduler refuses, since the caller can go on without.
 */
export async function pendingReasons(
  scheduler: SchedulerClient,
  job: JobKey,
  tasks: readonly ListedTask[],
): Promise<ReadonlyMap<number, string>> {
  const response = await scheduler.query('getPendingReason', { query: { jobKeys: [job] } });
  const result = response.result?.getPendingReasonResult;
  const byTask = new Map((result?.reasons ?? []).map(({ taskId, reason }) => [taskId, reason]));
  for (const { taskIds = [], text = '' } of result?.funnels ?? []) {
    const sentence = text.split('\n').filter(Boolean).join('; ');
    for (const taskId of taskIds) if (sentence) byTask.set(taskId, sentence);
  }
  return new Map(
    tasks.flatMap(({ assignedTask }) => {
      const reason = byTask.get(assignedTask?.taskId);
      return reason ? [[assignedTask?.instanceId ?? 0, reason] as const] : [];
    }),
  );
}
