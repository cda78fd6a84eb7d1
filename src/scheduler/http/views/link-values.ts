import type { JobKey, ScheduledTask } from '../../../api/index.ts';
import type { LinkValues } from '../../page-links.ts';
import type { ViewWorld } from './view-settings.ts';

/** What links of a job's screen may name. */
export const jobValues = (
  { clusterName }: Pick<ViewWorld, 'clusterName'>,
  { environment, name, role }: JobKey,
): LinkValues => ({ cluster: clusterName, role, env: environment, job: name });

/** What links of an instance's screen may name; without a task there is no host. */
export const instanceValues = (
  world: Pick<ViewWorld, 'clusterName'>,
  key: JobKey,
  instance: number,
  task: ScheduledTask | undefined,
): LinkValues => ({
  ...jobValues(world, key),
  instance: String(instance),
  task: task?.assignedTask.taskId,
  host: task?.assignedTask.slaveHost,
});
