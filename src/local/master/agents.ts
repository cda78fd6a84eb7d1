/**
 * An agent's life as the master sees it: it registers, breaks off, comes back, stays away too long, leaves, is removed.
 * Source of states, reasons and texts: golden/mesos facts 97 to 107. Longer than most: it is one life.
 */
import { isDeepStrictEqual } from 'node:util';
import type { AgentInfo, TaskState, TaskStatus } from '../../mesos/index.ts';
import { isTerminal } from '../agent/task-states.ts';
import type { AgentLink, MasterLink, RegisterAgent, ReregisterAgent } from '../link.ts';
import { countCluster, free, useUnoffered } from './accounting.ts';
import { agentMessage } from './agent-message.ts';
import { allocateSoon } from './allocator.ts';
import { checkDrained } from './drain.ts';
import { recoverFramework } from './frameworks.ts';
import { machineOf } from './machines.ts';
import { rescind, rescindInverse } from './offers.ts';
import { saveRegistry } from './registry.ts';
import { readResources } from './resources/wire.ts';
import {
  type Agent,
  countUp,
  executorKey,
  type Framework,
  isPartitionAware,
  type MasterState,
  nanoseconds,
  type Task,
  tell,
  tellOperators,
} from './state.ts';
import {
  addExecutor,
  addTask,
  keepCompleted,
  masterStatus,
  recordStatus,
  removeExecutor,
  removeTask,
  tellStatus,
} from './tasks.ts';
import { forwardUpdate } from './updates.ts';

function watch(master: MasterState, agent: Agent): void {
  agent.ping?.cancel();
  agent.missedPings = 0;
  agent.awaitsPong = false;
  const next = () => {
    if (agent.awaitsPong) agent.missedPings++;
    else agent.missedPings = 0;
    if (agent.missedPings >= master.flags.maxAgentPingTimeouts) {
      markUnreachable(master, agent);
      return;
    }
    agent.awaitsPong = true;
    agent.link.ping({ connected: agent.connected });
    agent.ping = master.clock.after(master.flags.agentPingTimeoutMs, next);
  };
  next();
}

const infoOf = ({ info }: RegisterAgent, id: string): AgentInfo => {
  const { attributes, ...rest } = info;
  return { ...rest, ...(attributes?.length ? { attributes } : {}), id: { value: id } };
};

function createAgent(master: MasterState, id: string, message: RegisterAgent, link: AgentLink): Agent {
  const total = readResources(message.info.resources);
  const agent: Agent = {
    id,
    info: infoOf(message, id),
    ip: message.ip,
    version: message.version,
    link,
    connected: true,
    deactivated: false,
    drain: undefined,
    total,
    available: total,
    used: [],
    tasks: new Set(),
    executors: new Map(),
    offers: new Set(),
    inverseOffers: new Set(),
    pendingKills: new Map(),
    unavailability: machineOf(master, message.info.hostname, message.ip)?.unavailability,
    inverseStatuses: new Map(),
    ping: undefined,
    missedPings: 0,
    awaitsPong: false,
    registeredMs: master.clock.nowMs(),
    reregisteredMs: undefined,
  };
  master.agents.set(id, agent);
  countCluster(master, total, 1);
  return agent;
}

function register(master: MasterState, message: RegisterAgent, link: AgentLink): Agent {
  const agent = createAgent(master, `${master.id}-S${master.nextAgent++}`, message, link);
  saveRegistry(master);
  countUp(master, 'master/slave_registrations');
  link.registered({ agentId: agent.id });
  watch(master, agent);
  tellOperators(master, () => ({ type: 'AGENT_ADDED', agent_added: { agent: agentMessage(agent) } }));
  allocateSoon(master);
  return agent;
}

/** Takes over what a returning agent reports, when the master did not keep it. */
function adoptReported(
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
    if (!framework || agent.executors.has(executorKey(framework.id, info.executor_id.value))) continue;
    const pool = readResources(info.resources);
    addExecutor(agent, { frameworkId: framework.id, info, pool });
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
    task.statuses = [reported.status];
    framework.unreachable.delete(id);
    if (isTerminal(task.state)) continue;
    useUnoffered(framework, agent, pool);
    if (text !== undefined) tellReturned(master, task, reported.status, text);
  }
}

function tellReturned(master: MasterState, task: Task, status: TaskStatus, text: string): void {
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

/** Tasks that the master believes on the agent and the agent does not list. */
function missingOn(agent: Agent, message: ReregisterAgent) {
  const listed = new Set(message.tasks.map((task) => executorKey(task.frameworkId, task.info.task_id.value)));
  const byFramework = new Map<string, string[]>();
  for (const task of agent.tasks) {
    if (isTerminal(task.state) || listed.has(executorKey(task.framework.id, task.id))) continue;
    const ids = byFramework.get(task.framework.id) ?? [];
    ids.push(task.id);
    byFramework.set(task.framework.id, ids);
  }
  return [...byFramework].map(([frameworkId, taskIds]) => ({ frameworkId, taskIds }));
}

function dropLostExecutors(master: MasterState, agent: Agent, message: ReregisterAgent): void {
  const listed = new Set(
    message.executors.map((info) => executorKey(info.framework_id?.value ?? '', info.executor_id.value)),
  );
  for (const [key, executor] of agent.executors)
    if (!listed.has(key))
      removeExecutor(master, agent, executor.frameworkId, executor.info.executor_id.value);
}

function reconnect(master: MasterState, agent: Agent, message: ReregisterAgent, link: AgentLink): void {
  agent.link = link;
  agent.connected = true;
  agent.version = message.version;
  agent.ip = message.ip;
  agent.info = infoOf(message, agent.id);
  agent.reregisteredMs = master.clock.nowMs();
  dropLostExecutors(master, agent, message);
  adoptReported(master, agent, message, undefined);
  link.reregistered({ agentId: agent.id, reconcile: missingOn(agent, message) });
  for (const kill of agent.pendingKills.values()) link.killTask(kill);
  agent.pendingKills.clear();
}

/** Why an agent comes back that the master has no record of; undefined when it was expected. */
function returnText(master: MasterState, agentId: string): string | undefined {
  if (master.recoveredAgents.has(agentId)) return undefined;
  return master.unreachableAgents.has(agentId)
    ? 'Unreachable agent re-reregistered'
    : 'Unknown agent reregistered';
}

function reregister(master: MasterState, message: ReregisterAgent, link: AgentLink): Agent | undefined {
  if (master.goneAgents.has(message.agentId)) {
    link.shutdown({ text: 'Agent has been marked gone' });
    return undefined;
  }
  countUp(master, 'master/slave_reregistrations');
  let agent = master.agents.get(message.agentId);
  if (agent) reconnect(master, agent, message, link);
  else {
    const text = returnText(master, message.agentId);
    agent = createAgent(master, message.agentId, message, link);
    adoptReported(master, agent, message, text);
    master.recoveredAgents.delete(agent.id);
    master.unreachableAgents.delete(agent.id);
    saveRegistry(master);
    link.reregistered({ agentId: agent.id, reconcile: [] });
    const back = agent;
    tellOperators(master, () => ({ type: 'AGENT_ADDED', agent_added: { agent: agentMessage(back) } }));
  }
  for (const { id } of message.frameworks) {
    const framework = master.frameworks.get(id?.value ?? '');
    if (id && master.removedFrameworks.has(id.value)) link.shutdownFramework({ frameworkId: id.value });
    if (framework) link.frameworkUpdated({ framework: framework.info });
  }
  watch(master, agent);
  allocateSoon(master);
  return agent;
}

const dropOffers = (master: MasterState, agent: Agent): void => {
  for (const record of agent.offers) rescind(master, record);
  for (const record of agent.inverseOffers) rescindInverse(master, record);
};

/** The link broke. Offers go at once; frameworks without checkpointing lose their tasks at once, too. */
function disconnected(master: MasterState, agent: Agent): void {
  if (!agent.connected) return;
  agent.connected = false;
  dropOffers(master, agent);
  for (const task of [...agent.tasks]) {
    if (task.framework.info.checkpoint) continue;
    const status = masterStatus(master, task.id, {
      state: 'TASK_LOST',
      message: `Agent ${agent.info.hostname} disconnected`,
      reason: 'REASON_AGENT_DISCONNECTED',
      agent_id: { value: agent.id },
      ...(task.executorId === undefined ? {} : { executor_id: { value: task.executorId } }),
    });
    if (!isTerminal(task.state)) tellStatus(task.framework, status);
    recordStatus(master, agent, task, status, 'TASK_LOST');
    removeTask(master, agent, task);
  }
  for (const { frameworkId, info } of [...agent.executors.values()])
    if (!master.frameworks.get(frameworkId)?.info.checkpoint)
      removeExecutor(master, agent, frameworkId, info.executor_id.value);
}

/** How the tasks of a removed agent end. */
interface Removal {
  readonly state: (framework: Framework) => TaskState;
  readonly message: string;
  readonly reason: NonNullable<TaskStatus['reason']>;
  readonly more?: Partial<TaskStatus>;
}

/** Forgets an agent: its tasks are reported, then its offers rescinded, then FAILURE tells of the agent itself. */
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
  for (const { frameworkId, info } of [...agent.executors.values()])
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

function markUnreachable(master: MasterState, agent: Agent): void {
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

/** Removes an agent that left, or whose machine an operator took down: its tasks are lost. */
export const loseAgent = (master: MasterState, agent: Agent, cause: string): void =>
  removeAgent(master, agent, {
    state: () => 'TASK_LOST',
    message: `Agent ${agent.info.hostname} removed: ${cause}`,
    reason: 'REASON_AGENT_REMOVED',
  });

/** MARK_AGENT_GONE: the agent never comes back. False when there is no such agent. */
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

/** Agents of the registry that did not come back in time after a restart of the master are unreachable. */
export function giveUpRecovered(master: MasterState): void {
  for (const [id, info] of master.recoveredAgents)
    master.unreachableAgents.set(id, { id, info, sinceMs: master.clock.nowMs() });
  master.recoveredAgents.clear();
  saveRegistry(master);
}

/** The master's end of an agent's link. */
export function acceptAgent(master: MasterState, link: AgentLink): MasterLink {
  let agent: Agent | undefined;
  /** The agent behind this link, unless it was removed or has come back over another link. */
  const current = (): Agent | undefined =>
    agent && master.agents.get(agent.id) === agent && agent.link === link ? agent : undefined;
  return {
    register(message) {
      const known = current();
      if (!known) agent = register(master, message, link);
      else if (isDeepStrictEqual(known.info.hostname, message.info.hostname))
        link.registered({ agentId: known.id });
    },
    reregister(message) {
      agent = reregister(master, message, link);
    },
    forwardUpdate(update) {
      const known = current();
      if (!known) {
        link.ping({ connected: false });
        return;
      }
      forwardUpdate(master, known, update);
      checkDrained(master, known, markGone);
    },
    executorTerminated({ frameworkId, executorId, status }) {
      const known = current();
      const framework = master.frameworks.get(frameworkId);
      if (!known?.executors.has(executorKey(frameworkId, executorId))) return;
      removeExecutor(master, known, frameworkId, executorId);
      if (framework)
        tell(framework, {
          type: 'FAILURE',
          failure: { agent_id: { value: known.id }, executor_id: { value: executorId }, status },
        });
    },
    executorMessage({ frameworkId, executorId, data }) {
      const known = current();
      const framework = master.frameworks.get(frameworkId);
      if (known && framework)
        tell(framework, {
          type: 'MESSAGE',
          message: { agent_id: { value: known.id }, executor_id: { value: executorId }, data },
        });
    },
    pong() {
      const known = current();
      if (known) known.awaitsPong = false;
    },
    unregister() {
      const known = current();
      if (known) loseAgent(master, known, 'the agent unregistered');
    },
    close() {
      const known = current();
      if (known) disconnected(master, known);
    },
  };
}
