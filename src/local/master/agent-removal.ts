/** How agents are removed: unreachable, lost, gone. Source of states, reasons and texts: golden/mesos facts 99 to 103. */
import type { AgentInfo, TaskState, TaskStatus } from '../../mesos/index.ts';
import { isTerminal } from '../agent/task-states.ts';
import { countCluster, free } from './accounting.ts';
import { rescind, rescindInverse } from './offers.ts';
import { saveRegistry } from './registry.ts';
import {
  type Agent,
  countUp,
  isPartitionAware,
  type MasterFramework,
  type MasterState,
  nanoseconds,
  tell,
  tellOperators,
} from './state.ts';
import { keepCompleted, masterStatus, recordStatus, removeExecutor, tellStatus } from './tasks.ts';

/** Rescinds the offers of an agent that is no longer available. */
export const dropOffers = (master: MasterState, agent: Agent): void => {
  for (const record of agent.offers) rescind(master, record);
  for (const record of agent.inverseOffers) rescindInverse(master, record);
};

/** The final status of a removed agent's tasks. */
interface Removal {
  readonly state: (framework: MasterFramework) => TaskState;
  readonly message: string;
  readonly reason: NonNullable<TaskStatus['reason']>;
  readonly more?: Partial<TaskStatus>;
}

/** Removes an agent: reports its tasks, then rescinds its offers, then sends FAILURE for the agent itself. */
function removeAgent(master: MasterState, agent: Agent, removal: Removal): void {
  agent.ping?.cancel();
  agent.connected = false;
  master.agents.delete(agent.id);
  for (const task of [...agent.tasks].reverse()) {
    const { framework } = task;
    const state = removal.state(framework);
    const wasOver = isTerminal(task.state);
    const status = masterStatus(master, task.id, {
      state,
      message: removal.message,
      reason: removal.reason,
      agent_id: { value: agent.id },
      ...(task.executorId === undefined ? {} : { executor_id: { value: task.executorId } }),
      ...removal.more,
    });
    if (!wasOver) {
      free(framework, agent, task.pool);
      tellStatus(framework, status);
      recordStatus(master, undefined, task, status, state);
    }
    agent.tasks.delete(task);
    framework.tasks.delete(task.id);
    if (state === 'TASK_UNREACHABLE' && !wasOver) framework.unreachable.set(task.id, task);
    else keepCompleted(master, task);
  }
  for (const { frameworkId, info } of agent.executors.values())
    removeExecutor(master, agent, frameworkId, info.executor_id.value);
  dropOffers(master, agent);
  countCluster(master, agent.total, -1);
  for (const framework of master.frameworks.values()) {
    framework.filters.delete(agent.id);
    tell(framework, { type: 'FAILURE', failure: { agent_id: { value: agent.id } } });
  }
  saveRegistry(master);
  tellOperators(master, () => ({
    type: 'AGENT_REMOVED',
    agent_removed: { agent_id: { value: agent.id } },
  }));
}

/** To be called when an agent has not answered pings in time. */
export function markUnreachable(master: MasterState, agent: Agent): void {
  const sinceMs = master.clock.nowMs();
  master.unreachableAgents.set(agent.id, { id: agent.id, info: agent.info, sinceMs });
  countUp(master, 'master/slave_unreachable_completed');
  removeAgent(master, agent, {
    state: (framework) => (isPartitionAware(framework) ? 'TASK_UNREACHABLE' : 'TASK_LOST'),
    message: 'health check timed out',
    reason: 'REASON_AGENT_REMOVED',
    more: { unreachable_time: nanoseconds(sinceMs) },
  });
  agent.link.ping({ connected: false });
}

/** Removes an agent that left, or whose machine an operator took down; its tasks are lost. */
export const loseAgent = (master: MasterState, agent: Agent, cause: string): void =>
  removeAgent(master, agent, {
    state: () => 'TASK_LOST',
    message: `Agent ${agent.info.hostname} removed: ${cause}`,
    reason: 'REASON_AGENT_REMOVED',
  });

/** Handles MARK_AGENT_GONE: the agent never comes back. Returns false when there is no such agent. */
export function markGone(master: MasterState, agentId: string): boolean {
  const agent = master.agents.get(agentId);
  const info: AgentInfo | undefined =
    agent?.info ?? master.unreachableAgents.get(agentId)?.info ?? master.recoveredAgents.get(agentId);
  if (!info) return master.goneAgents.has(agentId);
  master.goneAgents.set(agentId, { id: agentId, info, sinceMs: master.clock.nowMs() });
  master.unreachableAgents.delete(agentId);
  master.recoveredAgents.delete(agentId);
  if (agent) {
    agent.link.shutdown({ text: 'Agent has been marked gone' });
    removeAgent(master, agent, {
      state: (framework) => (isPartitionAware(framework) ? 'TASK_GONE_BY_OPERATOR' : 'TASK_LOST'),
      message: 'Agent has been marked gone',
      reason: 'REASON_AGENT_REMOVED_BY_OPERATOR',
    });
  } else saveRegistry(master);
  return true;
}

/** Marks as unreachable the agents of the registry that did not come back in time after the master's restart. */
export function giveUpRecovered(master: MasterState): void {
  for (const [id, info] of master.recoveredAgents)
    master.unreachableAgents.set(id, { id, info, sinceMs: master.clock.nowMs() });
  master.recoveredAgents.clear();
  saveRegistry(master);
}
