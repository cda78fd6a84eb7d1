import type { AssignedTask, ScheduledTask, ScheduleStatus, TaskConfig, TaskEvent } from '../../api/index.ts';

/**
 * Stored values are built here, each from one object literal with all its parts: the engine then stores every part
 * inside the object, which saves some hundred megabytes with a million tasks. Unset parts are absent.
 */
const NO_PORTS: Readonly<Record<string, number>> = Object.freeze({});

export function taskEvent(
  timestamp: number,
  status: ScheduleStatus,
  message: string | undefined,
  scheduler: string | undefined,
): TaskEvent {
  if (message === undefined) {
    return scheduler === undefined ? { timestamp, status } : { timestamp, status, scheduler };
  }
  return scheduler === undefined ? { timestamp, status, message } : { timestamp, status, message, scheduler };
}

/** Unset parts may be given as undefined. */
interface AssignedTaskParts extends Omit<AssignedTask, 'slaveId' | 'slaveHost'> {
  readonly task: TaskConfig;
  readonly slaveId?: string | undefined;
  readonly slaveHost?: string | undefined;
}

export function assignedTask(parts: AssignedTaskParts): AssignedTask {
  const { taskId, task, instanceId, slaveId, slaveHost } = parts;
  const assignedPorts = Object.keys(parts.assignedPorts).length === 0 ? NO_PORTS : parts.assignedPorts;
  if (slaveId !== undefined && slaveHost !== undefined) {
    return { taskId, task, instanceId, assignedPorts, slaveId, slaveHost };
  }
  if (slaveId !== undefined) return { taskId, task, instanceId, assignedPorts, slaveId };
  if (slaveHost !== undefined) return { taskId, task, instanceId, assignedPorts, slaveHost };
  return { taskId, task, instanceId, assignedPorts };
}

interface ScheduledTaskParts extends Omit<ScheduledTask, 'ancestorId'> {
  readonly ancestorId?: string | undefined;
}

export function scheduledTask(parts: ScheduledTaskParts): ScheduledTask {
  const { assignedTask, status, failureCount, timesPartitioned, taskEvents, ancestorId } = parts;
  return ancestorId === undefined
    ? { assignedTask, status, failureCount, timesPartitioned, taskEvents }
    : { assignedTask, status, failureCount, timesPartitioned, taskEvents, ancestorId };
}
