import type { ScheduledTask } from '../../../api/index.ts';
import type { AgentRow, HostTask } from '../../../api/views/agents.ts';
import type { Amounts } from '../../../api/views/shared.ts';
import { quotaAmounts } from '../../quota/quota-amounts.ts';
import { jobKeyText } from '../../storage/keys.ts';
import type { AgentLoad } from './agent-loads.ts';
import { sinceMs } from './task-times.ts';
import type { ViewWorld } from './view-settings.ts';

/** What the agent has free, as far as offers tell. */
export function freeOf({ known }: Pick<ViewWorld, 'known'>, agentId: string): Amounts | undefined {
  const offer = known.ofAgent(agentId);
  if (!offer) return undefined;
  const { cpus, diskMb, gpus, ramMb } = offer.pool.available(false);
  return { cpus, diskMb, gpus, ramMb };
}

/** One agent as a row of a list. */
export function agentRow(world: Pick<ViewWorld, 'known'>, load: AgentLoad, mode: string): AgentRow {
  const { agentId, dedicated, host, rack, tasks, used } = load;
  const free = freeOf(world, agentId);
  return {
    ...{ host, agentId, mode },
    ...(rack === '' ? {} : { rack }),
    ...(dedicated === undefined ? {} : { dedicated }),
    ...{ tasks, used },
    ...(free ? { free } : {}),
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
