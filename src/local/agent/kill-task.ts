import type { KillTask } from '../link.ts';
import { type AgentExecutor, type EndingCause, findTask, newTask } from './agent-model.ts';
import { reportTask } from './agent-updates.ts';
import type { AgentCore } from './core.ts';

const KILLED_BEFORE_DELIVERY: EndingCause = {
  state: 'TASK_KILLED',
  reason: 'REASON_TASK_KILLED_DURING_LAUNCH',
  message: 'Killed before delivery to the executor',
};

/** Kills a task whose executor has not subscribed yet, together with its whole group. */
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
 * Passes a kill to the executor; it is lost when the executor has no stream, as in Mesos. Kills of tasks that are not
 * here are ignored, because the master answers them.
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
