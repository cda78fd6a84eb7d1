/** The members of /state, /slaves, /frameworks, /tasks, /roles and /state-summary. Source: golden/mesos oper-01. */
import { type Attribute, type TaskStatus, toJson } from '../../mesos/index.ts';
import { AGENT_CAPABILITIES, pidOf } from './agent-message.ts';
import { flagTexts } from './flags.ts';
import { add, type Pool, reservedFor, unallocated } from './resources/pool.ts';
import { rangesText } from './resources/text.ts';
import { type WireForm, writeResources } from './resources/wire.ts';
import type { Agent, Executor, Framework, MasterState, Task } from './state.ts';

/** Version and build, as every part of the cluster tells them; the build dates are those of Mesos 1.11.0. */
export const BUILD = {
  build_date: '2020-11-16 00:00:00 UTC',
  build_time: 1605484800,
  build_user: 'root',
  version: '1.11.0',
};

const plainForm: WireForm = { reservations: 'plain', allocation: true };

/** Resources as one number, or one text of ranges, a name. */
export function resourceMap(pool: Pool): Record<string, number | string> {
  const map: Record<string, number | string> = { disk: 0, mem: 0, gpus: 0, cpus: 0 };
  const ranges = new Map<string, (readonly [number, number])[]>();
  for (const amount of unallocated(pool)) {
    const { name } = amount.kind;
    if ('milli' in amount) map[name] = (Number(map[name] ?? 0) * 1000 + amount.milli) / 1000;
    else if ('ranges' in amount) ranges.set(name, [...(ranges.get(name) ?? []), ...amount.ranges]);
    else map[name] = `{${amount.items.join(', ')}}`;
  }
  for (const [name, list] of ranges) map[name] = rangesText(list);
  return map;
}

const sum = (pools: Iterable<Pool>): Pool => [...pools].reduce<Pool>((total, pool) => add(total, pool), []);

const offeredOf = (owner: Agent | Framework): Pool => sum([...owner.offers].map(({ pool }) => pool));

export function attributeValue(attribute: Attribute): string | number {
  if (attribute.scalar) return attribute.scalar.value;
  if (attribute.ranges)
    return rangesText((attribute.ranges.range ?? []).map(({ begin, end }) => [begin, end] as const));
  return attribute.text?.value ?? '';
}

export const byReservation = (pool: Pool): Record<string, Pool> => {
  const result: Record<string, Pool> = {};
  for (const amount of pool) {
    const role = reservedFor(amount.kind);
    if (role !== '*') result[role] = [...(result[role] ?? []), amount];
  }
  return result;
};

export const mapValues = <A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));

export const unreserved = (pool: Pool): Pool => pool.filter(({ kind }) => kind.reservations.length === 0);

/** An agent as in /state. */
const agentState = (agent: Agent) => ({
  id: agent.id,
  hostname: agent.info.hostname,
  port: agent.info.port ?? 5051,
  attributes: Object.fromEntries((agent.info.attributes ?? []).map((one) => [one.name, attributeValue(one)])),
  pid: pidOf(agent),
  registered_time: agent.registeredMs / 1000,
  ...(agent.reregisteredMs === undefined ? {} : { reregistered_time: agent.reregisteredMs / 1000 }),
  resources: resourceMap(agent.total),
  used_resources: resourceMap(agent.used),
  offered_resources: resourceMap(offeredOf(agent)),
  reserved_resources: mapValues(byReservation(agent.total), resourceMap),
  unreserved_resources: resourceMap(unreserved(agent.total)),
  active: agent.connected && !agent.deactivated,
  deactivated: agent.deactivated,
  version: agent.version,
  capabilities: AGENT_CAPABILITIES,
});

const full = (pool: Pool) => writeResources(pool, plainForm);

/** An agent as in /slaves. */
const agentDetail = (agent: Agent) => ({
  ...agentState(agent),
  reserved_resources_full: mapValues(byReservation(agent.total), full),
  unreserved_resources_full: full(unreserved(agent.total)),
  used_resources_full: full(agent.used),
  offered_resources_full: full(offeredOf(agent)),
});

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

/** A task as in /tasks. */
const taskState = (task: Task) => ({
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

const executorState = (executor: Executor, agent: Agent) => ({
  executor_id: executor.info.executor_id.value,
  name: executor.info.name ?? '',
  framework_id: executor.frameworkId,
  ...(executor.info.command ? { command: { argv: [], uris: [], ...executor.info.command } } : {}),
  resources: resourceMap(executor.pool),
  role: executor.pool[0]?.kind.allocatedTo ?? '*',
  type: executor.info.type ?? 'CUSTOM',
  slave_id: agent.id,
});

const executorsOf = (master: MasterState, framework: Framework) =>
  [...master.agents.values()].flatMap((agent) =>
    [...agent.executors.values()]
      .filter(({ frameworkId }) => frameworkId === framework.id)
      .map((executor) => ({ executor, agent })),
  );

function usedBy(master: MasterState, framework: Framework): Pool {
  const executors = executorsOf(master, framework).map(({ executor }) => executor.pool);
  const tasks = [...framework.tasks.values()].filter(isLive).map(({ pool }) => pool);
  return sum([...executors, ...tasks]);
}

const isLive = (task: Task): boolean =>
  ['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING'].includes(task.state);

const completedOf = (master: MasterState, framework: Framework): readonly Task[] =>
  framework.completed.slice(-master.flags.maxCompletedTasksPerFramework);

const frameworkSummary = (master: MasterState, framework: Framework) => ({
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

/** A framework as in /state and /frameworks. */
const frameworkState = (master: MasterState, framework: Framework) => ({
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

/** GET /frameworks. */
export const frameworksState = (master: MasterState, frameworkId: string | null) => {
  const wanted = (framework: Framework) => frameworkId === null || framework.id === frameworkId;
  return {
    frameworks: [...master.frameworks.values()].filter(wanted).map((one) => frameworkState(master, one)),
    completed_frameworks: [...master.removedFrameworks.values()]
      .map(({ framework }) => framework)
      .filter(wanted)
      .slice(-master.flags.maxCompletedFrameworks)
      .map((one) => frameworkState(master, one)),
    unregistered_frameworks: [],
  };
};

/** GET /slaves. */
export const agentsState = (master: MasterState, agentId: string | null) => ({
  slaves: [...master.agents.values()].filter(({ id }) => agentId === null || id === agentId).map(agentDetail),
  recovered_slaves: recovered(master),
});

const recovered = (master: MasterState) =>
  [...master.recoveredAgents].map(([id, info]) => ({ id, hostname: info.hostname, port: info.port ?? 5051 }));

/** What /tasks may be asked for. */
export interface TaskQuery {
  readonly limit: number;
  readonly offset: number;
  readonly order: 'asc' | 'des';
  readonly frameworkId: string | null;
  readonly taskId: string | null;
}

const firstStamp = (task: Task): number => task.statuses[0]?.timestamp ?? 0;

/** GET /tasks: newest first unless asked otherwise. */
export function tasksState(master: MasterState, query: TaskQuery) {
  const frameworks = [
    ...master.frameworks.values(),
    ...[...master.removedFrameworks.values()].map(({ framework }) => framework),
  ].filter(({ id }) => query.frameworkId === null || id === query.frameworkId);
  const tasks = frameworks
    .flatMap((one) => [...one.tasks.values(), ...one.unreachable.values(), ...completedOf(master, one)])
    .filter(({ id }) => query.taskId === null || id === query.taskId);
  const sign = query.order === 'asc' ? 1 : -1;
  tasks.sort((a, b) => sign * (firstStamp(a) - firstStamp(b)));
  return { tasks: tasks.slice(query.offset, query.offset + query.limit).map(taskState) };
}

/** GET /state. */
export function fullState(master: MasterState) {
  const { ip, port, hostname } = master.address;
  const pid = `master@${ip}:${port}`;
  const agents = [...master.agents.values()];
  return {
    ...BUILD,
    start_time: master.startedMs / 1000,
    elected_time: master.startedMs / 1000,
    id: master.id,
    pid,
    hostname,
    capabilities: ['AGENT_UPDATE', 'AGENT_DRAINING', 'QUOTA_V2'],
    activated_slaves: agents.filter((agent) => agent.connected && !agent.deactivated).length,
    deactivated_slaves: agents.filter((agent) => !agent.connected || agent.deactivated).length,
    unreachable_slaves: master.unreachableAgents.size,
    leader: pid,
    leader_info: { id: master.id, pid, port, hostname },
    flags: flagsState(master).flags,
    slaves: agents.map(agentState),
    recovered_slaves: recovered(master),
    ...frameworksState(master, null),
    orphan_tasks: [],
  };
}

/** GET /flags. */
export const flagsState = (master: MasterState) => ({
  flags: {
    ...flagTexts(master.flags),
    hostname: master.address.hostname,
    ip: master.address.ip,
    port: String(master.address.port),
  },
});

const SUMMARY_STATES = [
  'TASK_STAGING',
  'TASK_STARTING',
  'TASK_RUNNING',
  'TASK_KILLING',
  'TASK_FINISHED',
  'TASK_KILLED',
  'TASK_FAILED',
  'TASK_LOST',
  'TASK_ERROR',
  'TASK_UNREACHABLE',
] as const;

const stateCounts = (tasks: readonly Task[]) =>
  Object.fromEntries(
    SUMMARY_STATES.map((state) => [state, tasks.filter((task) => task.state === state).length]),
  );

/** GET /state-summary. */
export function summaryState(master: MasterState) {
  const all = [...master.frameworks.values()].map((framework) => ({
    framework,
    tasks: [
      ...framework.tasks.values(),
      ...framework.unreachable.values(),
      ...completedOf(master, framework),
    ],
  }));
  return {
    hostname: master.address.hostname,
    slaves: [...master.agents.values()].map((agent) => {
      const tasks = all.flatMap((one) => one.tasks).filter(({ agentId }) => agentId === agent.id);
      const ids = [...new Set(tasks.map((task) => task.framework.id))];
      return { ...agentState(agent), ...stateCounts(tasks), framework_ids: ids };
    }),
    frameworks: all.map(({ framework, tasks }) => ({
      ...frameworkSummary(master, framework),
      ...stateCounts(tasks),
      slave_ids: [...new Set(tasks.map(({ agentId }) => agentId))],
    })),
  };
}

const quantities = (pool: Pool): Record<string, number> => {
  const map: Record<string, number> = {};
  for (const amount of pool) {
    const milli =
      'milli' in amount
        ? amount.milli
        : 'ranges' in amount
          ? amount.ranges.reduce((count, [begin, end]) => count + (end - begin + 1) * 1000, 0)
          : amount.items.length * 1000;
    map[amount.kind.name] = ((map[amount.kind.name] ?? 0) * 1000 + milli) / 1000;
  }
  return map;
};

/** GET /roles. */
export function rolesState(master: MasterState) {
  const frameworks = [...master.frameworks.values()];
  const names = new Set(frameworks.flatMap(({ roles }) => roles));
  const inRole = (pool: Pool, role: string) => pool.filter(({ kind }) => kind.allocatedTo === role);
  return {
    roles: [...names].sort().map((role) => {
      const used = sum([...master.agents.values()].map((agent) => inRole(agent.used, role)));
      const offered = sum(
        [...master.offers.values()].filter((record) => record.role === role).map(({ pool }) => pool),
      );
      return {
        name: role,
        weight: 1,
        quota: { role, guarantee: {}, limit: {}, consumed: quantities(used) },
        resources: quantities(sum([used, offered])),
        allocated: quantities(used),
        offered: quantities(offered),
        reserved: {},
        frameworks: frameworks.filter(({ roles }) => roles.includes(role)).map(({ id }) => id),
      };
    }),
  };
}

/** GET /metrics/snapshot: the gauges and counters that schedulers' dashboards look at. */
export function metricsState(master: MasterState): Record<string, number> {
  const agents = [...master.agents.values()];
  const frameworks = [...master.frameworks.values()];
  const tasks = frameworks.flatMap((framework) => [...framework.tasks.values()]);
  const connected = frameworks.filter(({ stream }) => stream);
  const result: Record<string, number> = {
    'master/elected': 1,
    'master/uptime_secs': (master.clock.nowMs() - master.startedMs) / 1000,
    'master/slaves_connected': agents.filter((agent) => agent.connected).length,
    'master/slaves_disconnected': agents.filter((agent) => !agent.connected).length,
    'master/slaves_active': agents.filter((agent) => agent.connected && !agent.deactivated).length,
    'master/slaves_inactive': agents.filter((agent) => !agent.connected || agent.deactivated).length,
    'master/slaves_unreachable': master.unreachableAgents.size,
    'master/frameworks_connected': connected.length,
    'master/frameworks_disconnected': frameworks.length - connected.length,
    'master/frameworks_active': connected.length,
    'master/frameworks_inactive': frameworks.length - connected.length,
    'master/outstanding_offers': master.offers.size,
  };
  for (const state of ['STAGING', 'STARTING', 'RUNNING', 'KILLING'] as const)
    result[`master/tasks_${state.toLowerCase()}`] = tasks.filter(
      (task) => task.state === `TASK_${state}`,
    ).length;
  const used = quantities(sum(agents.map((agent) => unallocated(agent.used))));
  for (const name of ['cpus', 'gpus', 'mem', 'disk']) {
    const total = (master.clusterMilli.get(name) ?? 0) / 1000;
    result[`master/${name}_total`] = total;
    result[`master/${name}_used`] = used[name] ?? 0;
    result[`master/${name}_percent`] = total === 0 ? 0 : (used[name] ?? 0) / total;
  }
  for (const [name, value] of master.counters) result[name] = value;
  return result;
}
