import type { TaskState, TaskStatus } from '../../mesos/index.ts';
import { isTerminal } from '../agent/task-states.ts';
import {
  isPartitionAware,
  type MasterFramework,
  type MasterState,
  type MasterTask,
  nanoseconds,
} from './state.ts';
import { masterStatus, tellStatus } from './tasks.ts';

/** Sends one answer. Source of the texts: golden/mesos fact 84. */
const answer = (
  master: MasterState,
  framework: MasterFramework,
  taskId: string,
  state: TaskState,
  text: string,
  more: Partial<TaskStatus>,
) =>
  tellStatus(
    framework,
    masterStatus(master, taskId, {
      state,
      message: `Reconciliation: ${text}`,
      reason: 'REASON_RECONCILIATION',
      ...more,
    }),
  );

/** Reports the latest state of a known task. */
function answerKnown(master: MasterState, task: MasterTask): void {
  const latest = task.statuses.at(-1);
  answer(master, task.framework, task.id, task.statusState ?? task.state, 'Latest task state', {
    agent_id: { value: task.agentId },
    ...(task.executorId === undefined ? {} : { executor_id: { value: task.executorId } }),
    ...(latest?.healthy === undefined ? {} : { healthy: latest.healthy }),
    ...(latest?.check_status === undefined ? {} : { check_status: latest.check_status }),
    ...(latest?.labels === undefined ? {} : { labels: latest.labels }),
    ...(latest?.container_status === undefined ? {} : { container_status: latest.container_status }),
  });
}

/**
 * Reports one task's state, known or not. Sends nothing while an agent that may have the task has not come back after
 * the master's restart. Source: golden/mesos facts 44, 82 to 85.
 */
export function reconcileTask(
  master: MasterState,
  framework: MasterFramework,
  taskId: string,
  agentId: string | undefined,
): void {
  const task = framework.tasks.get(taskId);
  if (task) {
    answerKnown(master, task);
    return;
  }
  const unknown = (state: TaskState, text: string, more: Partial<TaskStatus> = {}) =>
    answer(master, framework, taskId, isPartitionAware(framework) ? state : 'TASK_LOST', text, {
      ...(agentId === undefined ? {} : { agent_id: { value: agentId } }),
      ...more,
    });
  const isAwaited =
    agentId === undefined ? master.recoveredAgents.size > 0 : master.recoveredAgents.has(agentId);
  if (isAwaited) return;
  const unreachable = master.unreachableAgents.get(agentId ?? '');
  if (master.agents.has(agentId ?? '')) unknown('TASK_GONE', 'Task is unknown to the agent');
  else if (unreachable)
    unknown('TASK_UNREACHABLE', 'Task is unreachable', {
      unreachable_time: nanoseconds(unreachable.sinceMs),
    });
  else if (master.goneAgents.has(agentId ?? '')) unknown('TASK_GONE_BY_OPERATOR', 'Task is gone');
  else unknown('TASK_UNKNOWN', 'Task is unknown');
}

/** Handles RECONCILE: reports the named tasks, or every task that has not ended when none is named. */
export function reconcile(
  master: MasterState,
  framework: MasterFramework,
  tasks: readonly { readonly taskId: string; readonly agentId: string | undefined }[],
): void {
  if (tasks.length > 0) {
    for (const { taskId, agentId } of tasks) reconcileTask(master, framework, taskId, agentId);
    return;
  }
  for (const task of framework.tasks.values())
    if (!isTerminal(task.statusState ?? task.state)) answerKnown(master, task);
}
