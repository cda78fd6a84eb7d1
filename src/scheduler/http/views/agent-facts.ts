import { ACTIVE_STATES, type ScheduledTask } from '../../../api/index.ts';
import type { AgentAttributes, ReadStores } from '../../storage/index.ts';

/** Active tasks on this agent. Several agents may share a host name, so the agent's id counts. */
export const tasksOn = ({ tasks }: ReadStores, { host, slaveId }: AgentAttributes): ScheduledTask[] =>
  tasks
    .onHost(host)
    .filter(({ assignedTask, status }) => assignedTask.slaveId === slaveId && ACTIVE_STATES.has(status));

export const attributeOf = ({ attributes }: AgentAttributes, wanted: string): string | undefined =>
  attributes.find(({ name }) => name === wanted)?.values.join(', ');

export const rackOf = (agent: AgentAttributes): string => attributeOf(agent, 'rack') ?? '';
