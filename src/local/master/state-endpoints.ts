/** The bodies of /state, /slaves, /frameworks, /tasks and /flags. Source: golden/mesos oper-01. */
import { flagTexts } from './flags.ts';
import { completedOf, frameworkState, taskState } from './framework-state.ts';
import { agentDetail, agentState, BUILD } from './operator-state.ts';
import type { MasterFramework, MasterState, MasterTask } from './state.ts';

/** GET /frameworks. */
export const frameworksState = (master: MasterState, frameworkId: string | null) => {
  const wanted = (framework: MasterFramework) => frameworkId === null || framework.id === frameworkId;
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

/** The parameters of /tasks. */
export interface TaskListQuery {
  readonly limit: number;
  readonly offset: number;
  readonly order: 'asc' | 'des';
  readonly frameworkId: string | null;
  readonly taskId: string | null;
}

const firstStamp = (task: MasterTask): number => task.statuses[0]?.timestamp ?? 0;

/** GET /tasks: newest first unless asked otherwise. */
export function tasksState(master: MasterState, query: TaskListQuery) {
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
