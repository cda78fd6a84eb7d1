/** Frameworks, executors and tasks as shown by /state and the container endpoints. Source: golden/mesos, oper-01. */
import type { Resource } from '../../mesos/index.ts';
import { AGENT_CAPABILITIES } from '../master/agent-message.ts';
import { statusState } from '../master/framework-state.ts';
import {
  attributeValue,
  BUILD,
  byReservation,
  mapValues,
  resourceMap,
  unreserved,
} from '../master/operator-state.ts';
import { add, type Pool } from '../master/resources/pool.ts';
import { readResources, writeResources } from '../master/resources/resource-form.ts';
import { type AgentExecutor, type AgentFramework, type AgentTask, executorsOf } from './agent-model.ts';
import type { AgentCore } from './core.ts';
import { durationText } from './executor-environment.ts';
import { isTerminal } from './task-states.ts';

const WHOLE_POOL = { reservations: 'plain', allocation: true } as const;

const roleOf = (resources: readonly Resource[] | undefined): string =>
  resources?.[0]?.allocation_info?.role ?? '*';

const queuedInfos = (executor: AgentExecutor) => executor.queue.flatMap(({ tasks }) => tasks);

/** Resources of the executor and its living tasks. */
const executorPool = (executor: AgentExecutor): Pool =>
  [
    executor.info,
    ...[...executor.tasks.values()].filter(({ state }) => !isTerminal(state)).map(({ info }) => info),
  ]
    .concat(queuedInfos(executor))
    .map(({ resources }) => readResources(resources))
    .reduce(add, []);

const taskState = (executor: AgentExecutor, { info, state, statuses }: AgentTask) => ({
  id: info.task_id.value,
  name: info.name,
  framework_id: executor.framework.id,
  executor_id: executor.builtIn ? '' : executor.id,
  slave_id: info.agent_id.value,
  state,
  resources: resourceMap(readResources(info.resources)),
  role: roleOf(info.resources),
  statuses: statuses.map(statusState),
  ...(info.labels && { labels: info.labels.labels }),
  ...(info.discovery && { discovery: info.discovery }),
});

function executorState(executor: AgentExecutor) {
  const delivered = [...executor.tasks.values()];
  const tasks = (list: readonly AgentTask[]) => list.map((task) => taskState(executor, task));
  return {
    id: executor.id,
    name: executor.info.name ?? '',
    source: executor.info.source ?? '',
    container: executor.run.containerId,
    directory: executor.sandbox,
    resources: resourceMap(executorPool(executor)),
    role: roleOf(executor.info.resources ?? delivered[0]?.info.resources),
    ...(executor.info.labels && { labels: executor.info.labels.labels }),
    ...(executor.info.type && { type: executor.info.type }),
    tasks: tasks(delivered),
    queued_tasks: queuedInfos(executor),
    completed_tasks: tasks(executor.completed),
  };
}

function frameworkState(framework: AgentFramework) {
  const { info } = framework;
  return {
    id: framework.id,
    name: info.name,
    user: info.user,
    failover_timeout: info.failover_timeout ?? 0,
    checkpoint: info.checkpoint ?? false,
    hostname: info.hostname ?? '',
    ...(info.principal === undefined ? {} : { principal: info.principal }),
    ...(info.roles ? { roles: info.roles } : { role: info.role ?? '*' }),
    executors: executorsOf(framework).reverse().map(executorState),
    completed_executors: framework.completed.map(executorState),
  };
}

const text = ({ name, ...value }: { name: string; value: string | number }) => `${name}:${value.value}`;

/** The agent's settings under the names of Mesos' flags. */
export function agentFlags(core: AgentCore): Record<string, string> {
  const { settings, info } = core;
  const pool = resourceMap(readResources(info.resources));
  return {
    attributes: (info.attributes ?? [])
      .map((one) => text({ name: one.name, value: attributeValue(one) }))
      .join(';'),
    containerizers: 'mesos',
    executor_registration_timeout: durationText(settings.executorRegistrationTimeoutMs),
    executor_reregistration_timeout: durationText(settings.executorReregistrationTimeoutMs),
    executor_shutdown_grace_period: durationText(settings.executorShutdownGracePeriodMs),
    hostname: info.hostname,
    ip: settings.ip,
    isolation: 'posix/cpu,posix/mem',
    launcher: 'posix',
    port: String(info.port ?? 0),
    recover: settings.recover,
    recovery_timeout: durationText(settings.recoveryTimeoutMs),
    resources: Object.entries(pool)
      .filter(([, value]) => value !== 0)
      .map(([name, value]) => text({ name, value }))
      .join(';'),
    work_dir: settings.workDir,
  };
}

/** The whole of /state. */
export function agentState(core: AgentCore) {
  const total = readResources(core.info.resources);
  const used = [...core.frameworks.values()].flatMap(executorsOf).map(executorPool).reduce(add, []);
  const full = (pool: Pool) => writeResources(pool, WHOLE_POOL);
  return {
    ...BUILD,
    start_time: core.startMs / 1000,
    id: core.agentId,
    pid: `slave(1)@${core.settings.ip}:${core.info.port}`,
    hostname: core.info.hostname,
    capabilities: AGENT_CAPABILITIES,
    resources: resourceMap(total),
    reserved_resources: mapValues(byReservation(total), resourceMap),
    unreserved_resources: resourceMap(unreserved(total)),
    reserved_resources_full: mapValues(byReservation(total), full),
    unreserved_resources_full: full(unreserved(total)),
    reserved_resources_allocated: mapValues(byReservation(used), resourceMap),
    unreserved_resources_allocated: resourceMap(unreserved(used)),
    resource_providers: [],
    attributes: Object.fromEntries(
      (core.info.attributes ?? []).map((one) => [one.name, attributeValue(one)]),
    ),
    flags: agentFlags(core),
    frameworks: [...core.frameworks.values()].map(frameworkState),
    completed_frameworks: core.completedFrameworks.map(frameworkState),
  };
}

/** Resource usage of one container. */
export function containerStatistics(core: AgentCore, executor: AgentExecutor) {
  const pool = resourceMap(executorPool(executor));
  const memBytes = Number(pool.mem) * 2 ** 20;
  const usage = executor.container?.usage() ?? { userSecs: 0, systemSecs: 0, rssBytes: 0 };
  return {
    timestamp: core.clock.nowMs() / 1000,
    cpus_user_time_secs: usage.userSecs,
    cpus_system_time_secs: usage.systemSecs,
    cpus_soft_limit: pool.cpus,
    mem_limit_bytes: memBytes,
    mem_soft_limit_bytes: memBytes,
    mem_rss_bytes: usage.rssBytes,
  };
}

/** Every executor with a process, the newest first, as in the recordings. */
export const runningExecutors = (core: AgentCore): AgentExecutor[] =>
  [...core.frameworks.values()].flatMap(({ executors }) => [...executors.values()]).reverse();

/** The number of executors and tasks in each state, in the order of /metrics/snapshot. */
export function agentMetrics(core: AgentCore): Record<string, number> {
  const executors = [...core.frameworks.values()].flatMap(executorsOf);
  const running = (state: AgentExecutor['state']) =>
    executors.filter((executor) => executor.state === state).length;
  const tasks = executors.flatMap((executor) => [...executor.tasks.values()]);
  const inState = (state: AgentTask['state']) => tasks.filter((task) => task.state === state).length;
  const total = resourceMap(readResources(core.info.resources));
  const used = resourceMap(executors.map(executorPool).reduce(add, []));
  const amounts = ['cpus', 'disk', 'gpus', 'mem'].flatMap((name) => {
    const [all, taken] = [Number(total[name] ?? 0), Number(used[name] ?? 0)];
    return [
      [`slave/${name}_percent`, all === 0 ? 0 : taken / all],
      [`slave/${name}_total`, all],
      [`slave/${name}_used`, taken],
    ] as const;
  });
  return Object.fromEntries(
    [
      ...amounts,
      ['slave/executors_registering', running('REGISTERING')] as const,
      ['slave/executors_running', running('RUNNING')] as const,
      ['slave/executors_terminated', running('TERMINATED')] as const,
      ['slave/executors_terminating', running('TERMINATING')] as const,
      ['slave/frameworks_active', core.frameworks.size] as const,
      ['slave/registered', core.phase === 'RUNNING' ? 1 : 0] as const,
      ['slave/tasks_killing', inState('TASK_KILLING')] as const,
      ['slave/tasks_running', inState('TASK_RUNNING')] as const,
      ['slave/tasks_staging', inState('TASK_STAGING')] as const,
      ['slave/tasks_starting', inState('TASK_STARTING')] as const,
      ['slave/uptime_secs', (core.clock.nowMs() - core.startMs) / 1000] as const,
    ].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
