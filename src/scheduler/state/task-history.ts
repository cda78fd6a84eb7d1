import type { ScheduledTask, ScheduleStatus, TaskEvent } from '../../api/index.ts';

/**
 * Drops the last return from a partition before the next one begins, so that a task on a shaky network does not
 * gather events: ... RUNNING PARTITIONED RUNNING becomes ... RUNNING.
 */
function withoutLastReturn(events: readonly TaskEvent[]): readonly TaskEvent[] {
  const [third, second, last] = events.slice(-3);
  const returned = third && second?.status === 'PARTITIONED' && last?.status === third.status;
  return returned ? events.slice(0, -2) : events;
}

/** The task in its new status, with the event that says so. */
export function withEvent(task: ScheduledTask, event: TaskEvent): ScheduledTask {
  const partitioned = event.status === 'PARTITIONED';
  const events = partitioned ? withoutLastReturn(task.taskEvents) : task.taskEvents;
  return {
    ...task,
    status: event.status,
    timesPartitioned: task.timesPartitioned + (partitioned ? 1 : 0),
    // concat makes an array of exactly the length; these arrays are what most of the memory of a task goes to.
    taskEvents: events.concat([event]),
  };
}

/** Whether the history holds an event of the status. */
export const wasIn = ({ taskEvents }: ScheduledTask, status: ScheduleStatus): boolean =>
  taskEvents.some((event) => event.status === status);
