import type { DrainAgent } from '../link.ts';
import { rescind } from './offers.ts';
import type { Agent, MasterState } from './state.ts';

/** Stops offering an agent, for a drain or by DEACTIVATE_AGENT. */
export function deactivate(master: MasterState, agent: Agent): void {
  agent.deactivated = true;
  for (const record of agent.offers) rescind(master, record);
}

/** Offers the agent's resources again and forgets its drain. */
export function reactivate(agent: Agent): void {
  agent.deactivated = false;
  agent.drain = undefined;
}

/** Completes a drain once the last task has ended. */
export function checkDrained(
  master: MasterState,
  agent: Agent,
  markGone: (master: MasterState, agentId: string) => boolean,
): void {
  if (agent.drain?.state !== 'DRAINING') return;
  for (const task of agent.tasks) if (task.statusUuid === undefined || !task.framework.stream) return;
  const isEmpty = [...agent.tasks].every((task) =>
    ['TASK_KILLED', 'TASK_FAILED', 'TASK_FINISHED', 'TASK_LOST', 'TASK_GONE', 'TASK_DROPPED'].includes(
      task.state,
    ),
  );
  if (!isEmpty) return;
  agent.drain = { ...agent.drain, state: 'DRAINED' };
  if (agent.drain.markGone) markGone(master, agent.id);
}

/** Handles DRAIN_AGENT: stops offers, and the agent kills what runs on it. */
export function drain(
  master: MasterState,
  agent: Agent,
  wanted: DrainAgent,
  markGone: (master: MasterState, agentId: string) => boolean,
): void {
  deactivate(master, agent);
  agent.drain = { ...wanted, state: 'DRAINING', startedMs: master.clock.nowMs() };
  if (agent.connected) agent.link.drain(wanted);
  checkDrained(master, agent, markGone);
}
