import { ACTIVE_STATES, type ScheduledTask } from '../../../api/index.ts';
import type { AgentRow, HostTask } from '../../../api/views/agents.ts';
import type { Amounts } from '../../../api/views/shared.ts';
import { NOTHING, plus, quotaAmounts } from '../../quota/quota-amounts.ts';
import type { AgentAttributes, ReadStores } from '../../storage/index.ts';
import { jobKeyText } from '../../storage/keys.ts';
import { sinceMs } from './task-times.ts';
import type { ViewWorld } from './view-settings.ts';

/** Active tasks on this agent. Several agents may share a host name, so the agent's id counts. */
export const tasksOn = ({ tasks }: ReadStores, { host, slaveId }: AgentAttributes): ScheduledTask[] =>
  tasks
    .onHost(host)
    .filter(({ assignedTask, status }) => assignedTask.slaveId === slaveId && ACTIVE_STATES.has(status));

/** Free resources of each agent, by agent id, as far as current offers tell. */
export function freeByAgent({ known }: Pick<ViewWorld, 'known'>): ReadonlyMap<string, Amounts> {
  const free = new Map<string, Amounts>();
  for (const { offer } of known.look()) {
    const { cpus, diskMb, gpus, ramMb } = offer.pool.available(false);
    const more = { cpus, diskMb, gpus, ramMb };
    free.set(offer.agentId, plus(free.get(offer.agentId) ?? NOTHING, more));
  }
  return free;
}

const attributeOf = ({ attributes }: AgentAttributes, wanted: string): string | undefined =>
  attributes.find(({ name }) => name === wanted)?.values.join(', ');

export const rackOf = (agent: AgentAttributes): string => attributeOf(agent, 'rack') ?? '';

/** One agent as a row of a list. */
export function agentRow(
  stores: ReadStores,
  agent: AgentAttributes,
  free: ReadonlyMap<string, Amounts>,
): AgentRow {
  const tasks = tasksOn(stores, agent);
  const used = tasks.reduce((sum, { assignedTask }) => plus(sum, quotaAmounts(assignedTask.task)), NOTHING);
  const rack = rackOf(agent);
  const dedicated = attributeOf(agent, 'dedicated');
  const spare = free.get(agent.slaveId ?? '');
  return {
    host: agent.host,
    agentId: agent.slaveId ?? '',
    mode: stores.modes.of(agent.host),
    ...(rack === '' ? {} : { rack }),
    ...(dedicated === undefined ? {} : { dedicated }),
    tasks: tasks.length,
    used,
    ...(spare ? { free: spare } : {}),
  };
}

/**
 * A task as a row of its host.
 * @param waitsFor what a drain waits for before it moves this task.
 */
export function hostTask(task: ScheduledTask, waitsFor?: string): HostTask {
  const { instanceId, task: config, taskId } = task.assignedTask;
  return {
    job: jobKeyText(config.job),
    instance: instanceId,
    taskId,
    status: task.status,
    sinceMs: sinceMs(task),
    used: quotaAmounts(config),
    ...(waitsFor ? { waitsFor } : {}),
  };
}
