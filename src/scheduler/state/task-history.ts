import type { ScheduledTask, ScheduleStatus, TaskEvent } from '../../api/index.ts';
import { scheduledTask } from '../storage/index.ts';

/**
 * Drops the last return from a partition before the next partition, so that a task on an unstable network does not
 * collect events: ... RUNNING PARTITIONED RUNNING becomes ... RUNNING.
 */
function withoutLastReturn(events: readonly TaskEvent[]): readonly TaskEvent[] {
  const [third, second, last] = events.slice(-3);
  const returned = third && second?.status === 'PARTITIONED' && last?.status === third.status;
  return returned ? events.slice(0, -2) : events;
}

/** The task in its new status, with the event appended. */
export function withEvent(task: ScheduledTask, event: TaskEvent): ScheduledTask {
  const partitioned = event.status === 'PARTITIONED';
  const events = partitioned ? withoutLastReturn(task.taskEvents) : task.taskEvents;
  return scheduledTask({
    assignedTask: task.assignedTask,
    status: event.status,
    failureCount: task.failureCount,
    timesPartitioned: task.timesPartitioned + (partitioned ? 1 : 0),
    // concat makes an array of exact length; these arrays are most of a task's memory.
    taskEvents: events.concat([event]),
    ancestorId: task.ancestorId,
  });
}

/** Whether the history has an event of that status. */
export const wasIn = ({ taskEvents }: ScheduledTask, status: ScheduleStatus): boolean =>
  taskEvents.some((event) => event.status === status);
