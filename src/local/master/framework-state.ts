/** Tasks, executors and frameworks in the form of /state and /frameworks. Source: golden/mesos oper-01. */
import { type TaskStatus, toJson } from '../../mesos/index.ts';
import type { MasterExecutor } from './executors.ts';
import { offeredOf, resourceMap, sum } from './operator-state.ts';
import type { Pool } from './resources/pool.ts';
import type { Agent, MasterFramework, MasterState, MasterTask } from './state.ts';

/** A status in the form of /tasks. */
export const statusState = ({ state, timestamp, container_status, healthy, labels }: TaskStatus) => {
  const { executor_pid: _pid, ...shown } = container_status ?? {};
  const container: unknown = JSON.parse(toJson('ContainerStatus', shown));
  return {
    state,
    timestamp,
    ...(labels ? { labels: labels.labels } : {}),
    ...(container_status ? { container_status: container } : {}),
    ...(healthy === undefined ? {} : { healthy }),
  };
};

/** A task in the form of /tasks. */
export const taskState = (task: MasterTask) => ({
  id: task.id,
  name: task.name,
  framework_id: task.framework.id,
  executor_id: task.executorId ?? '',
  slave_id: task.agentId,
  state: task.state,
  resources: resourceMap(task.pool),
  role: task.pool[0]?.kind.allocatedTo ?? '*',
  statuses: task.statuses.map(statusState),
  ...(task.extra?.labels ? { labels: task.extra.labels.labels } : {}),
  ...(task.extra?.discovery ? { discovery: task.extra.discovery } : {}),
  ...(task.extra?.container ? { container: task.extra.container } : {}),
});

const executorState = (executor: MasterExecutor, agent: Agent) => ({
  executor_id: executor.info.executor_id.value,
  name: executor.info.name ?? '',
  framework_id: executor.frameworkId,
  ...(executor.info.command ? { command: { argv: [], uris: [], ...executor.info.command } } : {}),
  resources: resourceMap(executor.pool),
  role: executor.pool[0]?.kind.allocatedTo ?? '*',
  type: executor.info.type ?? 'CUSTOM',
  slave_id: agent.id,
});

const executorsOf = (master: MasterState, framework: MasterFramework) =>
  [...master.agents.values()].flatMap((agent) =>
    [...agent.executors.ofFramework(framework.id)].map((executor) => ({ executor, agent })),
  );

/** The resources that a framework's living tasks and their executors use on all agents. */
export function usedBy(master: MasterState, framework: MasterFramework): Pool {
  const executors = executorsOf(master, framework).map(({ executor }) => executor.pool);
  const tasks = [...framework.tasks.values()].filter(isLive).map(({ pool }) => pool);
  return sum([...executors, ...tasks]);
}

const isLive = (task: MasterTask): boolean =>
  ['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING'].includes(task.state);

/** The ended tasks that are still shown. */
export const completedOf = (master: MasterState, framework: MasterFramework): readonly MasterTask[] =>
  framework.completed.slice(-master.flags.maxCompletedTasksPerFramework);

/** A framework in the form of /state-summary. */
export const frameworkSummary = (master: MasterState, framework: MasterFramework) => ({
  id: framework.id,
  name: framework.info.name,
  used_resources: resourceMap(usedBy(master, framework)),
  offered_resources: resourceMap(offeredOf(framework)),
  capabilities: [...framework.capabilities],
  hostname: framework.info.hostname ?? '',
  webui_url: framework.info.webui_url ?? '',
  active: framework.stream !== undefined,
  connected: framework.stream !== undefined,
  recovered: framework.recovered,
});

/** A framework in the form of /state and /frameworks. */
export const frameworkState = (master: MasterState, framework: MasterFramework) => ({
  ...frameworkSummary(master, framework),
  user: framework.info.user,
  failover_timeout: framework.info.failover_timeout ?? 0,
  checkpoint: framework.info.checkpoint ?? false,
  registered_time: framework.registeredMs / 1000,
  unregistered_time: framework.unregisteredMs / 1000,
  ...(framework.principal === undefined ? {} : { principal: framework.principal }),
  resources: resourceMap(sum([usedBy(master, framework), offeredOf(framework)])),
  ...(framework.capabilities.has('MULTI_ROLE') ? { roles: framework.roles } : { role: framework.roles[0] }),
  tasks: [...framework.tasks.values()].filter(isLive).map(taskState),
  unreachable_tasks: [...framework.unreachable.values()].map(taskState),
  completed_tasks: [
    ...completedOf(master, framework),
    ...[...framework.tasks.values()].filter((task) => !isLive(task)),
  ].map(taskState),
  offers: [...framework.offers].map((record) => ({
    id: record.id,
    framework_id: framework.id,
    allocation_info: { role: record.role },
    slave_id: record.agent.id,
    resources: resourceMap(record.pool),
  })),
  executors: executorsOf(master, framework).map(({ executor, agent }) => executorState(executor, agent)),
  offer_constraints: {},
});
