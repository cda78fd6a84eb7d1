import type { KillTask } from '../link.ts';
import { type AgentExecutor, type EndingCause, findTask, newTask } from './agent-model.ts';
import { reportTask } from './agent-updates.ts';
import type { AgentCore } from './core.ts';

const KILLED_BEFORE_DELIVERY: EndingCause = {
  state: 'TASK_KILLED',
  reason: 'REASON_TASK_KILLED_DURING_LAUNCH',
  message: 'Killed before delivery to the executor',
};

/** The executor has not subscribed: the agent kills the task, with the whole group it is part of. */
function killQueued(core: AgentCore, executor: AgentExecutor, taskId: string): void {
  const holds = ({ tasks }: AgentExecutor['queue'][number]) =>
    tasks.some((info) => info.task_id.value === taskId);
  const killed = executor.queue.filter(holds).flatMap(({ tasks }) => tasks);
  executor.queue = executor.queue.filter((launch) => !holds(launch));
  for (const info of killed) {
    executor.tasks.set(info.task_id.value, newTask(info));
    reportTask(core, executor.framework.id, info.task_id.value, KILLED_BEFORE_DELIVERY, executor);
  }
}

/**
 * Passes a kill on to the executor; lost when that has no stream, as with Mesos. Tasks that are not here are the
 * master's business, which answers for them.
 */
export function killTask(core: AgentCore, { frameworkId, taskId, killPolicy }: KillTask): void {
  const found = findTask(core.frameworks.get(frameworkId), taskId);
  if (!found) return;
  const { executor, task } = found;
  if (!task) killQueued(core, executor, taskId);
  else
    executor.stream?.send({
      type: 'KILL',
      kill: { task_id: { value: taskId }, ...(killPolicy && { kill_policy: killPolicy }) },
    });
}
