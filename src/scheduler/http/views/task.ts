import type { TaskReply } from '../../../api/views/tasks.ts';
import { jobKeyText } from '../../storage/keys.ts';
import { instanceValues } from './link-values.ts';
import { requiredText } from './required-names.ts';
import { taskShown } from './task-shown.ts';
import { notFound } from './view-refusal.ts';
import type { View } from './view-settings.ts';

/** One task, active or ended. If the query names a job, the task must belong to it. */
export const taskView: View = async (world, query): Promise<TaskReply> => {
  const id = requiredText(query, 'id');
  const task = world.storage.read(({ tasks }) => tasks.get(id));
  const job = task && jobKeyText(task.assignedTask.task.job);
  if (!task || job === undefined || (query.job !== undefined && query.job !== job))
    throw notFound(
      `Task ${id} is not known. Tasks that have ended are forgotten after a while (-history_prune_threshold, -history_max_per_job_threshold).`,
      query.job === undefined ? [] : [query.job],
    );
  const { instanceId, task: config } = task.assignedTask;
  const values = instanceValues(world, config.job, instanceId, task);
  return { job, task: await taskShown(world, task), ...world.links.of('instance', values) };
};
