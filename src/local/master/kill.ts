import type { MesosMessage } from '../../mesos/index.ts';
import { reconcileTask } from './reconciliation.ts';
import { type MasterFramework, type MasterState, taskKey } from './state.ts';

/**
 * Handles KILL: passes it to the task's agent, keeps it while the agent is disconnected, and answers it like RECONCILE
 * when there is no such task. Source: golden/mesos facts 79 to 81.
 */
export function kill(
  master: MasterState,
  framework: MasterFramework,
  call: MesosMessage<'SchedulerCall.Kill'>,
): void {
  const taskId = call.task_id.value;
  const task = framework.tasks.get(taskId);
  const agent = task && master.agents.get(task.agentId);
  const isElsewhere = call.agent_id !== undefined && call.agent_id.value !== task?.agentId;
  if (!task || !agent) {
    reconcileTask(master, framework, taskId, call.agent_id?.value);
    return;
  }
  if (isElsewhere) return;
  const message = {
    frameworkId: framework.id,
    taskId,
    ...(call.kill_policy ? { killPolicy: call.kill_policy } : {}),
  };
  if (agent.connected) agent.link.killTask(message);
  else agent.pendingKills.set(taskKey(framework.id, taskId), message);
}
