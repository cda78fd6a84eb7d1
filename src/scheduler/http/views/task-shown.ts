import { ACTIVE_STATES, type ScheduledTask, type TaskConfig, toNumber } from '../../../api/index.ts';
import type { ProcessShown, TaskShown } from '../../../api/views/tasks.ts';
import { plainConfig } from './config-shown.ts';
import { funnelShown } from './funnel-shown.ts';
import type { ViewWorld } from './view-settings.ts';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TRAITS = ['final', 'daemon', 'ephemeral'] as const;

/** The processes named in the executor's data; none when the data is another executor's. */
function processesOf(config: Fields): ProcessShown[] {
  const { executorConfig } = config;
  const data = isFields(executorConfig) ? executorConfig.data : undefined;
  const task = isFields(data) ? data.task : undefined;
  const processes = isFields(task) && Array.isArray(task.processes) ? task.processes : [];
  return processes.filter(isFields).map((process) => ({
    name: String(process.name ?? ''),
    command: String(process.cmdline ?? ''),
    traits: TRAITS.filter((trait) => process[trait] === true),
  }));
}

/** The task's links with its host and ports filled in. Source of the wildcards: the original's TaskConfig.taskLinks. */
function linksOf({ assignedTask }: ScheduledTask): Record<string, string> {
  const { assignedPorts, slaveHost, task } = assignedTask;
  const filled = Object.entries(task.taskLinks ?? {}).map(([name, link]) => [
    name,
    link
      .replaceAll('%host%', slaveHost ?? '%host%')
      .replace(/%port:([^%]+)%/g, (whole, port: string) => String(assignedPorts[port] ?? whole)),
  ]);
  return Object.fromEntries(filled);
}

async function waits({ pending }: ViewWorld, config: TaskConfig): Promise<NonNullable<TaskShown['waits']>> {
  return { reasons: pending.reasons(config), funnel: funnelShown(await pending.funnel(config)) };
}

/** A task with everything that is known about it. */
export async function taskShown(world: ViewWorld, task: ScheduledTask): Promise<TaskShown> {
  const { assignedTask, ancestorId, failureCount, status, taskEvents } = task;
  const { assignedPorts, instanceId, slaveHost, slaveId, taskId } = assignedTask;
  const config = plainConfig(assignedTask.task);
  return {
    taskId,
    instance: instanceId,
    status,
    active: ACTIVE_STATES.has(status),
    ...(slaveHost === undefined ? {} : { host: slaveHost }),
    ...(slaveId === undefined ? {} : { agentId: slaveId }),
    ports: assignedPorts,
    links: linksOf(task),
    events: taskEvents.map(({ message, scheduler, status: reached, timestamp }) => ({
      status: reached,
      atMs: toNumber(timestamp),
      ...(message ? { message } : {}),
      ...(scheduler ? { scheduler } : {}),
    })),
    processes: processesOf(config),
    failures: failureCount,
    ...(ancestorId ? { ancestorId } : {}),
    config,
    ...(status === 'PENDING' ? { waits: await waits(world, assignedTask.task) } : {}),
  };
}
