import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import type { UpdateFilter } from './update-filter.ts';

/** Opens the page of a cluster, a role, an environment or a job in the browser. Throws UNKNOWN_CLUSTER. */
export async function openJob(
  session: Session,
  { cluster, role, environment, name }: UpdateFilter,
): Promise<void> {
  const parts = [role, environment, name].filter((part) => part !== undefined);
  const page = await schedulerOf(session, cluster).page(...parts);
  if (page) session.openPage(page);
  session.give?.({ url: page });
}
