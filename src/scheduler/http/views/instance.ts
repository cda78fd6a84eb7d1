import { ACTIVE_STATES, type ScheduledTask } from '../../../api/index.ts';
import type { InstanceReply, Neighbour } from '../../../api/views/tasks.ts';
import { jobKeyText } from '../../storage/keys.ts';
import { nearJobs } from './job.ts';
import { instanceValues } from './link-values.ts';
import { requiredJob } from './required-names.ts';
import { taskShown } from './task-shown.ts';
import { endedTask, sinceMs } from './task-times.ts';
import { badQuery, notFound } from './view-refusal.ts';
import type { View, ViewWorld } from './view-settings.ts';

const MOST_HISTORY = 100;
const MOST_NEIGHBOURS = 100;

/** Other active tasks on the same agent. Matched by agent id, because several agents may share a host name. */
function neighbours({ storage }: ViewWorld, task: ScheduledTask | undefined): Neighbour[] {
  const { slaveHost, slaveId, taskId } = task?.assignedTask ?? {};
  if (slaveHost === undefined) return [];
  return storage
    .read(({ tasks }) => tasks.onHost(slaveHost))
    .filter(
      ({ assignedTask, status }) =>
        assignedTask.slaveId === slaveId && assignedTask.taskId !== taskId && ACTIVE_STATES.has(status),
    )
    .slice(0, MOST_NEIGHBOURS)
    .map(({ assignedTask, status }) => ({
      job: jobKeyText(assignedTask.task.job),
      instance: assignedTask.instanceId,
      taskId: assignedTask.taskId,
      status,
    }));
}

/** One instance: its active task, its neighbours on the agent, and its earlier tasks. */
export const instanceView: View = async (world, query): Promise<InstanceReply> => {
  const key = requiredJob(query);
  const { instance = '' } = query;
  if (!/^\d{1,9}$/.test(instance)) throw badQuery(`instance is a number, not ${instance}`);
  const id = Number(instance);
  const own = world.storage
    .read(({ tasks }) => tasks.ofJob(key))
    .filter(({ assignedTask }) => assignedTask.instanceId === id);
  const job = jobKeyText(key);
  if (own.length === 0)
    throw notFound(
      `Job ${job} has no instance ${id}, and no task of it is still known.`,
      world.rows.of(key) ? [job] : nearJobs(world, key),
    );
  const task = own.find(({ status }) => ACTIVE_STATES.has(status));
  return {
    job,
    instance: id,
    ...world.links.of('instance', instanceValues(world, key, id, task)),
    ...(task ? { task: await taskShown(world, task) } : {}),
    neighbours: neighbours(world, task),
    history: own
      .filter((one) => one !== task)
      .sort((a, b) => sinceMs(b) - sinceMs(a))
      .slice(0, MOST_HISTORY)
      .map(endedTask),
  };
};
