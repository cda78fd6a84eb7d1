import { LIVE_STATES, type Wire } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { clusterNamed, loadClusters } from './clusters.ts';
import type { ClusterInstanceKey } from './job-key.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { jobQuery, type ListedTask } from './tasks.ts';

/** Asks for the live tasks of some instances and returns the answer. */
export const queryLive = (
  session: Session,
  { job, instances }: ClusterInstanceKey,
): Promise<Wire<'Response'>> =>
  schedulerOf(session, job.cluster).query('getTasksStatus', {
    query: { ...jobQuery(job, instances), statuses: [...LIVE_STATES] },
  });

/** Where agents keep sandboxes. Throws CONFIG, naming the field that the cluster's entry lacks. */
export function agentFolders(
  session: Session,
  name: string,
): { readonly slaveRoot: string; readonly slaveRunDirectory: string } {
  const { slaveRoot, slaveRunDirectory } = clusterNamed(loadClusters(session), name);
  const missing = !slaveRoot ? 'slave_root' : !slaveRunDirectory ? 'slave_run_directory' : undefined;
  if (!slaveRoot || !slaveRunDirectory) {
    throw new AuroraError('CONFIG', `cluster ${name} has no ${missing}`, {
      next: 'add it to its entry in clusters.json',
    });
  }
  return { slaveRoot, slaveRunDirectory };
}

/** The task's sandbox on its agent; the remote shell expands the stars. Source: the original. */
export function sandboxOf(
  { assignedTask }: ListedTask,
  { slaveRoot, slaveRunDirectory }: ReturnType<typeof agentFolders>,
  ofExecutor: boolean,
): string {
  const run = `${slaveRoot}/slaves/*/frameworks/*/executors/thermos-${assignedTask?.taskId}/runs/${slaveRunDirectory}`;
  return ofExecutor ? run : `${run}/sandbox`;
}

/**
 * Fills in the placeholders for the task's properties in a command; everything else stays as it is. Source: the
 * original.
 */
export const forTask = (command: string, { assignedTask = {} }: ListedTask): string =>
  command
    .replaceAll('{{thermos.task_id}}', assignedTask.taskId ?? '')
    .replaceAll('{{mesos.instance}}', String(assignedTask.instanceId ?? 0))
    .replaceAll(/\{\{thermos\.ports\[([^\]]+)\]\}\}/g, (found, name: string) =>
      String(assignedTask.assignedPorts?.[name] ?? found),
    );

/** The user and host for ssh. */
export const loginOf = (task: ListedTask, user?: string): string =>
  `${user ?? task.assignedTask?.task?.job?.role}@${task.assignedTask?.slaveHost}`;

/** Splits a text of options at spaces. Source: the original, which does not support quotes there. */
export const optionWords = (text: string | undefined): readonly string[] =>
  (text ?? '').split(/\s+/).filter((word) => word !== '');
