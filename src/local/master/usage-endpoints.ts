/** The bodies of /state-summary, /roles and /metrics/snapshot. Source: golden/mesos oper-01. */
import { completedOf, frameworkSummary } from './framework-state.ts';
import { agentState, sum } from './operator-state.ts';
import { type Pool, unallocated } from './resources/pool.ts';
import type { MasterState, MasterTask } from './state.ts';

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

const stateCounts = (tasks: readonly MasterTask[]) =>
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
          ? amount.ranges.reduce((count, { begin, end }) => count + (end - begin + 1) * 1000, 0)
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

/** GET /metrics/snapshot: the gauges and counters that dashboards of schedulers use. */
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
