import { isTerminal } from '../agent/task-states.ts';
import type { ForwardUpdate } from '../link.ts';
import { type Agent, countUp, type MasterFramework, type MasterState } from './state.ts';
import { recordStatus, removeTask, tellStatus } from './tasks.ts';

/** Handles a status from an agent: sends it to the scheduler if that is connected; else the agent repeats it later. */
export function forwardUpdate(master: MasterState, agent: Agent, update: ForwardUpdate): void {
  const framework = master.frameworks.get(update.frameworkId);
  if (!framework) {
    countUp(master, 'master/invalid_status_updates');
    return;
  }
  countUp(master, 'master/valid_status_updates');
  tellStatus(framework, update.status);
  const task = framework.tasks.get(update.status.task_id.value);
  if (!task || task.agentId !== agent.id) return;
  recordStatus(master, agent, task, update.status, update.latestState);
  if (update.status.uuid !== undefined) {
    task.statusState = update.status.state;
    task.statusUuid = update.status.uuid;
  }
}

/** Handles a scheduler's acknowledgement. A task whose terminal status is acknowledged is removed. */
export function acknowledge(
  master: MasterState,
  framework: MasterFramework,
  call: { readonly agentId: string; readonly taskId: string; readonly uuid: string },
): void {
  const agent = master.agents.get(call.agentId);
  if (!agent?.connected) return;
  const task = framework.tasks.get(call.taskId);
  if (
    task?.agentId === agent.id &&
    task.statusUuid === call.uuid &&
    task.statusState !== undefined &&
    isTerminal(task.statusState)
  )
    removeTask(master, agent, task);
  agent.link.acknowledgeUpdate({ frameworkId: framework.id, taskId: call.taskId, uuid: call.uuid });
}
