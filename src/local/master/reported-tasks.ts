/** Compares what a returning agent reports about its executors and tasks with what the master has on record. */
import type { TaskStatus } from '../../mesos/index.ts';
import { isTerminal } from '../agent/task-states.ts';
import type { ReregisterAgent } from '../link.ts';
import { free, useUnoffered } from './accounting.ts';
import { recoverFramework } from './frameworks.ts';
import { readResources } from './resources/resource-form.ts';
import { type Agent, type MasterState, type MasterTask, taskKey } from './state.ts';
import { addExecutor, addTask, keepStatus, masterStatus, removeExecutor, tellStatus } from './tasks.ts';

/** Records what a returning agent reports and the master does not know. */
export function adoptReported(
  master: MasterState,
  agent: Agent,
  message: ReregisterAgent,
  text: string | undefined,
) {
  for (const info of message.frameworks) {
    const id = info.id?.value ?? '';
    if (!master.frameworks.has(id) && !master.removedFrameworks.has(id)) recoverFramework(master, info);
  }
  for (const info of message.executors) {
    const framework = master.frameworks.get(info.framework_id?.value ?? '');
    if (!framework || agent.executors.get(framework.id, info.executor_id.value)) continue;
    const pool = readResources(info.resources);
    addExecutor(master, agent, framework.id, { info, pool });
    useUnoffered(framework, agent, pool);
  }
  for (const reported of message.tasks) {
    const framework = master.frameworks.get(reported.frameworkId);
    const id = reported.info.task_id.value;
    const known = framework?.tasks.get(id);
    if (known && isTerminal(reported.latestState) && !isTerminal(known.state)) {
      known.state = reported.latestState;
      free(known.framework, agent, known.pool);
    }
    if (!framework || known) continue;
    const pool = readResources(reported.info.resources);
    const task = addTask(master, framework, agent, reported.info, pool, reported.latestState);
    keepStatus(master, task, reported.status);
    framework.unreachable.delete(id);
    if (isTerminal(task.state)) continue;
    useUnoffered(framework, agent, pool);
    if (text !== undefined) tellReturned(master, task, reported.status, text);
  }
}

function tellReturned(master: MasterState, task: MasterTask, status: TaskStatus, text: string): void {
  tellStatus(
    task.framework,
    masterStatus(master, task.id, {
      state: task.state,
      message: text,
      reason: 'REASON_AGENT_REREGISTERED',
      agent_id: { value: task.agentId },
      ...(task.executorId === undefined ? {} : { executor_id: { value: task.executorId } }),
      ...(status.container_status ? { container_status: status.container_status } : {}),
    }),
  );
}

/** Tasks that the master expects on the agent and the agent does not list. */
export function missingOn(agent: Agent, message: ReregisterAgent) {
  const listed = new Set(message.tasks.map((task) => taskKey(task.frameworkId, task.info.task_id.value)));
  const byFramework = new Map<string, string[]>();
  for (const task of agent.tasks) {
    if (isTerminal(task.state) || listed.has(taskKey(task.framework.id, task.id))) continue;
    const ids = byFramework.get(task.framework.id) ?? [];
    ids.push(task.id);
    byFramework.set(task.framework.id, ids);
  }
  return [...byFramework].map(([frameworkId, taskIds]) => ({ frameworkId, taskIds }));
}

/** Removes the executors that a returning agent does not list; they have ended meanwhile. */
export function dropLostExecutors(master: MasterState, agent: Agent, message: ReregisterAgent): void {
  const listed = new Set(
    message.executors.map((info) => taskKey(info.framework_id?.value ?? '', info.executor_id.value)),
  );
  for (const { frameworkId, info } of agent.executors.values())
    if (!listed.has(taskKey(frameworkId, info.executor_id.value)))
      removeExecutor(master, agent, frameworkId, info.executor_id.value);
}
