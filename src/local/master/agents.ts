/**
 * An agent's life from the master's view: it registers, disconnects, comes back. See agent-removal.ts for its end.
 * Source of states, reasons and texts: golden/mesos facts 97, 98, 104, 105, 107.
 */
import { isDeepStrictEqual } from 'node:util';
import { type AgentInfo, tellWritten } from '../../mesos/index.ts';
import { isTerminal } from '../agent/task-states.ts';
import type { AgentLink, MasterLink, RegisterAgent, ReregisterAgent } from '../link.ts';
import { countCluster } from './accounting.ts';
import { agentMessage } from './agent-message.ts';
import { dropOffers, loseAgent, markGone, markUnreachable } from './agent-removal.ts';
import { allocateSoon } from './allocator.ts';
import { checkDrained } from './drain.ts';
import { executorTable } from './executors.ts';
import { machineOf } from './machines.ts';
import { saveRegistry } from './registry.ts';
import { adoptReported, dropLostExecutors, missingOn } from './reported-tasks.ts';
import { readResources } from './resources/resource-form.ts';
import { type Agent, countUp, type MasterState, tell, tellOperators } from './state.ts';
import { masterStatus, recordStatus, removeExecutor, removeTask, tellStatus } from './tasks.ts';
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
  if (attributes) tellWritten('Attribute', attributes);
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
    executors: executorTable(),
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

/** The message for the tasks of a returning agent that the master has no record of; undefined when it was expected. */
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

/** Handles a broken link. Offers are dropped at once, and so are tasks of frameworks without checkpointing. */
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
  for (const { frameworkId, info } of agent.executors.values())
    if (!master.frameworks.get(frameworkId)?.info.checkpoint)
      removeExecutor(master, agent, frameworkId, info.executor_id.value);
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
      if (!known?.executors.get(frameworkId, executorId)) return;
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
