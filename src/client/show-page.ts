import type { ClusterJobKey } from './job-key.ts';
import type { SchedulerClient } from './scheduler-client.ts';
import type { Session } from './session.ts';

/** Opens the page of a job in the browser. */
export async function showJobPage(
  session: Session,
  scheduler: SchedulerClient,
  { role, environment, name }: ClusterJobKey,
): Promise<void> {
  const page = await scheduler.page(role, environment, name);
  if (page) session.openPage(page);
}
